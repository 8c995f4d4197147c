"""Blog posts (0-39)."""

from crmsnap.hubspot.endpoints import content
from crmsnap.streams.other_types.fields import fields
from crmsnap.streams.other_types.other_type import By, First, Listed, OtherType
from crmsnap.streams.other_types.pages import CONTENT_FIELDS

POST_FIELDS = (
    *CONTENT_FIELDS,
    *fields("""
    blog_author_id                     string  Author of the post
    tag_ids                            string  Tags, JSON
    post_body                          string  Text of the post, HTML
    post_summary                       string  Summary of the post, HTML
    rss_body                           string  Text in feeds, HTML
    rss_summary                        string  Summary in feeds, HTML
    enable_google_amp_output_override  bool    Whether it has an AMP version whatever the blog says
    """),
)


BLOG_POSTS = OtherType(
    id="0-39",
    description="Blog posts; archived ones are left out.",
    endpoint="GET /cms/blogs/{version}/posts",
    fields=POST_FIELDS,
    read=Listed(content.blog_posts, By("id", "updated")),
    probe=First(content.blog_posts),
)

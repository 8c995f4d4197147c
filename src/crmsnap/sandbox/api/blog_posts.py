"""`/cms/blogs/posts`: blog posts. Unlike a page's, the time of their archiving is a number."""

import orjson

from crmsnap.sandbox.account import asset_texts
from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.assets import BLOG_POST, Asset
from crmsnap.sandbox.api import errors
from crmsnap.sandbox.api.assets import find_asset, list_assets
from crmsnap.sandbox.api.cms_content import content
from crmsnap.sandbox.api.route import Call, Family, Reply, Route

SCOPES = frozenset({"content"})
LIMIT_DEFAULT = 20
CONTENT_TYPE = "3"


def list_posts(account: Account, call: Call) -> Reply:
    """A page of blog posts."""
    return list_assets(account, call, BLOG_POST, _json, limit=LIMIT_DEFAULT)


def get_post(account: Account, call: Call) -> Reply:
    """One blog post by its id."""
    found = find_asset(account, call, BLOG_POST, call.path["objectId"])
    if found is None:
        # The CMS APIs were seen to answer an unknown id so.
        raise errors.server_error()
    return Reply(orjson.dumps(_json(account, found, call)))


def _json(account: Account, found: Asset, call: Call) -> dict[str, object]:
    body = asset_texts.html(found)
    return content(account, found, CONTENT_TYPE) | {
        "postBody": body,
        "postSummary": asset_texts.hostile_text(found),
        "rssBody": body if found.index % 2 else None,
        "rssSummary": asset_texts.sentence(found),
        "blogAuthorId": str(9_007_199_254_740_993 + found.bits % 5),
        "tagIds": [9_100_000_000 + number for number in range(found.index % 4)],
        "enableGoogleAmpOutputOverride": False,
        "archivedAt": found.archived_ms or 0,
    }


PATHS = ("/cms/v3/blogs/posts", "/cms/blogs/{version}/posts")
FAMILY = Family(
    name="blog-posts",
    limit="burst",
    routes=(
        # hubspot-sdk asks for the list under a path of its own.
        Route("GET", (*PATHS, "/cms/blogs/{version}/posts/cursor"), list_posts, SCOPES),
        Route("GET", tuple(f"{one}/{{objectId}}" for one in PATHS), get_post, SCOPES),
    ),
)

"""Object types that HubSpot serves through APIs of their own, one file per API, declared.

Each becomes a stream `objects/<type>` of the same rows as any other: id, time, and a flat map of names
to texts. `OTHER_TYPES` lists them; `streams/records.py` makes the streams, `streams/properties.py` the
property definitions.
"""

from crmsnap.streams.other_types.blog_posts import BLOG_POSTS
from crmsnap.streams.other_types.campaigns import CAMPAIGNS
from crmsnap.streams.other_types.conversations import CONVERSATIONS
from crmsnap.streams.other_types.deal_splits import DEAL_SPLITS
from crmsnap.streams.other_types.form_submissions import FORM_SUBMISSIONS
from crmsnap.streams.other_types.forms import FORMS
from crmsnap.streams.other_types.lists import LISTS
from crmsnap.streams.other_types.marketing_emails import MARKETING_EMAILS
from crmsnap.streams.other_types.other_type import OtherType
from crmsnap.streams.other_types.pages import LANDING_PAGES, SITE_PAGES
from crmsnap.streams.other_types.sequences import SEQUENCES

OTHER_TYPES: tuple[OtherType, ...] = (
    CONVERSATIONS,
    FORM_SUBMISSIONS,
    LANDING_PAGES,
    FORMS,
    MARKETING_EMAILS,
    CAMPAIGNS,
    SITE_PAGES,
    BLOG_POSTS,
    LISTS,
    SEQUENCES,
    DEAL_SPLITS,
)
"""In the order of their ids."""

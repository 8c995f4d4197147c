"""Landing pages, site pages and blog posts; archived ones are not among them.

HubSpot documents no largest page size for these APIs; 100 is what its other lists take.
(developers.hubspot.com: "CMS pages", "Blog posts".)
"""

from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints.raw_pages import RawPage, raw_page
from crmsnap.hubspot.paths import BLOG_POSTS, LANDING_PAGES, SITE_PAGES

PAGE_CONTENT = 100


def landing_pages(client: Client, after: str | None, limit: int = PAGE_CONTENT) -> RawPage:
    """A page of the live landing pages."""
    return raw_page(client, LANDING_PAGES, after, limit=limit)


def site_pages(client: Client, after: str | None, limit: int = PAGE_CONTENT) -> RawPage:
    """A page of the live pages of websites."""
    return raw_page(client, SITE_PAGES, after, limit=limit)


def blog_posts(client: Client, after: str | None, limit: int = PAGE_CONTENT) -> RawPage:
    """A page of the live blog posts."""
    return raw_page(client, BLOG_POSTS, after, limit=limit)

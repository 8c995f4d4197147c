"""`/cms/pages`: landing pages and site pages, two lists of the same shape."""

import orjson

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.assets import LANDING_PAGE, SITE_PAGE, Asset, AssetKind
from crmsnap.sandbox.account.times import iso
from crmsnap.sandbox.api import errors
from crmsnap.sandbox.api.assets import find_asset, list_assets
from crmsnap.sandbox.api.cms_content import NEVER, content
from crmsnap.sandbox.api.route import Call, Family, Reply, Route

LIMIT_DEFAULT = 100
CONTENT_TYPES = {LANDING_PAGE: ("1", "landing_page"), SITE_PAGE: ("2", "site_page")}


def list_landing_pages(account: Account, call: Call) -> Reply:
    """A page of landing pages."""
    return list_assets(account, call, LANDING_PAGE, _json, limit=LIMIT_DEFAULT)


def list_site_pages(account: Account, call: Call) -> Reply:
    """A page of site pages."""
    return list_assets(account, call, SITE_PAGE, _json, limit=LIMIT_DEFAULT)


def get_landing_page(account: Account, call: Call) -> Reply:
    """One landing page by its id."""
    return _get(account, call, LANDING_PAGE)


def get_site_page(account: Account, call: Call) -> Reply:
    """One site page by its id."""
    return _get(account, call, SITE_PAGE)


def _get(account: Account, call: Call, kind: AssetKind) -> Reply:
    found = find_asset(account, call, kind, call.path["objectId"])
    if found is None:
        # The CMS APIs were seen to answer an unknown id so.
        raise errors.server_error()
    return Reply(orjson.dumps(_json(account, found, call)))


def _json(account: Account, found: Asset, call: Call) -> dict[str, object]:
    content_type, subcategory = CONTENT_TYPES[found.kind]
    return content(account, found, content_type) | {
        "subcategory": subcategory,
        "templatePath": "@hubspot/growth/templates/landing-page.html",
        "includeDefaultCustomCss": None,
        "pageRedirected": False,
        "archivedAt": NEVER if found.archived_ms is None else iso(found.archived_ms),
    }


def _routes() -> tuple[Route, ...]:
    found: list[Route] = []
    for name, listing, getting in (
        ("landing-pages", list_landing_pages, get_landing_page),
        ("site-pages", list_site_pages, get_site_page),
    ):
        scopes = frozenset({"content", f"content.{name.replace('-', '_')}.read"})
        paths = (f"/cms/v3/pages/{name}", f"/cms/pages/{{version}}/{name}")
        found.append(Route("GET", paths, listing, scopes))
        found.append(Route("GET", tuple(f"{one}/{{objectId}}" for one in paths), getting, scopes))
    return tuple(found)


FAMILY = Family(name="pages", limit="burst", routes=_routes())

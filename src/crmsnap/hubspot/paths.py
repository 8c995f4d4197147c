"""Where each kind of call lives: HubSpot's dated paths first, the version before, then the legacy ones.

A dated path may be missing for one family and not for its neighbour, and HubSpot then answers an HTML
page with 404 where a JSON body would mean that the thing itself is missing. So each endpoint falls back
on its own and remembers what worked.
(developers.hubspot.com: "Versioning"; paths from HubSpot's API reference.)
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from threading import Lock
from typing import Literal
from urllib.parse import quote

Kind = Literal["burst", "search", "associations"]
"""Whose rate limit a call uses up."""

DEFAULT_VERSION = "2026-09"
OLDEST_VERSION = "2026-03"
"""The dated version that has the most endpoints; tried when the chosen one lacks a path."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One operation of the API under all its paths."""

    name: str
    """The family, as usage is counted."""
    kind: Kind
    templates: tuple[str, ...]
    """In the order in which they are tried; `{version}` is a dated version."""


OBJECT_LIST = Endpoint(
    "objects", "burst", ("/crm/objects/{version}/{type}", "/crm/v3/objects/{type}")
)
# The same path under a name of its own: what a sweep costs is counted apart.
OBJECT_SWEEP = Endpoint("sweeps", OBJECT_LIST.kind, OBJECT_LIST.templates)
OBJECT_BATCH = Endpoint(
    "objects",
    "burst",
    ("/crm/objects/{version}/{type}/batch/read", "/crm/v3/objects/{type}/batch/read"),
)
OBJECT_READ = Endpoint(
    "objects", "burst", ("/crm/objects/{version}/{type}/{id}", "/crm/v3/objects/{type}/{id}")
)
OBJECT_SEARCH = Endpoint(
    "search", "search", ("/crm/objects/{version}/{type}/search", "/crm/v3/objects/{type}/search")
)
PROPERTIES = Endpoint(
    "properties", "burst", ("/crm/properties/{version}/{type}", "/crm/v3/properties/{type}")
)
SCHEMAS = Endpoint(
    "schemas", "burst", ("/crm-object-schemas/{version}/schemas", "/crm-object-schemas/v3/schemas")
)
ASSOCIATION_BATCH = Endpoint(
    "associations",
    "associations",
    (
        "/crm/associations/{version}/{from}/{to}/batch/read",
        "/crm/v4/associations/{from}/{to}/batch/read",
    ),
)
ASSOCIATION_LABELS = Endpoint(
    "association-labels",
    "associations",
    ("/crm/associations/{version}/{from}/{to}/labels", "/crm/v4/associations/{from}/{to}/labels"),
)
PIPELINES = Endpoint(
    "pipelines", "burst", ("/crm/pipelines/{version}/{type}", "/crm/v3/pipelines/{type}")
)
OWNERS = Endpoint("owners", "burst", ("/crm/owners/{version}", "/crm/v3/owners"))
# Teams stayed at 2026-03: what came after is another API (`/settings/teams`), which is paged.
TEAMS = Endpoint(
    "teams", "burst", (f"/settings/users/{OLDEST_VERSION}/teams", "/settings/v3/users/teams")
)
LIST_SEARCH = Endpoint("lists", "burst", ("/crm/lists/{version}/search", "/crm/v3/lists/search"))
LIST_MEMBERS = Endpoint(
    "memberships",
    "burst",
    (
        "/crm/lists/{version}/{list}/memberships/join-order",
        "/crm/v3/lists/{list}/memberships/join-order",
    ),
)
EVENTS = Endpoint("events", "burst", ("/events/event-occurrences/{version}", "/events/v3/events"))
EVENTS_PROBE = replace(EVENTS, name="probes")
EVENT_TYPES = Endpoint(
    "event-types",
    "burst",
    ("/events/event-occurrences/{version}/event-types", "/events/v3/events/event-types"),
)
# The `custom/` segment comes and goes: 2026-09 has it, 2026-03 does not.
EVENT_DEFINITIONS = Endpoint(
    "event-definitions",
    "burst",
    (
        "/events/custom/{version}/event-definitions",
        "/events/{version}/event-definitions",
        "/events/v3/event-definitions",
    ),
)
# Legacy only: marketing e-mails are not among the events of the dated API, and nothing has followed yet.
EMAIL_EVENTS = Endpoint("email-events", "burst", ("/email/public/v1/events",))
RECORD_COUNTS = Endpoint(
    "record-counts", "burst", ("/crm/limits/{version}/records", "/crm/v3/limits/records")
)
OBJECT_LIBRARY = Endpoint(
    "object-library",
    "burst",
    ("/crm/object-library/{version}/enablement", "/crm/v3/object-library/enablement"),
)
# Pages stayed at 2026-03, and the new path of forms is a beta without a number of its own.
LANDING_PAGES = Endpoint(
    "pages", "burst", (f"/cms/pages/{OLDEST_VERSION}/landing-pages", "/cms/v3/pages/landing-pages")
)
SITE_PAGES = Endpoint(
    "pages", "burst", (f"/cms/pages/{OLDEST_VERSION}/site-pages", "/cms/v3/pages/site-pages")
)
BLOG_POSTS = Endpoint("blog-posts", "burst", ("/cms/blogs/{version}/posts", "/cms/v3/blogs/posts"))
FORMS = Endpoint("forms", "burst", ("/marketing/forms/2026-09-beta", "/marketing/v3/forms"))
# The only path of submissions is one of the first version.
FORM_SUBMISSIONS = Endpoint(
    "form-submissions", "burst", ("/form-integrations/v1/submissions/forms/{form}",)
)
FORM_SUBMISSIONS_PROBE = replace(FORM_SUBMISSIONS, name="probes")
MARKETING_EMAILS = Endpoint(
    "marketing-emails", "burst", ("/marketing/emails/{version}", "/marketing/v3/emails")
)
CAMPAIGNS = Endpoint(
    "campaigns", "burst", ("/marketing/campaigns/{version}", "/marketing/v3/campaigns")
)
THREADS = Endpoint(
    "conversations",
    "burst",
    (
        "/conversations/conversations/{version}/threads",
        "/conversations/v3/conversations/threads",
    ),
)
THREAD_MESSAGES = Endpoint(
    "conversations",
    "burst",
    (
        "/conversations/conversations/{version}/threads/{thread}/messages",
        "/conversations/v3/conversations/threads/{thread}/messages",
    ),
)
# Everybody's sequences are a beta for service keys; everything else lists those that one user sees.
ALL_SEQUENCES = Endpoint(
    "sequences", "burst", ("/automation/sequences/2026-09-beta/serviceaccounts/sequences",)
)
SEQUENCES = Endpoint(
    "sequences", "burst", ("/automation/sequences/{version}", "/automation/v4/sequences")
)
DEAL_SPLITS = Endpoint(
    "deal-splits",
    "burst",
    ("/deal-splits/{version}/batch/read", "/crm/objects/v3/deals/splits/batch/read"),
)
ACCOUNT_DETAILS = Endpoint(
    "account", "burst", ("/account-info/{version}/details", "/account-info/v3/details")
)
DAILY_USAGE = Endpoint(
    "account",
    "burst",
    (
        "/account-info/{version}/api-usage/daily/private-apps",
        "/account-info/v3/api-usage/daily/private-apps",
    ),
)


class Paths:
    """Which path of each endpoint is in use; shared by all threads of a client."""

    def __init__(self, version: str) -> None:
        self._versions = tuple(dict.fromkeys((version, OLDEST_VERSION)))
        self._lock = Lock()
        self._chosen: dict[Endpoint, int] = {}

    def template(self, endpoint: Endpoint) -> str:
        """The path to use now, with its variables still open."""
        return self._candidates(endpoint)[self._chosen.get(endpoint, 0)]

    def fall_back(self, endpoint: Endpoint, missing: str) -> bool:
        """Go on to the path after a missing one; False when there is none, and all start anew."""
        candidates = self._candidates(endpoint)
        with self._lock:
            # Two threads can meet the same missing path: only the first of them moves on.
            if candidates[self._chosen.get(endpoint, 0)] != missing:
                return True
            following = candidates.index(missing) + 1
            self._chosen[endpoint] = following % len(candidates)
            return following < len(candidates)

    def _candidates(self, endpoint: Endpoint) -> tuple[str, ...]:
        return tuple(
            template.replace("{version}", version)
            for template in endpoint.templates
            for version in (self._versions if "{version}" in template else ("",))
        )


def fill(template: str, variables: Mapping[str, str]) -> str:
    """The path with its variables, each percent-encoded: a value can never add a segment."""
    return template.format_map({name: quote(text, safe="") for name, text in variables.items()})

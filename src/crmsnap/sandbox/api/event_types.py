"""`.../event-types`: the names of all event types, those that the account never had included."""

import orjson

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.event_definitions import visible_types
from crmsnap.sandbox.api.enterprise import require_enterprise
from crmsnap.sandbox.api.route import Call, Family, Reply, Route

SCOPES = frozenset({"crm.objects.contacts.read", "oauth"})


def list_event_types(account: Account, call: Call) -> Reply:
    """Every event type that occurrences can be asked for; never paged."""
    require_enterprise(account, SCOPES)
    names = [kind.name for kind in visible_types(account.portal_id)]
    return Reply(orjson.dumps({"eventTypes": names}))


FAMILY = Family(
    name="event-types",
    limit="burst",
    routes=(
        Route(
            "GET",
            ("/events/v3/events/event-types", "/events/event-occurrences/{version}/event-types"),
            list_event_types,
            SCOPES,
        ),
    ),
)

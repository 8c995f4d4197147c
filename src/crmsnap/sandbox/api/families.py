"""Every family of the API that the sandbox serves: a new one is one file and one line here."""

from crmsnap.sandbox.api import (
    account_info,
    event_definitions,
    event_types,
    events,
    lists,
    owners,
    pipelines,
    users,
)
from crmsnap.sandbox.api.route import Family

FAMILIES: tuple[Family, ...] = (
    account_info.FAMILY,
    event_definitions.FAMILY,
    event_types.FAMILY,
    events.FAMILY,
    lists.FAMILY,
    owners.FAMILY,
    pipelines.FAMILY,
    users.FAMILY,
)

"""Every family of the API that the sandbox serves: a new one is one file and one line here."""

from crmsnap.sandbox.api import (
    account_info,
    associations,
    control_account,
    event_definitions,
    event_types,
    events,
    limits_records,
    lists,
    object_library,
    objects,
    owners,
    pipelines,
    properties,
    schemas,
    search,
    users,
)
from crmsnap.sandbox.api.route import Family

FAMILIES: tuple[Family, ...] = (
    account_info.FAMILY,
    *associations.FAMILIES,
    control_account.FAMILY,
    event_definitions.FAMILY,
    event_types.FAMILY,
    events.FAMILY,
    limits_records.FAMILY,
    lists.FAMILY,
    object_library.FAMILY,
    objects.FAMILY,
    owners.FAMILY,
    pipelines.FAMILY,
    properties.FAMILY,
    schemas.FAMILY,
    search.FAMILY,
    users.FAMILY,
)

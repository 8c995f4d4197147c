"""From what people write (`deals`, `0-1`, `pets`) to object type ids."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from crmsnap.errors import MissingScope, NotFound, UsageError
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import types
from crmsnap.hubspot.object_types import STANDARD_TYPES


def type_ids(wanted: Iterable[str], client: Client) -> tuple[str, ...]:
    """The ids of these object types, sorted. Custom types are asked for only when they are needed.

    Raise `UsageError` for a name that the account does not have.
    """
    wanted = tuple(wanted)
    names = _standard_names()
    if any(name.lower() not in names for name in wanted):
        # A custom type that is labelled like a standard one is reached by its own name or id.
        names = _custom_names(client) | names
    return tuple(sorted({_id(name, names) for name in wanted}))


def _id(name: str, names: Mapping[str, str]) -> str:
    found = names.get(name.lower())
    if found is not None:
        return found
    near = get_close_matches(name.lower(), names, n=1)
    raise UsageError(
        f"the account has no object type {name!r}",
        cause="it is neither the id nor the name of a type that the token can see",
        remedy=f"did you mean {near[0]!r}?" if near else "see `crmsnap tables --types`",
    )


def _standard_names() -> dict[str, str]:
    return {
        name.lower(): standard.id
        for standard in STANDARD_TYPES
        for name in (standard.id, standard.name, standard.path, standard.singular, standard.plural)
    }


def _custom_names(client: Client) -> dict[str, str]:
    try:
        schemas = types.schemas(client, archived=False)
    except (MissingScope, NotFound):
        schemas = []
    return {
        name.lower(): schema.object_type_id
        for schema in schemas
        for name in (
            schema.object_type_id,
            schema.name,
            schema.fully_qualified_name,
            schema.singular,
            schema.plural,
        )
        if name
    }

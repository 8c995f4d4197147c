"""The properties of type 0-4, ENGAGEMENT: those of the seven types whose records it holds.

The seven share many names. Where they differ, 0-4 promises what holds for every one of them: a text where
they have two types, nothing where one of them is sensitive. Where only one can decide, the lowest type id does.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from crmsnap.hubspot.object_types import ENGAGEMENT_TYPES
from crmsnap.state.reader import StateReader
from crmsnap.streams.documents import PropertyDocument
from crmsnap.streams.known_types import (
    all_types,
    is_open,
    property_documents,
    type_documents,
    wanted_properties,
)
from crmsnap.streams.stream import Scope

ENGAGEMENT = "0-4"


class EngagementProperty(NamedTuple):
    """One name among the properties of the seven types."""

    definition: PropertyDocument
    """What holds for every type that has it."""
    ingested_at: str
    closed: bool
    """Whether it is sensitive in any of them: then it has no value under 0-4."""


def engagement_properties(reader: StateReader) -> list[EngagementProperty]:
    """The definitions of 0-4, by name; none where none of the seven types has any."""
    sensitive = {known.id for known, _ in type_documents(reader) if known.allows_sensitive}
    found: dict[str, list[tuple[PropertyDocument, str]]] = {}
    for object_type in ENGAGEMENT_TYPES:
        for definition, ingested_at in property_documents(reader, object_type):
            found.setdefault(definition.name, []).append((definition, ingested_at))
    merged: list[EngagementProperty] = []
    for _, of_name in sorted(found.items()):
        definitions = [definition for definition, _ in of_name]
        closed = not all(
            is_open(definition, allows_sensitive=definition.owner in sensitive)
            for definition in definitions
        )
        newest = max(ingested_at for _, ingested_at in of_name)
        merged.append(EngagementProperty(_merged(definitions, closed=closed), newest, closed))
    return merged


def wanted_engagement_properties(scope: Scope) -> list[PropertyDocument]:
    """The definitions of 0-4 whose values are copied: read with any of the seven types, and open in all."""
    wanted = {
        definition.name
        for known in all_types(scope)
        if known.id in ENGAGEMENT_TYPES
        for definition in wanted_properties(scope, known)
    }
    return [
        definition
        for definition, _, closed in engagement_properties(scope.reader)
        if definition.name in wanted and not closed
    ]


def closed_names(reader: StateReader) -> frozenset[str]:
    """Names that a record must not have under 0-4, although its own type may show them."""
    return frozenset(
        definition.name for definition, _, closed in engagement_properties(reader) if closed
    )


def _merged(definitions: Sequence[PropertyDocument], *, closed: bool) -> PropertyDocument:
    live = [definition for definition in definitions if not definition.archived] or definitions
    types = {definition.type for definition in live}
    return msgspec.structs.replace(
        live[0],
        owner=ENGAGEMENT,
        type=live[0].type if len(types) == 1 else "string",
        options=_options(live),
        data_sensitivity=_sensitivity(definitions) if closed else live[0].data_sensitivity,
    )


def _sensitivity(definitions: Sequence[PropertyDocument]) -> str:
    classes = {definition.data_sensitivity for definition in definitions}
    return "highly_sensitive" if "highly_sensitive" in classes else "sensitive"


def _options(definitions: Sequence[PropertyDocument]) -> list[Any] | None:
    """Every option once, by its value: those of the first type, then what the others have besides."""
    listed = [definition.options for definition in definitions if definition.options is not None]
    options: dict[str, Any] = {}
    for option in (option for of_one in listed for option in of_one):
        options.setdefault(str(option.get("value") if isinstance(option, dict) else option), option)
    return list(options.values()) if listed else None

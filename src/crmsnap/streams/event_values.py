"""Which values of an event's occurrences are copied: what is not sensitive, and was chosen.

Occurrences come with every property that they have, so the choice is made here, before the state. Only
an account's own event types have definitions; HubSpot's own types and properties have none to ask.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import msgspec

from crmsnap.model import Choice
from crmsnap.state.reader import StateReader
from crmsnap.streams.documents import EventTypeDocument, PropertyDocument
from crmsnap.streams.known_types import is_open

PROPERTIES = "event-properties"
"""The stream with the definitions."""

_decode = msgspec.json.Decoder(PropertyDocument).decode

_CUSTOM = re.compile(r"pe[0-9]+_")
_HUBSPOTS = "hs_"
"""Begins the names of HubSpot's own properties; no user can make one that begins so."""


@dataclass(frozen=True)
class EventProperties:
    """What is known of the properties of one event type."""

    definitions: Mapping[str, PropertyDocument] = field(default_factory=dict)
    """By name; none for HubSpot's own event types."""
    is_known: bool = True
    """False: there are definitions that could not be read."""

    @cached_property
    def allows_sensitive(self) -> bool:
        """Whether one of them is sensitive, so that one without a classification may be too."""
        return any(
            not is_open(found, allows_sensitive=False) for found in self.definitions.values()
        )

    def is_open(self, name: str) -> bool:
        """Whether values of a property may be copied; in doubt they may not."""
        definition = self.definitions.get(name)
        if definition is not None:
            return is_open(definition, allows_sensitive=self.allows_sensitive)
        return name.startswith(_HUBSPOTS) or (self.is_known and not self.allows_sensitive)


def event_properties(reader: StateReader) -> Mapping[str, EventProperties]:
    """The properties of every event type with definitions, by the type's name."""
    found: dict[str, dict[str, PropertyDocument]] = {}
    for document in reader.documents(PROPERTIES):
        definition = _decode(document.body)
        found.setdefault(definition.owner, {})[definition.name] = definition
    return {owner: EventProperties(definitions) for owner, definitions in found.items()}


def properties_of(
    known: EventTypeDocument, found: Mapping[str, EventProperties], reader: StateReader
) -> EventProperties:
    """Those of one type: an own one whose definition was not read may have sensitive ones."""
    was_read = PROPERTIES in reader.streams and known.id is not None
    if _CUSTOM.match(known.name) and not was_read:
        return EventProperties(is_known=False)
    return found.get(known.name, EventProperties())


class Kept:
    """Chooses the values of one event type; remembers each name's verdict."""

    def __init__(self, properties: EventProperties, chosen: Choice) -> None:
        self._properties = properties
        self._chosen = chosen
        self._verdicts: dict[str, bool] = {}

    @property
    def defined(self) -> frozenset[str]:
        """The defined properties that are copied where an occurrence has them: columns from the start."""
        return frozenset(filter(self.keeps, self._properties.definitions))

    @property
    def asked(self) -> tuple[object, ...]:
        """What decides which values are copied: occurrences that were read by other rules are read again."""
        known = self._properties
        closed = {name: known.is_open(name) for name in sorted(known.definitions)}
        if known.is_known and not known.allows_sensitive:
            closed = {}  # whatever is not defined is open too
        return known.is_known, closed, self._chosen.only, self._chosen.never

    def keeps(self, name: str) -> bool:
        """Whether values of this property are copied."""
        verdict = self._verdicts.get(name)
        if verdict is None:
            verdict = self._properties.is_open(name) and self._chosen.takes(name)
            self._verdicts[name] = verdict
        return verdict

    def values(self, values: Mapping[str, str | None]) -> dict[str, str]:
        """What is copied of these; no nulls."""
        return {
            name: value for name, value in values.items() if value is not None and self.keeps(name)
        }

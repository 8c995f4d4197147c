"""The object types of an account as they are at the moment: types come, and get other labels."""

from dataclasses import replace

from crmsnap.sandbox.account.custom_types import custom_type, custom_types
from crmsnap.sandbox.account.knobs import Knobs
from crmsnap.sandbox.account.object_types import STANDARD_TYPES, ObjectType
from crmsnap.sandbox.account.other_types import ADS, OTHER_TYPES

ADS_IDS = frozenset(found.id for found in ADS)
OTHER_IDS = frozenset(found.id for found in OTHER_TYPES)


class Types:
    """Every object type by its id and by the names that paths hold."""

    def __init__(self, portal_id: int, knobs: Knobs) -> None:
        self._portal_id = portal_id
        self._knobs = knobs
        self._by_id: dict[str, ObjectType] = {}
        self._by_name: dict[str, ObjectType] = {}
        for found in (*STANDARD_TYPES, *custom_types(portal_id), *ADS, *OTHER_TYPES):
            self._put(found)

    def every(self) -> tuple[ObjectType, ...]:
        """All of them: archived ones, and those that the generic objects API refuses."""
        return tuple(self._by_id.values())

    def generic(self) -> tuple[ObjectType, ...]:
        """Those that the generic objects API serves, standard ones first."""
        return tuple(found for found in self._by_id.values() if self._is_generic(found))

    def archived(self) -> tuple[ObjectType, ...]:
        """The custom types that were archived."""
        return tuple(found for found in self._by_id.values() if found.archived)

    def find(self, text: str) -> ObjectType | None:
        """The type that a path of the generic objects API means."""
        found = self._by_name.get(text) or self._by_name.get(text.lower())
        return found if found is not None and self._is_generic(found) else None

    def find_associable(self, text: str) -> ObjectType | None:
        """The type that a path of the associations API means: it knows the other types too."""
        other = self._by_name.get(text)
        return other if other is not None and other.id in OTHER_IDS else self.find(text)

    def by_id(self, type_id: str) -> ObjectType:
        """The type with this id, whichever it is."""
        return self._by_id[type_id]

    def make(self, name: str, singular: str, plural: str, at_ms: int) -> ObjectType:
        """Add a custom type."""
        position = sum(found.custom for found in self._by_id.values())
        made = custom_type(self._portal_id, position, name, singular, plural)
        return self._put(replace(made, added_ms=at_ms, changed_ms=at_ms))

    def relabel(
        self, type_id: str, singular: str | None, plural: str | None, at_ms: int
    ) -> ObjectType:
        """Give a type other labels; names stay."""
        before = self._by_id[type_id]
        after = replace(
            before,
            singular_label=singular or before.singular_label,
            plural_label=plural or before.plural_label,
            changed_ms=at_ms,
        )
        return self._put(after)

    def _put(self, found: ObjectType) -> ObjectType:
        self._by_id[found.id] = found
        for name in found.names():
            self._by_name[name] = found
        return found

    def _is_generic(self, found: ObjectType) -> bool:
        if found.archived or found.id in OTHER_IDS:
            return False
        return self._knobs.serves_ads or found.id not in ADS_IDS

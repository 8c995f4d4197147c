"""A whole HubSpot account as a function of its seed, and a journal of what changed since it started.

A record is named by its object type and an index: 0, 1, 2 ... in the order of creation. Its id, its
values and its associations are computed from the seed when somebody asks for them.
"""

from collections.abc import Callable

from crmsnap.sandbox.account.custom_types import custom_types
from crmsnap.sandbox.account.ids import IdSpace, mix
from crmsnap.sandbox.account.object_types import STANDARD_TYPES, ObjectType
from crmsnap.sandbox.account.roster import Roster


def _unlimited() -> tuple[int, int]:
    """Used and allowed calls of the day when nobody counts them."""
    return 0, 1_000_000_000


class Account:
    """One account: its types, its records, and what changed in it since `now_ms`."""

    def __init__(self, seed: int, contacts: int, now_ms: int) -> None:
        self.seed = seed
        self.contacts = contacts
        """Live contacts at the start."""
        self.started_ms = now_ms
        self.portal_id = 10_000_000 + mix(seed, 0x4B) % 89_999_999
        self.tier = "enterprise"
        """The subscription, set by the server: what `starter` and `professional` lack answers 403."""
        self.daily_usage: Callable[[], tuple[int, int]] = _unlimited
        """Used and allowed calls of the day, set by the server, which counts them."""
        self._types = (*STANDARD_TYPES, *custom_types(self.portal_id))
        self._by_name = {name: found for found in self._types for name in found.names()}
        self._by_id = {found.id: found for found in self._types}
        self._rosters = {found.id: self._roster(found) for found in self._types}
        self._sizes = {type_id: roster.size for type_id, roster in self._rosters.items()}
        self._spaces = {
            found.id: IdSpace(found.first_id, found.id_step, mix(seed, position))
            for position, found in enumerate(self._types)
        }

    def _roster(self, object_type: ObjectType) -> Roster:
        count = max(object_type.at_least, round(self.contacts * object_type.per_contact))
        return Roster(live=count, merges=object_type.merges)

    def types(self) -> tuple[ObjectType, ...]:
        """Every object type that can be read, standard ones first."""
        return tuple(found for found in self._types if not found.archived)

    def archived_types(self) -> tuple[ObjectType, ...]:
        """The custom types that were archived."""
        return tuple(found for found in self._types if found.archived)

    def find_type(self, text: str) -> ObjectType | None:
        """The type that a path means: by id, name, singular or fully qualified name."""
        found = self._by_name.get(text) or self._by_name.get(text.lower())
        return None if found is None or found.archived else found

    def type_by_id(self, type_id: str) -> ObjectType:
        """The type with this id."""
        return self._by_id[type_id]

    def size(self, type_id: str) -> int:
        """How many indexes of the type were ever given out."""
        return self._sizes[type_id]

    def record_id(self, type_id: str, index: int) -> int:
        """The id of a record: ascending with the index."""
        return self._spaces[type_id].record_id(index)

    def index_of(self, type_id: str, record_id: int) -> int | None:
        """The index of the record with this id, None when there never was one."""
        index = self._spaces[type_id].index_of(record_id)
        return index if index is not None and index < self._sizes[type_id] else None

    def is_live(self, type_id: str, index: int) -> bool:
        """Whether the record exists and is neither archived, merged away nor deleted."""
        return 0 <= index < self._sizes[type_id] and self._rosters[type_id].is_live(index)

    def live_count(self, type_id: str) -> int:
        """How many records of the type are live."""
        return self._rosters[type_id].live

"""A whole HubSpot account as a function of its seed, and a journal of what changed since it started.

A record is named by its object type and an index: 0, 1, 2 ... in the order of creation. Its id, its
values and its associations are computed from the seed when somebody asks for them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from crmsnap.sandbox.account.association_types import AssociationType
from crmsnap.sandbox.account.catalogue import properties_of
from crmsnap.sandbox.account.changes import Changes, Edit, Life
from crmsnap.sandbox.account.ids import IdSpace, mix
from crmsnap.sandbox.account.journal import (
    ARCHIVE,
    ASSOCIATION_ADDED,
    ASSOCIATION_REMOVED,
    CREATE,
    GDPR_DELETE,
    MERGE,
    PROPERTY,
    RECALCULATE,
    RESTORE,
    TYPE,
    UPDATE,
    Journal,
)
from crmsnap.sandbox.account.knobs import Knobs
from crmsnap.sandbox.account.links import HUB_LINKS, WIDE_HUB_LINKS, Links
from crmsnap.sandbox.account.object_types import ObjectType
from crmsnap.sandbox.account.other_types import OTHER_TYPES
from crmsnap.sandbox.account.pages import Encoded, Renderer, Selection
from crmsnap.sandbox.account.property import Property
from crmsnap.sandbox.account.records import Records, Times
from crmsnap.sandbox.account.roster import PERIOD, Roster
from crmsnap.sandbox.account.types import Types
from crmsnap.sandbox.account.values import CANARY, Facts
from crmsnap.sandbox.account.view import RecordView

RENDERERS_MAX = 64
"""So many different selections of properties are kept prepared."""


def _unlimited() -> tuple[int, int]:
    """Used and allowed calls of the day when nobody counts them."""
    return 0, 1_000_000_000


def _nothing_moves(milliseconds: int) -> None:
    """An account without a server has no clock to move."""


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
        self.move_clock: Callable[[int], None] = _nothing_moves
        """Pushes the clock ahead by milliseconds, set by the server, which owns the clock."""
        self.knobs = Knobs()
        self.journal = Journal()
        self.changes = Changes()
        self._types = Types(self.portal_id, self.knobs)
        self._facts = Facts(seed, contacts, now_ms)
        every = self._types.every()
        self._records = {found.id: self._records_of(found) for found in every}
        self._sizes = {type_id: found.roster.size for type_id, found in self._records.items()}
        self._live = {type_id: found.roster.live for type_id, found in self._records.items()}
        self.links = Links(
            sizes=dict(self._sizes),
            custom_ids={found.name: found.id for found in every if found.custom},
            hub_sources=Roster(HUB_LINKS, merges=False).size,
            wide_hub_sources=Roster(WIDE_HUB_LINKS, merges=True).size,
        )
        self.search_results: dict[Any, Sequence[int]] = {}
        """What `query.find` found last, so that paging through it does not search again."""
        self._encoded = {type_id: Encoded(found) for type_id, found in self._records.items()}
        self._renderers: dict[tuple[str, Selection], Renderer] = {}

    def _records_of(self, object_type: ObjectType) -> Records:
        count = max(object_type.at_least, round(self.contacts * object_type.per_contact))
        ids = IdSpace(
            object_type.first_id, object_type.id_step, mix(self.seed, object_type.first_id)
        )
        roster = Roster(count, object_type.merges)
        return Records(object_type, properties_of(object_type), roster, ids, self._facts)

    # Types and properties

    def types(self) -> tuple[ObjectType, ...]:
        """Every object type that can be read, standard ones first."""
        return self._types.generic()

    def other_types(self) -> tuple[ObjectType, ...]:
        """The types whose records an API of their own serves, and associations the common one."""
        return OTHER_TYPES

    def archived_types(self) -> tuple[ObjectType, ...]:
        """The custom types that were archived."""
        return self._types.archived()

    def find_type(self, text: str) -> ObjectType | None:
        """The type that a path means: by id, name, singular or fully qualified name."""
        return self._types.find(text)

    def find_associable_type(self, text: str) -> ObjectType | None:
        """The type that a path of the associations API means: it knows the other types too."""
        return self._types.find_associable(text)

    def type_by_id(self, type_id: str) -> ObjectType:
        """The type with this id, archived ones included."""
        return self._types.by_id(type_id)

    def properties(self, type_id: str) -> dict[str, Property]:
        """The properties of a type by name: readable, sensitive and archived ones."""
        return self._records[type_id].properties

    def records(self, type_id: str) -> Records:
        """The records of a type as they were at the start."""
        return self._records[type_id]

    # Ids and lives

    def size(self, type_id: str) -> int:
        """How many indexes of the type were ever given out."""
        return self._sizes[type_id]

    def record_id(self, type_id: str, index: int) -> int:
        """The id of a record: ascending with the index."""
        return self._records[type_id].ids.record_id(index)

    def index_of(self, type_id: str, record_id: int) -> int | None:
        """The index of the record with this id, None when there never was one."""
        index = self._records[type_id].ids.index_of(record_id)
        return index if index is not None and index < self._sizes[type_id] else None

    def first_index_after(self, type_id: str, record_id: int) -> int:
        """The lowest index whose id is greater than this number."""
        return self._records[type_id].ids.first_index_after(record_id)

    def is_live(self, type_id: str, index: int) -> bool:
        """Whether the record exists and is neither archived, merged away nor deleted."""
        if not 0 <= index < self._sizes[type_id]:
            return False
        life = self.changes.life(type_id, index)
        if life is not None and life.decides:
            return not life.gone
        return self._records[type_id].roster.is_live(index)

    def is_archived(self, type_id: str, index: int) -> bool:
        """Whether the record is in the archive, from which it could be restored."""
        if not 0 <= index < self._sizes[type_id]:
            return False
        life = self.changes.life(type_id, index)
        if life is not None and life.decides:
            return life.archived_ms is not None and not life.deleted
        return self._records[type_id].roster.is_archived(index)

    def survivor(self, type_id: str, index: int) -> int:
        """The record that this one lives on in: itself unless it was merged away."""
        for _ in range(self._sizes[type_id]):
            life = self.changes.life(type_id, index)
            into = life.survivor if life else None
            if into is None and index < self._records[type_id].roster.size:
                into = self._records[type_id].roster.survivor(index)
            if into is None:
                return index
            index = into
        return index

    def erased(self, type_id: str) -> frozenset[int]:
        """The records that privacy requests took: a merge makes one of two, so they go together."""
        lives = self.changes.of_type(type_id)
        found = {index for index, life in lives.items() if life.deleted}
        if not found:
            return frozenset()
        merged: dict[int, list[int]] = {}
        for index, life in lives.items():
            if life.survivor is not None:
                merged.setdefault(life.survivor, []).append(index)
        left = list(found)
        while left:
            into = left.pop()
            losers = (*merged.get(into, ()), *self._records[type_id].roster.losers(into))
            left += [index for index in losers if index not in found]
            found.update(losers)
        return frozenset(found)

    def live_count(self, type_id: str) -> int:
        """How many records of the type are live."""
        return self._live[type_id]

    def live_indexes(self, type_id: str, start: int = 0) -> Iterator[int]:
        """The live records from an index on, ascending."""
        roster = self._records[type_id].roster
        lives = self.changes.of_type(type_id)
        for index in range(start, self._sizes[type_id]):
            if index in lives:
                if self.is_live(type_id, index):
                    yield index
            elif index % PERIOD not in roster.gone:
                yield index

    def archived_indexes(self, type_id: str, start: int = 0) -> Iterator[int]:
        """The archived records from an index on, ascending."""
        return (
            index
            for index in range(start, self._sizes[type_id])
            if self.is_archived(type_id, index)
        )

    # Values

    def times(self, type_id: str, index: int) -> Times:
        """When the record was made and, before any later edit, last changed."""
        life = self.changes.life(type_id, index)
        if life is not None and life.created_ms is not None:
            return Times(life.created_ms, life.created_ms)
        return self._records[type_id].times(index)

    def view(self, type_id: str, index: int, as_of_ms: int | None = None) -> RecordView:
        """A record's values and histories, now or at a moment."""
        life = self.changes.life(type_id, index) or Life()
        records = self._records[type_id]
        return RecordView(records, index, life, self.times(type_id, index), as_of_ms)

    def render(self, type_id: str, indexes: Iterable[int], selection: Selection) -> list[bytes]:
        """Records as JSON, one text each."""
        render = self._renderer(type_id, selection).record
        lives = self.changes.of_type(type_id)
        return [render(index, lives.get(index), self.times(type_id, index)) for index in indexes]

    def _renderer(self, type_id: str, selection: Selection) -> Renderer:
        found = self._renderers.pop((type_id, selection), None)
        if found is None:
            url = f"https://app.hubspot.com/contacts/{self.portal_id}/record/{type_id}/"
            found = Renderer(self._encoded[type_id], selection, url)
        self._renderers[type_id, selection] = found
        if len(self._renderers) > RENDERERS_MAX:
            self._renderers.pop(next(iter(self._renderers)))
        return found

    # Associations

    def associated(
        self, from_type: str, index: int, to_type: str
    ) -> list[tuple[int, list[AssociationType]]]:
        """The live records that a record is associated with, ascending, with the types of each."""
        found = self.links.targets(from_type, index, to_type)
        return [
            (target, sorted(found[target], key=lambda kind: (kind.category, kind.type_id)))
            for target in sorted(found)
            if self.is_live(to_type, target)
        ]

    # Changes: each one is in the journal

    def create(self, type_id: str, at_ms: int) -> int:
        """Make the next record of a type and return its index."""
        index = self._sizes[type_id]
        self._sizes[type_id] = index + 1
        self._live[type_id] += 1
        self.changes.life_to_change(type_id, index).created_ms = at_ms
        self._note(at_ms, CREATE, type_id, index)
        return index

    def update(
        self,
        type_id: str,
        index: int,
        values: dict[str, str | None],
        at_ms: int,
        *,
        touches: bool = True,
    ) -> None:
        """Set some properties of a record; `touches` says whether its time of change moves."""
        before = self.view(type_id, index)
        previous = {name: before.value(name) for name in values}
        life = self.changes.life_to_change(type_id, index)
        life.edits.append(Edit(at_ms, values, touches))
        action = UPDATE if touches else RECALCULATE
        self._note(at_ms, action, type_id, index, properties=values, previous=previous)

    def archive(self, type_id: str, index: int, at_ms: int) -> None:
        """Archive a live record. Its time of change stays (airbyte #19838)."""
        life = self.changes.life_to_change(type_id, index)
        life.archived_ms, life.restored = at_ms, False
        self._live[type_id] -= 1
        self._note(at_ms, ARCHIVE, type_id, index)

    def restore(self, type_id: str, index: int, at_ms: int) -> None:
        """Take an archived record back."""
        life = self.changes.life_to_change(type_id, index)
        life.archived_ms, life.restored = None, True
        self._live[type_id] += 1
        self._note(at_ms, RESTORE, type_id, index)

    def delete(self, type_id: str, index: int, at_ms: int) -> None:
        """Delete a live record for privacy: afterwards no answer mentions it."""
        self.changes.life_to_change(type_id, index).deleted = True
        self._live[type_id] -= 1
        self._note(at_ms, GDPR_DELETE, type_id, index)

    def merge(self, type_id: str, survivor: int, loser: int, at_ms: int) -> None:
        """Merge one live record into another. Its associations are not carried over."""
        self.changes.life_to_change(type_id, loser).survivor = survivor
        self._live[type_id] -= 1
        into = self.record_id(type_id, survivor)
        self._note(at_ms, MERGE, type_id, loser, mergedInto=str(into))
        view, gone = self.view(type_id, survivor), self.view(type_id, loser)
        added = {"hs_merged_object_ids": str(self.record_id(type_id, loser))}
        if type_id == "0-1":
            added["hs_calculated_merged_vids"] = f"{added['hs_merged_object_ids']}:{at_ms}"
            # The address of the one becomes a further one of the other (knowledge.hubspot.com: "Merge records").
            if (email := gone.value("email")) is not None:
                added["hs_additional_emails"] = email
        # Who was merged into the one that goes is now merged into the other.
        added = {
            name: ";".join(filter(None, (value, gone.value(name)))) for name, value in added.items()
        }
        joined = {
            name: ";".join(text for text in (view.value(name), value) if text)
            for name, value in added.items()
        }
        self.update(type_id, survivor, dict(joined), at_ms)

    def make_type(
        self, name: str, singular: str, plural: str, records: int, at_ms: int
    ) -> ObjectType:
        """Add a custom type with some records, each associated with a contact."""
        made = self._types.make(name, singular, plural, at_ms)
        self._records[made.id] = self._records_of(made)
        self._encoded[made.id] = Encoded(self._records[made.id])
        self._sizes[made.id] = self._live[made.id] = 0
        kind = self.links.make_type(made.id, "0-1")
        self._note_type(made, at_ms)
        for _ in range(records):
            index = self.create(made.id, at_ms)
            target = next(self.live_indexes("0-1", index), None)
            if target is not None:
                self.associate(kind, index, target, at_ms)
        return made

    def relabel_type(
        self, type_id: str, singular: str | None, plural: str | None, at_ms: int
    ) -> None:
        """Give a type other labels; ids and names stay."""
        found = self._types.relabel(type_id, singular, plural, at_ms)
        self._records[type_id].object_type = found
        self._note_type(found, at_ms)

    def _note_type(self, found: ObjectType, at_ms: int) -> None:
        labels = {"singular": found.singular_label, "plural": found.plural_label}
        self.journal.append(at_ms, TYPE, found.id, None, name=found.name, labels=labels)

    def define(self, type_id: str, found: Property, at_ms: int) -> None:
        """Add a property to a type, or change its definition; its values follow."""
        records = self._records[type_id]
        before = records.properties.get(found.name)
        added_ms = at_ms if before is None else before.added_ms
        records.define(replace(found, added_ms=added_ms, changed_ms=at_ms))
        if found.sensitivity != "non_sensitive":
            self.changes.hide(type_id, found.name, f"{CANARY}{mix(self.seed, at_ms):015x}")
        self._forget_renderings(type_id, found.name)
        self._note_property(type_id, found, at_ms)

    def purge(self, type_id: str, name: str, at_ms: int) -> None:
        """Remove a property for good: no list of definitions names it any more."""
        found = self._records[type_id].properties[name]
        self._records[type_id].forget(name)
        self._forget_renderings(type_id, name)
        self._note_property(type_id, found, at_ms, purged=True)

    def _forget_renderings(self, type_id: str, name: str) -> None:
        self._encoded[type_id].forget(name)
        for key in [key for key in self._renderers if key[0] == type_id]:
            del self._renderers[key]

    def _note_property(
        self, type_id: str, found: Property, at_ms: int, *, purged: bool = False
    ) -> None:
        self.journal.append(
            at_ms,
            PROPERTY,
            type_id,
            None,
            name=found.name,
            label=found.label,
            type=found.type,
            archived=found.archived,
            dataSensitivity=found.sensitivity,
            purged=purged,
        )

    def associate(self, kind: AssociationType, index: int, target: int, at_ms: int) -> None:
        """Associate two records. Neither's time of change moves."""
        self.links.add(kind, index, target)
        self._note_link(at_ms, ASSOCIATION_ADDED, kind, index, target)

    def dissociate(self, kind: AssociationType, index: int, target: int, at_ms: int) -> None:
        """Remove every association between two records. Neither's time of change moves."""
        self.links.remove(kind.from_type, index, kind.to_type, target)
        self._note_link(at_ms, ASSOCIATION_REMOVED, kind, index, target)

    def _note_link(
        self, at_ms: int, action: str, kind: AssociationType, index: int, target: int
    ) -> None:
        self._note(
            at_ms,
            action,
            kind.from_type,
            index,
            toObjectTypeId=kind.to_type,
            toObjectId=str(self.record_id(kind.to_type, target)),
            category=kind.category,
            typeId=kind.type_id,
        )

    def _note(self, at_ms: int, action: str, type_id: str, index: int, **details: Any) -> None:
        self.journal.append(at_ms, action, type_id, self.record_id(type_id, index), **details)

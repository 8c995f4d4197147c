"""What happened to single records since the account started: laid over what `records.py` computes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Edit:
    """New values of some properties."""

    at_ms: int
    values: Mapping[str, str | None]
    touches: bool = True
    """Whether it moves the record's time of change: what HubSpot calculates does not."""


@dataclass(slots=True)
class Life:
    """One record's changes, oldest first."""

    created_ms: int | None = None
    """Set when the record was made after the start."""
    edits: list[Edit] = field(default_factory=list)
    archived_ms: int | None = None
    restored: bool = False
    """Whether it came back from the archive after the start."""
    survivor: int | None = None
    """The index that it was merged into."""
    deleted: bool = False
    """Removed by a privacy request: nothing of it can be read any more."""

    @property
    def gone(self) -> bool:
        """Whether it is no longer live."""
        return self.deleted or self.archived_ms is not None or self.survivor is not None

    @property
    def decides(self) -> bool:
        """Whether what happened says more about it than how it was at the start."""
        return self.gone or self.restored or self.created_ms is not None


class Changes:
    """The lives of the changed records, by object type and index."""

    def __init__(self) -> None:
        self._lives: dict[str, dict[int, Life]] = {}

    def of_type(self, type_id: str) -> Mapping[int, Life]:
        """The changed records of a type: an empty map that stays empty when there are none."""
        return self._lives.get(type_id, {})

    def life(self, type_id: str, index: int) -> Life | None:
        """What happened to a record, None when nothing did."""
        return self._lives.get(type_id, {}).get(index)

    def life_to_change(self, type_id: str, index: int) -> Life:
        """The life of a record, made when this is its first change."""
        return self._lives.setdefault(type_id, {}).setdefault(index, Life())

    def hide(self, type_id: str, name: str, value: str) -> None:
        """Put another value into every edit of a property: it has become sensitive."""
        for life in self._lives.get(type_id, {}).values():
            life.edits = [
                replace(edit, values={**edit.values, name: value})
                if edit.values.get(name)
                else edit
                for edit in life.edits
            ]

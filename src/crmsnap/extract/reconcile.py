"""HubSpot's counts beside ours, before anything is published.

A difference is explained by records that came or went while the type was read, or the type is swept: every
id is compared with HubSpot's list, what differs is read, and it is counted again. What stays unexplained
withholds the day, unless HubSpot's number speaks of other records than were read: that is said, and proves
nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from crmsnap.errors import BadRequest, CountsDisagree, Disagreement, MissingScope, NotFound
from crmsnap.extract.facts import Count, counts
from crmsnap.extract.movement import Window, came, lost, went, window_of
from crmsnap.extract.read import Reading
from crmsnap.extract.sweep import Swept, read_what_hangs, swept, swept_before
from crmsnap.hubspot.endpoints import objects
from crmsnap.streams.documents import TypeDocument
from crmsnap.streams.known_types import readable_types
from crmsnap.streams.stream import Scope

_SWEEPS = 2
_IDS_SHOWN = 100

Verdict = Literal["equal", "explained", "repaired", "different", "not comparable", "not counted"]


@dataclass(frozen=True, slots=True)
class Reconciled:
    """How HubSpot's count of a type and ours came together."""

    count: Count
    verdict: Verdict
    search: int | None = None
    """How many search counts, where it was asked for a second opinion."""
    came: int = 0
    """Records, not among ours, that are seen to have come while the type was read: as many as explain it."""
    went: int = 0
    """Records of ours that are seen to have gone meanwhile."""
    missing: int = 0
    """Records that only a sweep has found; they are among ours now."""
    vanished: int = 0
    """Records of ours that a sweep has not found any more."""
    in_doubt: tuple[int | str, ...] = ()
    """Up to 100 ids of all these."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """It as the manifest says it, without ids."""
        return {
            "type": self.count.object_type,
            "hubspot": self.count.hubspot,
            "ours": self.count.ours,
            "verdict": self.verdict,
            "search": self.search,
            "came": self.came,
            "went": self.went,
            "missing": self.missing,
            "vanished": self.vanished,
            "reason": self.count.not_comparable if self.verdict == "not comparable" else "",
        }


def reconcile(
    scope: Scope, reading: Reading, *, allow_differences: bool = False
) -> tuple[Reconciled, ...]:
    """The counts of every type whose records were read, by id, each with what was made of it.

    Raise `CountsDisagree` for a difference that nothing explains, unless differences are allowed.
    """
    client = reading.client
    before = swept_before(scope, reading)
    # A killed run is gone on with by reading, which does not look for who was missing.
    read_what_hangs(scope, reading, [id_ for id_, one in before.items() if one.missing])
    found = {
        count.object_type: _Look(
            scope, reading, count, swept=before.get(count.object_type, Swept())
        )
        for count in counts(scope, client)
    }
    results = {id_: look.result() for id_, look in found.items()}
    for number in range(1, _SWEEPS + 1):
        doubtful = [id_ for id_, one in results.items() if one.verdict == "different"]
        if not doubtful:
            break
        sweeps = swept(scope, reading, doubtful)
        for count in counts(scope, client):
            id_, look = count.object_type, found[count.object_type]
            # Beside those that were swept: what hangs on them may have been read again.
            if id_ in sweeps or count.ours != look.count.ours:
                look = look.behind(count, sweeps.get(id_, Swept()), is_last=number == _SWEEPS)
                found[id_], results[id_] = look, look.result()
    different = [one for one in results.values() if one.verdict == "different"]
    if different and not allow_differences:
        raise _withheld(different)
    return tuple(results.values())


@dataclass(frozen=True, slots=True)
class _Look:
    """One count of a type, to be explained."""

    scope: Scope
    reading: Reading
    count: Count
    before: Count | None = None
    """The count before the last sweep."""
    swept: Swept = field(default_factory=Swept)
    """What sweeps have changed, also those of this run before it was killed."""
    is_last: bool = False
    traceless: int = 0
    """Records that the last sweep found gone: as many may have gone behind it."""

    def behind(self, count: Count, swept: Swept, *, is_last: bool) -> "_Look":
        """The next count, behind a sweep."""
        so_far = self.swept
        total = Swept(
            so_far.missing + swept.missing,
            so_far.vanished + swept.vanished,
            (*so_far.ids, *swept.ids)[:_IDS_SHOWN],
        )
        return replace(
            self,
            count=count,
            before=self.count,
            swept=total,
            is_last=is_last,
            traceless=swept.vanished,
        )

    def result(self) -> Reconciled:
        """What the count means."""
        found = self._judged()
        swept = self.swept
        if found.verdict in ("equal", "explained") and (swept.missing or swept.vanished):
            found = replace(found, verdict="repaired")
        return replace(
            found,
            missing=swept.missing,
            vanished=swept.vanished,
            in_doubt=tuple(dict.fromkeys((*found.in_doubt, *swept.ids)))[:_IDS_SHOWN],
        )

    def _judged(self) -> Reconciled:
        count = self.count
        known = _generic(self.scope, count.object_type)
        if count.hubspot == count.ours:
            return Reconciled(count, "equal")
        if known is not None:
            return self._explained(known)
        if count.hubspot is None:
            return Reconciled(count, "not counted")
        return (
            Reconciled(count, "not comparable") if count.not_comparable else self._of_another_api()
        )

    def _of_another_api(self) -> Reconciled:
        """Such an API has no search: its total must have moved past ours while it was read again."""
        count, before = self.count, self.before
        totals = [one.hubspot for one in (before, count) if one and one.hubspot is not None]
        explained = before is not None and min(totals) <= count.ours <= max(totals)
        return Reconciled(count, "explained" if explained else "different")

    def _explained(self, known: TypeDocument) -> Reconciled:
        count, total = self.count, self._search_total()
        theirs = [one for one in (count.hubspot, total) if one is not None]
        if not theirs:
            return Reconciled(count, "not counted")
        window = window_of(self.scope, known, listed=self.before is not None)
        result = Reconciled(count, "different", search=total)
        # Search's total does not know of a record that search could not find: they agree on too few.
        if max(theirs) > count.ours and (ids := lost(window, self.reading.client)):
            return replace(result, in_doubt=tuple(sorted(ids)[:_IDS_SHOWN]))
        if count.ours in theirs:
            return replace(result, verdict="equal")
        for difference in sorted((one - count.ours for one in theirs), key=abs):
            result = self._moved(result, window, difference)
            # Merges and deletions for privacy leave no trace while search lags: where the last sweep found
            # some gone, each of them seen live before, as many may have gone behind it.
            untraced = self.traceless if self.is_last and difference < 0 else 0
            if -result.went - untraced <= difference <= result.came:
                return replace(result, verdict="explained")
        return result

    def _moved(self, result: Reconciled, window: Window, difference: int) -> Reconciled:
        """With those that came, where HubSpot counts more than we, or else those that went."""
        if difference > 0:
            ids = came(window, self.reading.client, difference)
            result = replace(result, came=len(ids))
        else:
            ids = went(window, self.reading.client, -difference)
            result = replace(result, went=len(ids))
        return replace(result, in_doubt=tuple(sorted(ids)[:_IDS_SHOWN]))

    def _search_total(self) -> int | None:
        try:
            return objects.count(self.reading.client, self.count.object_type)
        except (BadRequest, MissingScope, NotFound):
            return None  # not every type can be searched


def _generic(scope: Scope, object_type: str) -> TypeDocument | None:
    return next((known for known in readable_types(scope) if known.id == object_type), None)


def _withheld(different: Sequence[Reconciled]) -> CountsDisagree:
    return CountsDisagree(
        tuple(
            Disagreement(
                one.count.object_type,
                one.count.hubspot,
                one.count.ours,
                tuple(map(str, one.in_doubt)),
            )
            for one in different
        )
    )

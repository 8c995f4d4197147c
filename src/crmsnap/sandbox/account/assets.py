"""Pages, posts, forms, emails and campaigns: what HubSpot serves through APIs of its own.

HubSpot calls them marketing assets. Like owners and lists they change at the borders of whole days:
each day one more of every kind is made, a tenth is edited and, for a while, one is archived.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmsnap.sandbox.account.ids import mix
from crmsnap.sandbox.account.start import HOUR_MS, days_passed
from crmsnap.sandbox.account.times import DAY_MS

if TYPE_CHECKING:
    from crmsnap.sandbox.account.account import Account

OLDEST_DAYS = 900
EDITED_EVERY = 10
ARCHIVED_EVERY = 9
ARCHIVED_BEFORE_START = 4
ARCHIVED_LATER = 7


@dataclass(frozen=True, slots=True)
class AssetKind:
    """One kind of asset: its object type, and how many an account of so many contacts starts with."""

    type_id: str
    contacts_per_asset: int
    at_least: int
    at_most: int

    @property
    def salt(self) -> int:
        """What tells its random choices from those of other kinds."""
        return 0xA55E_7000 + int(self.type_id.partition("-")[2])


LANDING_PAGE = AssetKind("0-25", contacts_per_asset=20, at_least=9, at_most=2_000)
FORM = AssetKind("0-28", contacts_per_asset=20, at_least=9, at_most=300)
MARKETING_EMAIL = AssetKind("0-29", contacts_per_asset=15, at_least=12, at_most=3_000)
CAMPAIGN = AssetKind("0-35", contacts_per_asset=20, at_least=9, at_most=1_000)
SITE_PAGE = AssetKind("0-38", contacts_per_asset=18, at_least=11, at_most=2_000)
BLOG_POST = AssetKind("0-39", contacts_per_asset=16, at_least=11, at_most=2_000)
ASSET_KINDS = (LANDING_PAGE, FORM, MARKETING_EMAIL, CAMPAIGN, SITE_PAGE, BLOG_POST)


@dataclass(frozen=True, slots=True)
class Asset:
    """One asset as it is now."""

    kind: AssetKind
    index: int
    bits: int
    """A random number of its own, by which its values are chosen."""
    created_ms: int
    updated_ms: int
    archived_ms: int | None
    """None: it is live. Archiving does not move the time of the last change."""
    revision: int
    """How often it was edited since the account was started."""


def assets(
    account: "Account", kind: AssetKind, now_ms: int, *, first: int = 0, archived: bool = False
) -> Iterator[Asset]:
    """The assets of a kind that are, or are not, archived, in the order of their creation."""
    for index in range(first, asset_count(account, kind, now_ms)):
        found = asset(account, kind, index, now_ms)
        if (found.archived_ms is not None) is archived:
            yield found


def live_count(account: "Account", kind: AssetKind, now_ms: int) -> int:
    """How many assets of the kind are live, counted one by one."""
    return sum(1 for _ in assets(account, kind, now_ms))


def asset_count(account: "Account", kind: AssetKind, now_ms: int) -> int:
    """How many indexes of the kind were given out: one more with every day."""
    return _count_at_start(account, kind) + days_passed(account, now_ms)


def asset(account: "Account", kind: AssetKind, index: int, now_ms: int) -> Asset:
    """The asset with this index."""
    at_start = _count_at_start(account, kind)
    made_on = max(0, index - at_start)
    today = days_passed(account, now_ms)
    gone_on = _day_of_archiving(index) if index < at_start else None
    archived = gone_on is not None and gone_on <= today
    last_day = gone_on if gone_on is not None and archived else today
    revision = _edits(index, last_day) - _edits(index, made_on)
    bits = mix(account.seed, kind.salt, index)
    created_ms = _created_ms(account, index, at_start, bits)
    updated_ms = min(created_ms + bits // 97 % 40 * HOUR_MS, max(account.started_ms, created_ms))
    if revision:
        edited_on = last_day - (last_day - index) % EDITED_EVERY
        updated_ms = account.started_ms + edited_on * DAY_MS - HOUR_MS - index
    archived_ms = None
    if archived and gone_on is not None:
        archived_ms = account.started_ms + gone_on * DAY_MS - HOUR_MS // 2 - index
    return Asset(kind, index, bits, created_ms, updated_ms, archived_ms, revision)


def _count_at_start(account: "Account", kind: AssetKind) -> int:
    wanted = account.contacts // kind.contacts_per_asset
    return min(max(wanted, kind.at_least), kind.at_most)


def _created_ms(account: "Account", index: int, at_start: int, bits: int) -> int:
    """Ascending with the index; those after the first ones came one a day."""
    day = index - at_start
    if day >= 0:
        return account.started_ms + day * DAY_MS + DAY_MS // 3
    age_ms = (at_start - index) * OLDEST_DAYS * DAY_MS // at_start
    return account.started_ms - age_ms + bits % HOUR_MS


def _day_of_archiving(index: int) -> int | None:
    """0: archived before the start; 2: on the second day; None: stays."""
    if index % ARCHIVED_EVERY == ARCHIVED_BEFORE_START:
        return 0
    if index % ARCHIVED_EVERY == ARCHIVED_LATER:
        return index // ARCHIVED_EVERY + 1
    return None


def _edits(index: int, day: int) -> int:
    """How many of the days up to this one edit the asset: every tenth, another one for each index."""
    return (day - index % EDITED_EVERY) // EDITED_EVERY

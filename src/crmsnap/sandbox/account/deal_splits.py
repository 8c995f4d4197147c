"""Which splits a deal has: records of type 0-72, two and more to a deal, each of another owner.

Told by arithmetic, as everything here: split to deal, and back.
"""

from typing import TYPE_CHECKING

from crmsnap.sandbox.account.start import indexes_at_start

if TYPE_CHECKING:
    from crmsnap.sandbox.account.account import Account

DEAL, DEAL_SPLIT = "0-3", "0-72"
SPLITS_OF_A_DEAL = 2
NEVER_LIVE_IN_A_ROW = 2
"""So many neighbouring deals at most are archived or merged away from the start (`roster.py`)."""


def splits_of_deal(account: "Account", deal: int) -> list[int]:
    """The live splits of a live deal, by their indexes; none of a deal that is gone."""
    if not account.is_live(DEAL, deal):
        return []
    groups, stride = _groups(account)
    for base in range(max(deal - NEVER_LIVE_IN_A_ROW, 0), deal + 1):
        group, rest = divmod(base, stride)
        if not rest and group < groups and _first_live(account, base) == deal:
            return [
                split for split in _members(account, group) if account.is_live(DEAL_SPLIT, split)
            ]
    return []


def truth(account: "Account") -> int:
    """How many splits a reader finds that asks for those of every live deal."""
    return sum(len(splits_of_deal(account, deal)) for deal in account.live_indexes(DEAL))


def _groups(account: "Account") -> tuple[int, int]:
    """How many deals are split, and how many deals lie between two of them."""
    groups = max(1, indexes_at_start(account, DEAL_SPLIT) // SPLITS_OF_A_DEAL)
    return groups, max(1, (indexes_at_start(account, DEAL) - NEVER_LIVE_IN_A_ROW) // groups)


def _first_live(account: "Account", base: int) -> int:
    """The first deal from an index on that was live at the start."""
    roster = account.records(DEAL).roster
    return next(
        index for index in range(base, base + NEVER_LIVE_IN_A_ROW + 1) if roster.is_live(index)
    )


def _members(account: "Account", group: int) -> list[int]:
    """The splits of a group; those that were made later take the groups in turn again."""
    groups, _ = _groups(account)
    return [
        split
        for first in range(
            group * SPLITS_OF_A_DEAL, account.size(DEAL_SPLIT), groups * SPLITS_OF_A_DEAL
        )
        for split in range(first, first + SPLITS_OF_A_DEAL)
    ]

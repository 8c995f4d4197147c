"""Days since the account was started: what changes by the day changes at these borders.

With a running clock an account would change under a reader's hands at every moment. Owners, new
members of lists and new events come with whole days instead, so that two reads within a day agree and
`advance` shows a reader what a day brings.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crmsnap.sandbox.account.account import Account

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


def days_passed(account: "Account", now_ms: int) -> int:
    """Whole days since the start."""
    return max(0, now_ms - account.started_ms) // DAY_MS


def horizon_ms(account: "Account", now_ms: int) -> int:
    """The end of the last whole day: nothing that happened later can be seen yet."""
    return account.started_ms + days_passed(account, now_ms) * DAY_MS

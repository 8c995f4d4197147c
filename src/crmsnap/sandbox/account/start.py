"""How the account stood when it was started, and how many days ago that was.

With a running clock an account would change under a reader's hands at every moment. Owners, lists
and events come and go at the borders of whole days instead, so that two reads within a day agree and
`advance` shows a reader what a day brings.
"""

from typing import TYPE_CHECKING

from crmsnap.sandbox.account.times import DAY_MS

if TYPE_CHECKING:
    from crmsnap.sandbox.account.account import Account

HOUR_MS = DAY_MS // 24


def days_passed(account: "Account", now_ms: int) -> int:
    """Whole days since the start."""
    return max(0, now_ms - account.started_ms) // DAY_MS


def horizon_ms(account: "Account", now_ms: int) -> int:
    """The end of the last whole day: nothing that happened later can be seen yet."""
    return account.started_ms + days_passed(account, now_ms) * DAY_MS


def indexes_at_start(account: "Account", type_id: str) -> int:
    """How many indexes of the type were given out when the account was started."""
    return account.records(type_id).roster.size

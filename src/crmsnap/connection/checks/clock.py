"""The question about this machine's clock."""

from datetime import timedelta

from crmsnap.connection.check import OTHERWISE, Check
from crmsnap.connection.questions import CLOCK

REFUSED = timedelta(minutes=15)
"""Beyond it AWS refuses requests (S3 API, "RequestTimeTooSkewed")."""
WORTH_SAYING = timedelta(minutes=2)

_ADVICE = "set the clock of this machine, best by NTP (timedatectl set-ntp true)"


def clock_check(skew: timedelta | None) -> Check:
    """The verdict on how much this machine's clock is ahead of the store's; None: nobody said."""
    if skew is None:
        return CLOCK.skipped("no answer told its time")
    ahead = "ahead" if skew > timedelta(0) else "behind"
    answer = f"it is {abs(skew).total_seconds():.0f} seconds {ahead}"
    if abs(skew) >= REFUSED:
        return CLOCK.failed(answer, _ADVICE, exit_code=OTHERWISE)
    if abs(skew) >= WORTH_SAYING:
        return CLOCK.warning(answer, _ADVICE)
    return CLOCK.ok(answer)

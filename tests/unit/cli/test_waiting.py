"""`sync --wait`: who gets another turn, and when."""

from itertools import pairwise

import pytest

from crmsnap.bootstrap import Known
from crmsnap.cli.waiting import PATIENCE_SECONDS, Turn, Turns
from crmsnap.config import ConnectionSettings
from crmsnap.errors import (
    BadToken,
    Busy,
    CrmsnapError,
    DailyLimitReached,
    StoreFull,
    Suspended,
    Unavailable,
)
from crmsnap.hubspot.transport import HttpTransport, SendFailed
from tests.unit.hubspot.certificate import self_signed
from tests.unit.hubspot.host import RealClock, VirtualClock, running


class Waits:
    """Turns in virtual time, and what was shown of them."""

    def __init__(self, *names: str) -> None:
        self.clock = VirtualClock()
        self.shown: list[tuple[str | None, float]] = []
        self.turns = Turns(
            [Known(name, ConnectionSettings()) for name in names],
            self.clock,
            lambda: 0.5,
            lambda name, _, seconds: self.shown.append((name, seconds)),
        )

    def run(self, *errors: CrmsnapError) -> list[tuple[str | None, float]]:
        """Let the first connection fail with each of these in turn; who ran when, from the start."""
        left, ran = list(errors), []
        began_at = self.clock.now
        for turn in self.turns:
            ran.append((turn.known.name, self.clock.now - began_at))
            if turn.known.name == "acme" and left:
                assert self.turns.put_off(turn, left.pop(0))
        return ran


def test_after_a_spent_day_it_goes_on_when_hubspot_says_and_not_before() -> None:
    """Each call before would be refused, and counts as an error of this app."""
    ((_, first), (_, again)) = Waits("acme").run(DailyLimitReached("spent", after_seconds=7200))
    assert first == 0
    assert 7200 < again < 7210


def test_the_others_go_on_meanwhile() -> None:
    """One account's limit is no other's."""
    ran = Waits("acme", "beta", "gamma").run(DailyLimitReached("spent", after_seconds=7200))
    assert [name for name, _ in ran] == ["acme", "beta", "gamma", "acme"]
    assert ran[2][1] == 0


def test_a_day_whose_end_nobody_knows_is_asked_for_once_an_hour() -> None:
    """The token may be refused before it could ask when the day ends."""
    ran = Waits("acme").run(DailyLimitReached("spent"), DailyLimitReached("spent"))
    assert [at for _, at in ran] == pytest.approx([0, 3600, 7200])


def test_a_suspended_account_is_left_alone_as_long_as_asked() -> None:
    """477: it moves to another data centre."""
    (_, (_, again)) = Waits("acme").run(Suspended("later", after_seconds=86_400))
    assert 86_400 < again < 86_410


def test_an_outage_is_asked_after_less_and_less_often() -> None:
    """A minute at first, then up to a quarter of an hour; never all clients at once."""
    ran = Waits("acme").run(*[Unavailable("ill")] * 8)
    waits = [after[1] - before[1] for before, after in pairwise(ran)]
    assert waits[:4] == pytest.approx([45, 90, 180, 360])
    assert waits[-1] == pytest.approx(675)


def test_an_outage_of_more_than_a_day_is_given_up() -> None:
    """Somebody has to look at it."""
    waits = Waits("acme")
    turn = next(iter(waits.turns))
    assert waits.turns.put_off(turn, Unavailable("ill"))
    waits.clock.now += PATIENCE_SECONDS + 1
    assert not waits.turns.put_off(turn, Unavailable("ill"))


@pytest.mark.parametrize("error", [BadToken("no"), Busy("no"), StoreFull("no")], ids=str)
def test_what_does_not_pass_by_itself_is_not_waited_for(error: CrmsnapError) -> None:
    """A wait without end would hide it."""
    waits = Waits("acme")
    assert not waits.turns.put_off(Turn(Known("acme", ConnectionSettings())), error)
    assert not waits.shown


def test_a_certificate_that_nobody_trusts_is_not_waited_for(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """It is no outage: the operator's network, or somebody in between."""
    certificate = self_signed(tmp_path_factory.mktemp("certificate") / "host.pem")
    with (
        running(certificate) as host,
        HttpTransport(RealClock()) as transport,
        pytest.raises(SendFailed) as failed,
    ):
        transport.send("GET", host.url, {}, None)
    turn = Turn(Known("acme", ConnectionSettings()))
    assert not Waits("acme").turns.put_off(turn, failed.value.error)


def test_a_long_wait_says_each_hour_that_it_still_waits() -> None:
    """A log that is silent for half a day looks like a process that hangs."""
    waits = Waits("acme")
    waits.run(DailyLimitReached("spent", after_seconds=4 * 3600))
    assert len(waits.shown) == 5
    assert [seconds for _, seconds in waits.shown] == sorted(
        (seconds for _, seconds in waits.shown), reverse=True
    )

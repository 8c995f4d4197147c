"""The sandbox's clock."""

import pytest

from crmsnap.sandbox.clock import Clock, http_date, iso_text, milliseconds


def test_a_frozen_clock_moves_only_when_it_is_pushed() -> None:
    """Two runs under a frozen clock must give the same bytes."""
    clock = Clock(1_000, frozen=True)
    assert clock.now_ms() == clock.now_ms() == 1_000
    clock.advance(500)
    assert clock.now_ms() == 1_500


def test_a_running_clock_starts_where_it_was_told_and_goes_on() -> None:
    """`--now` without `--frozen` is a day that goes on in real time."""
    clock = Clock(milliseconds("2026-11-22T23:59:59Z"))
    first = clock.now_ms()
    assert 0 <= first - milliseconds("2026-11-22T23:59:59Z") < 5_000
    while clock.now_ms() == first:
        pass
    assert clock.now_ms() > first


def test_the_clock_never_goes_back() -> None:
    """A journal in the order of time needs that."""
    with pytest.raises(ValueError, match="never goes back"):
        Clock(0, frozen=True).advance(-1)


@pytest.mark.parametrize(
    "text", ["2026-11-22T05:34:00.123Z", "2026-11-22T06:34:00.123+01:00", "2026-11-22T05:34:00.123"]
)
def test_a_time_without_zone_is_utc(text: str) -> None:
    """Nobody should get another day because of the machine's own zone."""
    assert iso_text(milliseconds(text)) == "2026-11-22T05:34:00.123Z"


def test_the_date_header_has_the_form_of_rfc_9110() -> None:
    """Readers take the sync day from it."""
    assert http_date(milliseconds("2026-11-22T05:34:00Z")) == b"Sun, 22 Nov 2026 05:34:00 GMT"

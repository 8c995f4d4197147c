"""HubSpot's times as text."""

from datetime import UTC, datetime

import pytest

from crmsnap.errors import UnexpectedAnswer
from crmsnap.hubspot.times import epoch_ms, held, held_ms, published, published_ms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-20T08:15:30.123Z", "2026-11-20 08:15:30.123"),
        ("2026-11-20T08:15:30Z", "2026-11-20 08:15:30.000"),
        ("2026-11-20T08:15:30.1Z", "2026-11-20 08:15:30.100"),
        ("2026-11-20T08:15:30.123456Z", "2026-11-20 08:15:30.123"),
        ("2026-11-20T08:15:30.999999Z", "2026-11-20 08:15:30.999"),
        ("2026-11-20T08:15:30.123+02:00", "2026-11-20 06:15:30.123"),
        ("2026-11-20T23:15:30-05:30", "2026-11-21 04:45:30.000"),
        ("2026-11-20T08:15:30.123", "2026-11-20 08:15:30.123"),
        ("2026-11-20", "2026-11-20 00:00:00.000"),
        ("1969-12-31T23:59:59.999Z", "1969-12-31 23:59:59.999"),
        ("9999-12-31T23:59:59.999Z", "9999-12-31 23:59:59.999"),
        ("0001-01-01T00:00:00Z", "0001-01-01 00:00:00.000"),
    ],
)
def test_every_form_of_a_time_is_published_alike(text: str, expected: str) -> None:
    """Tables have one form of time: UTC with milliseconds, cut off and never rounded."""
    assert published(text) == expected


@pytest.mark.parametrize(
    "text", ["", "yesterday", "1712120830123", "20261120T081530Z", "2026-W12-1", "2026-02-30"]
)
def test_what_is_no_time_is_not_published(text: str) -> None:
    """A wrong time in a table would be believed: Python reads 1712120830123 as a night in 1712."""
    with pytest.raises(UnexpectedAnswer, match="time that cannot be read"):
        published(text)


@pytest.mark.parametrize(
    "text",
    [
        "+12345-01-01T00:00:00Z",
        "+010000-01-01T00:00:00.000Z",
        "12345-06-07",
        "-0001-12-31T23:59:59.999Z",
        "9999-12-31T23:59:59-05:00",
        "0001-01-01T00:00:00+01:00",
    ],
)
def test_a_time_of_no_year_that_a_table_has_is_not_held(text: str) -> None:
    """It is a time, so it ends no run; and no other time is put in its place."""
    assert held(text) is None


def test_any_other_time_is_held_as_it_is_published() -> None:
    """Text that is no time stays an error: it would mean that HubSpot gives another form now."""
    assert held("2026-11-20T08:15:30Z") == "2026-11-20 08:15:30.000"
    assert held_ms(0) == "1970-01-01 00:00:00.000"
    assert held_ms(253_402_300_800_000) is None
    for text in ("", "yesterday", "1712120830123", "2026-02-30", "+12345"):
        with pytest.raises(UnexpectedAnswer, match="time that cannot be read"):
            held(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-01-01", "0"),
        ("2026-11-20", "1795132800000"),
        ("2026-11-20T08:15:30.123Z", "1795162530123"),
        ("2026-11-20T08:15:30Z", "1795162530000"),
        ("2026-11-20T10:15:30.123+02:00", "1795162530123"),
        ("2026-11-20T08:15:30.123", "1795162530123"),
        ("1969-12-31T23:59:59.999Z", "-1"),
        ("1969-12-31", "-86400000"),
        ("0001-01-01", "-62135596800000"),
        ("9999-12-31T23:59:59.999Z", "253402300799999"),
    ],
)
def test_dates_become_milliseconds_since_the_epoch(text: str, expected: str) -> None:
    """The form of HubSpot's data share; floating point would lose the last digit before 1970."""
    assert epoch_ms(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1712120830123",
        "20261120",
        "2026-W12-1",
        "2026-11-20x08:15",
        "-5",
        "2026-13-01",
        "2026-02-30",
        "soon",
        "2026-11-20T25:00:00Z",
        "1;2;3",
        "9999-12-31T23:59:59-05:00",
    ],
)
def test_text_that_is_no_iso_time_is_left_alone(text: str) -> None:
    """Some date properties come in milliseconds already; whatever is no date stays as it came."""
    assert epoch_ms(text) is None


def test_milliseconds_agree_with_the_calendar() -> None:
    """One day after another, over leap years and the epoch."""
    for year in range(1890, 2110, 7):
        for month, day in ((1, 1), (2, 28), (3, 1), (12, 31)):
            time = datetime(year, month, day, 13, 14, 15, 167000, UTC)
            assert epoch_ms(time.isoformat()) == str(round(time.timestamp() * 1000))


@pytest.mark.parametrize(
    ("milliseconds", "expected"),
    [
        (0, "1970-01-01 00:00:00.000"),
        (-1, "1969-12-31 23:59:59.999"),
        (1_795_162_530_123, "2026-11-20 08:15:30.123"),
        (-62_135_596_800_000, "0001-01-01 00:00:00.000"),
        (253_402_300_799_999, "9999-12-31 23:59:59.999"),
    ],
)
def test_milliseconds_are_published_as_a_time(milliseconds: int, expected: str) -> None:
    """The form of older APIs; floating point would lose the last digit."""
    assert published_ms(milliseconds) == expected


@pytest.mark.parametrize("milliseconds", [253_402_300_800_000, -62_135_596_800_001, 10**400])
def test_milliseconds_of_no_year_that_there_is_are_refused(milliseconds: int) -> None:
    """As a text that is no time: whichever form an API has, a wrong time is never published."""
    with pytest.raises(UnexpectedAnswer, match="time that cannot be read"):
        published_ms(milliseconds)

"""HubSpot's text as numbers, dates and times: exact, or not at all."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsnap.tables.typed import boolean, date, number, timestamp


@pytest.mark.parametrize(
    "text", ["0", "-1", "1500.50", "007", "90071992547409931234.000000000001", "-0.0"]
)
def test_a_plain_decimal_stays_as_it_came(text):
    """Not even a trailing zero is lost."""
    assert number(text) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("1e5", "100000"),
        ("1.5E+3", "1500"),
        ("12345678901234567.1e-3", "12345678901234.5671"),
        ("-2e-3", "-0.002"),
        ("+5", "5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("1e308", "1" + "0" * 308),
    ],
)
def test_an_exponent_is_written_out(text, written):
    """17 digits and more survive, which no double would hold."""
    assert number(text) == written


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "1,000",
        "1 000",
        " 1",
        "1\n",
        "NaN",
        "Infinity",
        "0x10",
        "1e",
        "e5",
        "1_000",
        "--1",
        ".",
        "1e1000",
        "1e999999999",
        "1e0000000000005",
        "\u0661",
        "½",
        "true",
        "1-2",
        "1.2.3",
        "$5",
    ],
)
def test_what_is_surely_no_number_is_none(text):
    """No guess, and no exponent that would fill the memory when it is written out."""
    assert number(text) is None


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6) | st.floats(-1e300, 1e300))
def test_a_number_is_never_rounded(value):
    """What is written reads back as exactly what came."""
    written = number(str(value))
    assert written is not None
    assert Decimal(written) == Decimal(str(value))
    assert "e" not in written.lower()


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("1767225600123", "2026-01-01 00:00:00.123"),
        ("0", "1970-01-01 00:00:00.000"),
        ("-1", "1969-12-31 23:59:59.999"),
        ("-62135596800000", "0001-01-01 00:00:00.000"),
        ("253402300799999", "9999-12-31 23:59:59.999"),
        ("2026-01-01T00:00:00.123Z", "2026-01-01 00:00:00.123"),
        ("2026-01-01T00:00:00Z", "2026-01-01 00:00:00.000"),
        ("2026-01-01T01:30:00+02:00", "2025-12-31 23:30:00.000"),
        ("2026-01-01 12:00:00", "2026-01-01 12:00:00.000"),
        ("2026-01-01", "2026-01-01 00:00:00.000"),
        ("0033-01-01", "0033-01-01 00:00:00.000"),
    ],
)
def test_a_time_is_published_in_utc(text, time):
    """From milliseconds since the epoch as from ISO 8601."""
    assert timestamp(text) == time


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2026-02-30",
        "2026-W01-1",
        "01/02/2026",
        "12:00",
        "253402300800000",
        "9" * 15,
        "1767225600.123",
        "1e12",
        "2026-01-01T25:00:00Z",
        "0001-01-01T00:00:00+05:00",
        "2026-01-01x",
    ],
)
def test_what_is_surely_no_time_is_none(text):
    """A day that does not exist, another form, or a year beyond 9999."""
    assert timestamp(text) is None


@given(st.datetimes(timezones=st.just(UTC)))
def test_both_forms_of_a_time_give_the_same_text(time):
    """An account may have some values in one form and some in the other."""
    time = time.replace(microsecond=time.microsecond // 1000 * 1000)
    milliseconds = (time - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000
    assert timestamp(str(round(milliseconds))) == timestamp(time.isoformat())


@pytest.mark.parametrize("text", ["2026-12-31", "1798675200000", "2026-12-31T00:00:00Z"])
def test_a_date_is_its_midnight_in_utc(text):
    """HubSpot gives dates in all three forms."""
    assert date(text) == "2026-12-31"


@pytest.mark.parametrize("text", ["1798675200001", "2026-12-31T00:00:00+01:00", "", "31.12.2026"])
def test_a_moment_within_a_day_is_no_date(text):
    """Cutting the hours off would be a guess at the time zone that was meant."""
    assert date(text) is None


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("false", False), ("TRUE", None), ("1", None)]
)
def test_a_boolean_is_one_of_two_words(text, value):
    """A guess would be wrong for somebody."""
    assert boolean(text) is value

"""Text for terminals."""

import pytest

from crmsnap.cli.text import columns, count, duration, escaped, fitting, size


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Nguyễn Петров 田中", "Nguyễn Петров 田中"),
        ("a\x1b[31mred", "a\\x1b[31mred"),
        ("two\nlines\r", "two\\nlines\\r"),
        ("abc\u202edcba", "abc\\u202edcba"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("half\ud800", "half\\ud800"),
        ("\u2028", "\\u2028"),
    ],
)
def test_what_a_terminal_would_act_upon_is_written_out(text: str, shown: str):
    """Letters of every script stay; control, direction and separator characters do not."""
    assert escaped(text) == shown


def test_columns_are_aligned_and_never_cut():
    """What is piped into other programs must be whole."""
    table = columns([("NAME", "ROWS"), ("OWNERS", "12"), ("x" * 300, "1,000")], right=(1,))
    lines = table.splitlines()
    assert [line.split()[-1] for line in lines] == ["ROWS", "12", "1,000"]
    assert {len(line) for line in lines} == {307}


def test_columns_that_do_not_fit_are_counted():
    """The demo says how many it leaves out."""
    rows = [("a", "bb", "ccc"), ("1", "2", "3")]
    assert fitting(rows, 9) == ([("a", "bb"), ("1", "2")], 1)
    assert fitting(rows, 10) == ([("a", "bb", "ccc"), ("1", "2", "3")], 0)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (4_000_000_000_000, "4.0 TB"),
    ],
)
def test_sizes_are_as_people_say_them(number: int, shown: str):
    """Decimal units, as object stores bill."""
    assert size(number) == shown


def test_one_is_singular():
    """`1 row`, `2,000 rows`."""
    assert (count(1, "row"), count(2000, "row"), count(0, "row")) == (
        "1 row",
        "2,000 rows",
        "0 rows",
    )


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(8.44, "8.4 s"), (59.99, "60.0 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")],
)
def test_durations_have_two_units_at_most(seconds: float, shown: str):
    """A run of hours is not told in seconds."""
    assert duration(seconds) == shown

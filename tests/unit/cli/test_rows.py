"""Rows of a query in the three forms in which they are printed."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from crmsnap.cli.rows import ROWS_SHOWN, csv_lines, json_lines, table_lines

MOMENT = datetime(2026, 11, 22, 8, 15, 30, 123000)  # noqa: DTZ001 - UTC, as published
VALUES: list[tuple[Any, Any, str]] = [
    (None, None, ""),
    ("", "", '""'),
    ('a "b"\n', 'a "b"\n', '"a ""b""\n"'),
    (True, True, "true"),
    (False, False, "false"),
    (2**70, 2**70, str(2**70)),
    (1.5, 1.5, "1.5"),
    (float("inf"), "inf", "inf"),
    (Decimal("12.50"), 12.5, "12.50"),
    (MOMENT, "2026-11-22 08:15:30.123", "2026-11-22 08:15:30.123"),
    (MOMENT.replace(tzinfo=UTC), "2026-11-22 08:15:30.123+00:00", "2026-11-22 08:15:30.123+00:00"),
    (date(2026, 11, 22), "2026-11-22", "2026-11-22"),
    (b"\x00\xff", "00ff", '"00ff"'),
    ([1, "a", None], [1, "a", None], '"[1, ""a"", null]"'),
    ({"a": MOMENT}, {"a": "2026-11-22 08:15:30.123"}, '"{""a"": ""2026-11-22 08:15:30.123""}"'),
    (UUID(int=1), str(UUID(int=1)), f'"{UUID(int=1)}"'),
]


@pytest.mark.parametrize(("value", "plain", "cell"), VALUES)
def test_a_value_in_json_and_in_csv(value: object, plain: object, cell: str) -> None:
    """Whatever type DuckDB gives: JSON a program can read, CSV in which NULL is nothing."""
    assert json.loads("".join(json_lines(["x"], [(value,)]))) == [{"x": plain}]
    assert "".join(csv_lines(["x"], [(value,)])) == f'"x"\n{cell}\n'


def test_an_exact_number_keeps_its_digits_in_json() -> None:
    """DuckDB's DECIMAL has up to 38 digits, a float about 16: sums of amounts would be wrong."""
    exact = Decimal("12345678901234567890.12345678")
    row = (exact, [exact], {"a": exact}, Decimal("1E-7"), Decimal("NaN"))
    text = "".join(json_lines("abcde", [row]))
    assert json.loads(text, parse_float=Decimal) == [
        {"a": exact, "b": [exact], "c": {"a": exact}, "d": Decimal("0.0000001"), "e": "NaN"}
    ]
    assert str(exact) in table_lines("a", [(exact,)])[0]


def test_no_rows_are_json_and_csv_too() -> None:
    """A program that reads the answer must not fail on an empty one."""
    assert json.loads("".join(json_lines(["a"], []))) == []
    assert list(csv_lines(["a"], [])) == ['"a"\n']


def test_columns_of_one_name_are_numbered_until_they_differ() -> None:
    """A number may be taken as well."""
    (row,) = json.loads("".join(json_lines(["a", "a_1", "a"], [(1, 2, 3)])))
    assert row == {"a": 1, "a_1": 2, "a_2": 3}


def test_numbers_end_flush_and_text_begins_flush() -> None:
    """As people read both."""
    table, is_cut = table_lines(["n", "text"], [(1, "a"), (10, None)])
    assert table.splitlines() == [" n  text", " 1  a", "10  NULL"]
    assert not is_cut


def test_a_long_table_is_cut_and_says_so() -> None:
    """No row beyond those shown is formatted."""
    table, is_cut = table_lines(["n"], ((n,) for n in range(ROWS_SHOWN + 1)))
    assert len(table.splitlines()) == ROWS_SHOWN + 1
    assert is_cut

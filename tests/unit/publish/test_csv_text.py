"""Rows as CSV: the rules of docs/reference/snapshot-format.md, one by one."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsnap.errors import SnapshotError
from crmsnap.publish.csv_text import TEXT_MAX, batches, header
from crmsnap.tables.table import UNPARSED, Column, Group, Kind, Row, Sparse, Value
from tests.unit.publish.made_up_tables import LONG_COLUMNS, a_table, column


def text_of(
    columns: Sequence[Column], items: Sequence[Row | Group | Sparse], key: str = "K"
) -> str:
    table = a_table("T", columns, items, key=(key,))
    return b"".join(batch.data for batch in batches(table, items)).decode()


def one(kind: Kind, value: Value, *, nullable: bool = True) -> str:
    """How one value is written, alone and in the middle of a column of others."""
    columns = (column("K", "NUMBER"), column("V", kind, nullable=nullable))
    alone = text_of(columns, [(1, value)]).removeprefix("1,").removesuffix("\n")
    group = Group((), [(1, value), (2, value)], ())
    assert text_of(columns, [group]) == f"1,{alone}\n2,{alone}\n"
    if nullable:
        mixed = text_of(columns, [(1, None), (2, value)])
        assert mixed == f"1,\n2,{alone}\n"
    shared = text_of((columns[1], columns[0]), [Group((value,), [(1,), (2,)], ())])
    assert shared == f"{alone},1\n{alone},2\n"
    return alone


@pytest.mark.parametrize(
    ("kind", "value", "written"),
    [
        ("VARCHAR", "plain", '"plain"'),
        ("VARCHAR", "", '""'),
        ("VARCHAR", None, ""),
        ("VARCHAR", 'say "hi"', '"say ""hi"""'),
        ("VARCHAR", "a,b\r\nc\td", '"a,b\r\nc\td"'),
        ("VARCHAR", "100 %s %", '"100 %s %"'),
        ("VARCHAR", "42", '"42"'),
        ("JSON", '{"a":"b"}', '"{""a"":""b""}"'),
        ("JSON", None, ""),
        ("ID", 2**63, "9223372036854775808"),
        ("ID", "9007199254740993", "9007199254740993"),
        ("ID", "0f8c-11", '"0f8c-11"'),
        ("ID", "²", '"²"'),
        ("ID", "٣", '"٣"'),
        ("ID", "", '""'),
        ("ID", None, ""),
        ("NUMBER", 0, "0"),
        ("NUMBER", -7, "-7"),
        ("NUMBER", "12345678901234567.25", "12345678901234567.25"),
        ("NUMBER", None, ""),
        ("BOOLEAN", True, "true"),
        ("BOOLEAN", False, "false"),
        ("BOOLEAN", None, ""),
        ("TIMESTAMP", "2026-11-22 02:00:00.000", "2026-11-22 02:00:00.000"),
        ("TIMESTAMP", None, ""),
        ("DATE", "2026-11-22", "2026-11-22"),
    ],
)
def test_a_value_is_written_by_its_kind(kind: Kind, value: Value, written: str) -> None:
    """The same in a row of its own, in a group's rows, and in what a group's rows share."""
    assert one(kind, value) == written


TYPED = ("NUMBER", "TIMESTAMP", "DATE", "BOOLEAN")


@pytest.mark.parametrize("kind", TYPED)
def test_a_text_that_did_not_parse_is_written_like_null(kind: Kind) -> None:
    """Its own text stands in another column; in a column of texts the mark has no place."""
    assert one(kind, UNPARSED) == ""
    with pytest.raises(SnapshotError, match="no VARCHAR"):
        one("VARCHAR", UNPARSED)


WIDE = (
    *(column("K", "NUMBER"), column("T", "TIMESTAMP", nullable=True)),
    *(
        replace(column(f"C{n}", kind, nullable=True), property=f"c{n}")
        for n, kind in enumerate(("VARCHAR", *TYPED, "JSON", "ID") * 2)
    ),
)
CELLS: dict[Kind, st.SearchStrategy[Value]] = {
    **{kind: st.text(st.characters()) for kind in ("VARCHAR", "JSON", "ID")},
    "NUMBER": st.sampled_from(["1", "-2.50", UNPARSED]),
    "TIMESTAMP": st.sampled_from(["2026-11-22 02:00:00.000", UNPARSED]),
    "DATE": st.sampled_from(["2026-11-22", UNPARSED]),
    "BOOLEAN": st.sampled_from([True, False, UNPARSED]),
}
SOME_ROWS = st.lists(
    st.tuples(*(st.none() | CELLS[one.kind] for one in WIDE[2:])), min_size=1, max_size=4
)


@given(SOME_ROWS)
def test_a_sparse_row_is_written_as_it_would_be_in_full(rows: list[Row]) -> None:
    """Whatever is in it, NUL and lone surrogates too, and counted the same."""
    full = [(number, None, *cells) for number, cells in enumerate(rows)]
    sparse = [
        Sparse(row[:2], [(at, cell) for at, cell in enumerate(row) if at > 1 and cell is not None])
        for row in full
    ]
    table = a_table("T", WIDE, full, key=("K",))
    assert list(batches(table, sparse)) == list(batches(table, full))
    (batch,) = batches(table, full)
    failed = Counter(
        one.name for row in full for one, cell in zip(WIDE, row, strict=True) if cell is UNPARSED
    )
    assert batch.unparsed == failed


@pytest.mark.parametrize("cells", [[(3, "a"), (2, "b")], [(2, "a"), (2, "a")], [(0, 1)]])
def test_a_sparse_row_that_steps_back_is_refused(cells: list[tuple[int, Value]]) -> None:
    """Its values would stand under other columns."""
    columns = (column("K", "NUMBER"), *(column(n, nullable=True) for n in "ABC"))
    with pytest.raises(SnapshotError, match="twice or too late"):
        text_of(columns, [Sparse((1,), cells)])


def test_a_sparse_row_leaves_out_no_column_that_is_never_null() -> None:
    """A cell that is not there is NULL."""
    columns = (column("K", "NUMBER"), column("A", nullable=True), column("B"))
    with pytest.raises(SnapshotError, match="column B got NULL"):
        text_of(columns, [Sparse((1,), [])])


def test_sparse_rows_are_ordered_too() -> None:
    """By what comes first in them, the key."""
    columns = (column("K", "NUMBER"), column("A", nullable=True))
    with pytest.raises(SnapshotError, match="out of order"):
        text_of(columns, [Sparse((2,), []), Sparse((2,), [])])


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("NUMBER", "1,5"),
        ("NUMBER", "1e5"),
        ("NUMBER", ""),
        ("NUMBER", "\ud800"),
        ("TIMESTAMP", "2026-11-22T02:00:00Z"),
        ("TIMESTAMP", ""),
        ("DATE", "22 Nov"),
        ("BOOLEAN", "true"),
        ("BOOLEAN", 1),
        ("VARCHAR", 5),
        ("JSON", 5),
        ("ID", True),
    ],
)
def test_a_value_that_would_break_the_file_stops_the_run(kind: Kind, value: Value) -> None:
    """Bare values are not quoted, so nothing but their own signs may be in them."""
    with pytest.raises(SnapshotError, match=f"column V got a value that is no {kind}$"):
        one(kind, value)


@pytest.mark.parametrize("kind", ["VARCHAR", "JSON", "ID", "NUMBER", "BOOLEAN", "TIMESTAMP"])
def test_null_in_a_column_that_never_holds_it_stops_the_run(kind: Kind) -> None:
    """A reader may rely on the manifest's word."""
    with pytest.raises(SnapshotError, match="column V got NULL"):
        one(kind, None, nullable=False)


def test_an_empty_id_among_digits_stays_an_empty_string() -> None:
    """Bare, it would be NULL."""
    columns = (column("K", "NUMBER"), column("V", "ID"))
    assert text_of(columns, [(1, "5"), (2, "")]) == '1,5\n2,""\n'


def test_a_group_is_the_rows_that_it_stands_for() -> None:
    """Tables may give either."""
    cells = [("a", "1", None), ("b", 'x"y', "2026-11-22 02:00:00.000"), ("c", "100%", None)]
    before, after = ("0-1", 151), ("2026-11-22 02:00:00.001",)
    rows = [(*before, *cell, *after) for cell in cells]
    assert text_of(LONG_COLUMNS, [Group(before, cells, after)], "NAME") == text_of(
        LONG_COLUMNS, rows, "NAME"
    )


def test_a_group_without_rows_writes_nothing() -> None:
    """A record without properties has no line in the long table."""
    group = Group(("0-1", 1), [], ("2026-11-22 02:00:00.000",))
    assert text_of(LONG_COLUMNS, [group], "NAME") == ""


def test_a_percent_sign_in_what_rows_share_is_kept() -> None:
    """The shared text is joined, never used as a format."""
    columns = (column("A"), column("K", "NUMBER"), column("B"))
    text = text_of(columns, [Group(("%s %d",), [(1,), (2,)], ("50 %",))])
    assert text == '"%s %d",1,"50 %"\n"%s %d",2,"50 %"\n'


def test_lone_surrogates_become_the_replacement_sign_and_are_counted() -> None:
    """HubSpot accepts them, UTF-8 has no form for them, and one record must not end a run."""
    columns = (column("A"), column("K", "NUMBER"), column("V"))
    group = Group(("\udfff",), [(1, "a\ud800b"), (2, "fine 😀"), (3, "\ud800\ud801")], ())
    table = a_table("T", columns, [group], key=("K",))
    (batch,) = batches(table, [group])
    assert batch.data.decode() == (
        '"\ufffd",1,"a\ufffdb"\n"\ufffd",2,"fine 😀"\n"\ufffd",3,"\ufffd\ufffd"\n'
    )
    assert batch.replaced == 6  # the shared one stands in three rows


def test_batches_hold_whole_rows_and_stay_small_enough_for_a_part() -> None:
    """A part can only close between two batches."""
    columns = (column("K", "NUMBER"), column("V"))
    rows: list[Row | Group] = [(number, "x" * (number * 1000)) for number in range(1, 300)]
    rows.append(Group((), [(1000 + number, "y" * 60_000) for number in range(100)], ()))
    table = a_table("T", columns, rows, key=("K",))
    made = list(batches(table, rows))
    assert all(len(batch.data) <= TEXT_MAX for batch in made)
    assert all(batch.data.endswith(b"\n") for batch in made)
    assert [batch.data.count(b"\n") for batch in made] == [batch.rows for batch in made]
    assert sum(batch.rows for batch in made) == 399
    assert (made[0].first, made[-1].last) == ((1,), (1099,))
    lines = [batch.data.decode().splitlines() for batch in made]
    assert [batch.first for batch in made] == [(int(one[0].partition(",")[0]),) for one in lines]
    assert [batch.last for batch in made] == [(int(one[-1].partition(",")[0]),) for one in lines]


def test_the_header_has_bare_names() -> None:
    """Names are upper case letters, digits and underscores."""
    assert header(LONG_COLUMNS) == b"OBJECTTYPEID,OBJECTID,NAME,VALUE,UPDATEDAT,INGESTEDAT\n"


texts = st.text() | st.none()


@given(st.lists(st.tuples(texts, texts, st.none() | st.integers(0, 2**70)), max_size=20))
def test_any_texts_are_written_like_a_simple_writer_would(rows: list[Row]) -> None:
    """The fast ways agree with the rule said in one line."""

    def simple(value: Value) -> str:
        if value is None:
            return ""
        return str(value) if isinstance(value, int) else '"' + value.replace('"', '""') + '"'

    columns = (
        column("K", "NUMBER"),
        *(column("A", nullable=True), column("B", nullable=True)),
        column("C", "ID", nullable=True),
    )
    numbered: list[Row] = [(number, *row) for number, row in enumerate(rows)]
    expected = "".join(",".join(map(simple, row)) + "\n" for row in numbered)
    assert text_of(columns, numbered) == expected
    assert text_of(columns, [Group((), numbered, ())]) == expected


def test_every_row_has_every_column() -> None:
    """A row too short would shift values into foreign columns."""
    columns = (column("K", "NUMBER"), column("V"))
    with pytest.raises(ValueError, match="zip"):
        text_of(columns, [(1,)])


def test_groups_of_different_widths_stand_in_one_table() -> None:
    """A record with history brings three inner columns, its neighbour without history two."""
    groups = [
        Group(("0-1", 1), [("a", "1", "2026-01-01 00:00:00.000")], ("2026-11-22 02:00:00.000",)),
        Group(("0-1", 2), [("b", "2")], (None, "2026-11-22 02:00:00.000")),
    ]
    lines = text_of(LONG_COLUMNS, groups, "NAME").splitlines()
    assert [line.count(",") for line in lines] == [5, 5]

"""Spans of a stream file: borders that stay, and digests that change with whatever is behind them."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from crmsnap.state.folder import open_reader, open_stream
from crmsnap.state.leaving import leave
from crmsnap.state.reader import stream_path
from crmsnap.state.shapes import HISTORIES
from crmsnap.state.spans import NEIGHBOURS_MAX, NEW_ROWS, SMALL_ROWS, SPAN_ROWS, Stretch
from crmsnap.state.stream_file import Entry, RunMark

CONTACTS = "objects/0-1"


def run(number: int) -> RunMark:
    return RunMark(f"run-{number}", f"2026-11-{number:02d} 02:00:00.000")


def record(id_: int | str, text: str = "") -> Entry:
    return (id_, "2026-11-01 00:00:00.000", b'{"a": "%s"}' % text.encode())


def changed(
    folder: Path,
    number: int,
    rows: Sequence[Entry] = (),
    *,
    removed: Sequence[int] = (),
    stream: str = CONTACTS,
) -> list[Stretch]:
    """The spans behind a run that read these changes."""
    with open_stream(folder, stream, run(number)) as file:
        file.save(rows, "end", removed=[(id_,) for id_ in removed])
        file.finish(keeps=True)
    found = open_reader(folder, (stream,), run(number).run_id).stretches(stream)
    assert found is not None
    return found


def ids(count: int, start: int = 1) -> list[Entry]:
    return [record(id_) for id_ in range(start, start + count)]


def test_the_newest_rows_lie_in_small_spans_and_the_others_in_large_ones(tmp_path):
    """A day's new rows are at the end: they must not touch a large part."""
    found = changed(tmp_path, 1, ids(35_500))
    assert [span.rows for span in found] == [*[SPAN_ROWS] * 2, *[NEW_ROWS] * 15, 500]


def test_new_rows_change_the_last_span_alone(tmp_path):
    """All others keep their borders and their digests."""
    before = changed(tmp_path, 1, ids(12_500))
    after = changed(tmp_path, 2, ids(700, 12_501))
    assert after[:12] == before[:12]
    assert [span.rows for span in after[12:]] == [1000, 200]


def test_small_spans_are_joined_ten_at_a_time(tmp_path):
    """Whether rows come in one day or in thirty, there are never twenty small neighbours, nor gaps."""
    for day in range(1, 29):
        found = changed(tmp_path, day, ids(1500, 1 + 1500 * day))
        small = [span.rows < SMALL_ROWS for span in found]
        assert small.count(True) < NEIGHBOURS_MAX
        assert small == sorted(small)
    assert sum(span.rows for span in found) == 28 * 1500
    assert found[0].rows >= SPAN_ROWS - NEW_ROWS


def test_a_changed_row_changes_the_digest_of_its_span_alone(tmp_path):
    """Borders stay, whatever becomes of the rows between them."""
    before = changed(tmp_path, 1, ids(24_000))
    after = changed(tmp_path, 2, [record(700, "new")], removed=[15_500])
    assert [span[:2] for span in after] == [span[:2] for span in before]
    assert [n for n, (a, b) in enumerate(zip(before, after, strict=True)) if a != b] == [0, 6]
    assert after[6].rows == NEW_ROWS - 1


def test_a_row_that_is_read_again_and_did_not_change_changes_nothing(tmp_path):
    """Nor does one that is only met: a sweep, or a full read, leaves all parts as they are."""
    before = changed(tmp_path, 1, ids(3_500))
    with open_stream(tmp_path, CONTACTS, run(2)) as file:
        file.save(ids(3_000), "middle")
        file.save((), "end", met=[(id_,) for id_ in range(3_001, 3_501)])
        file.finish()
    assert open_reader(tmp_path, (CONTACTS,), "run-2").stretches(CONTACTS) == before


def test_a_value_that_went_and_came_back_is_another_row(tmp_path):
    """It has another INGESTEDAT, so its part is another one."""
    before = changed(tmp_path, 1, ids(10))
    changed(tmp_path, 2, [record(5, "other")])
    after = changed(tmp_path, 3, [record(5)])
    assert after[0].rows == before[0].rows
    assert after[0].digest != before[0].digest


def test_a_history_beside_a_record_belongs_to_its_span(tmp_path):
    """Tables of histories are cut where those of records are."""
    with open_stream(tmp_path, CONTACTS, run(1)) as file:
        file.save(ids(1500), "end", {HISTORIES: [(7, b"{}"), (1200, b"{}")]})
        file.finish()
    before = open_reader(tmp_path, (CONTACTS,), "run-1").stretches(CONTACTS)
    with open_stream(tmp_path, CONTACTS, run(2)) as file:
        for text in ("[]", "[1]"):  # a record may change again while it is read
            file.save([record(7, text)], text, {HISTORIES: [(7, b'{"a": %s}' % text.encode())]})
        file.finish(keeps=True)
    after = open_reader(tmp_path, (CONTACTS,), "run-2").stretches(CONTACTS)
    assert before is not None
    assert after is not None
    assert before[0].digest != after[0].digest
    assert before[1] == after[1]


def test_a_large_span_that_grows_is_cut_and_an_emptied_one_is_no_more(tmp_path):
    """Records may come back with old ids, and thousands may be deleted in a day."""
    changed(tmp_path, 1, [record(10 * n) for n in range(1, 30_001)])
    grown = changed(tmp_path, 2, [record(10 * n + 1) for n in range(9_000)] + ids(8, 2))
    assert [span.rows for span in grown[:2]] == [SPAN_ROWS, 9_008]
    gone = changed(tmp_path, 3, removed=range(1, 100_001))
    assert gone[0].low is None
    assert [span.rows for span in gone] == [span.rows for span in grown[2:]]
    assert changed(tmp_path, 4, removed=range(100_001, 300_001)) == []
    assert [span[:3] for span in changed(tmp_path, 5, ids(3))] == [(None, None, 3)]


def test_an_edit_behind_the_end_of_a_scan_makes_all_uncertain_until_it_is_settled(tmp_path):
    """Whoever edits a finished file and forgets to say so costs a rebuild, never a wrong part."""
    before = changed(tmp_path, 1, ids(2_500))
    with open_stream(tmp_path, CONTACTS, run(1)) as file:
        file.save((), "end", removed=[(2_100,)])
        reader = open_reader(tmp_path, (CONTACTS,), "run-1")
        assert reader.stretches(CONTACTS) is None
        file.settle()
        after = reader.stretches(CONTACTS)
    assert after is not None
    assert after[:2] == before[:2]
    assert after[2].rows == 499


def test_a_record_that_is_erased_costs_the_parts_of_its_span_alone(tmp_path):
    """The spans are those of what is left. A file whose first scan has not ended has none, and gets none."""
    before = changed(tmp_path, 1, ids(2_500))
    with open_stream(tmp_path, "objects/0-2", run(1)) as file:
        file.save(ids(3), "half")
    leave(tmp_path, {("0-1", "2100"), ("0-2", "2")}, {}, run(1).ingested_at)
    after = open_reader(tmp_path, (CONTACTS,), "run-1").stretches(CONTACTS)
    assert after is not None
    assert after[:2] == before[:2]
    assert after[2].rows == 499
    with closing(sqlite3.connect(stream_path(tmp_path, "objects/0-2"))) as db:
        assert db.execute("SELECT count(*) FROM spans").fetchone() == (0,)
        assert db.execute("SELECT id FROM records").fetchall() == [(1,), (3,)]


def test_rows_of_one_key_are_never_parted(tmp_path):
    """A list with more members than a span has rows is one span; so are events of one moment."""
    members = [(list_id, n, None) for list_id in (1, 2, 3) for n in range(2_300)]
    with open_stream(tmp_path, "memberships", run(1)) as file:
        file.save(members, "end")
        file.finish()
    reader = open_reader(tmp_path, ("memberships",), "run-1")
    stretches = list(reader.borders("memberships"))
    assert stretches == [(None, 1, 2_300), (1, 2, 2_300), (2, None, 2_300)]
    found = [
        (m.list_id, m.object_id, m.joined_at)
        for s in stretches
        for m in reader.memberships("memberships", *s[:2])
    ]
    assert found == members


def test_each_type_of_marketing_event_is_cut_for_itself(tmp_path):
    """Each has its own table."""
    with open_stream(tmp_path, "email-events", run(1)) as file:
        rows = [
            (type_, f"2026-11-01 00:{n // 60:02d}:{n % 60:02d}.000", f"{n}", "0-1", "1", b"{}")
            for type_, count in (("CLICK", 5), ("OPEN", 1_800))
            for n in range(count)
        ]
        file.save(rows, "end")
        file.finish()
    reader = open_reader(tmp_path, ("email-events",), "run-1")
    assert [rows for *_, rows in reader.borders("email-events", "CLICK")] == [5]
    assert [rows for *_, rows in reader.borders("email-events", "OPEN")] == [1_000, 800]
    found = [
        event.id
        for low, high, _ in reader.borders("email-events", "OPEN")
        for event in reader.email_events("OPEN", low, high)
    ]
    assert found == [f"{n}" for n in range(1_800)]


def test_numbers_come_before_texts_in_borders_too(tmp_path):
    """Forms have GUIDs as ids, other types of the same API numbers."""
    rows = [*ids(1_500), *(record(f"id-{n:05d}") for n in range(1_500))]
    with open_stream(tmp_path, "objects/0-28", run(1), text_ids=True) as file:
        file.save(rows, "end")
        file.finish()
    with open_stream(tmp_path, "objects/0-28", run(2), text_ids=True) as file:
        file.save([record("id-00700", "x")], "end")
        file.finish(keeps=True)
    found = open_reader(tmp_path, ("objects/0-28",), "run-2").stretches("objects/0-28")
    assert found is not None
    assert [span[:3] for span in found] == [
        (None, 1_000, 1_000),
        (1_000, "id-00499", 1_000),
        ("id-00499", None, 1_000),
    ]


@pytest.mark.parametrize("seed", range(3))
def test_after_any_history_the_spans_are_what_the_rows_say(tmp_path, seed):
    """The oracle works every span out anew from the rows: none is lost, none is stale, none overlaps."""
    random = Random(seed)
    alive: dict[int, str] = {}
    newest = 0
    for day in range(1, 15):
        rows = [record(newest + n, f"{day}") for n in range(1, random.choice((2, 300, 6_000)))]
        newest += len(rows)
        known = sorted(alive)
        again = random.sample(known, min(len(known), random.choice((0, 5, 400))))
        start = random.randrange(newest)
        gone = [id_ for id_ in range(start, start + random.choice((0, 50, 9_000))) if id_ in alive]
        rows += [record(id_, f"{day}") for id_ in again if id_ not in gone]
        alive |= {int(row[0]): "" for row in rows if row[0] is not None}
        for id_ in gone:
            del alive[id_]
        found = changed(tmp_path, day, rows, removed=gone)
        reader = open_reader(tmp_path, (CONTACTS,), run(day).run_id)
        assert sum(span.rows for span in found) == len(alive) == reader.count(CONTACTS)
        lows = [span.low for span in found]
        assert lows == [None, *(span.high for span in found[:-1])]
        for low, high, count, _ in found:
            assert sum(1 for _ in reader.record_times(CONTACTS, low, high)) == count > 0
        small = "".join("s" if span.rows < SMALL_ROWS else "-" for span in found)
        assert "s" * NEIGHBOURS_MAX not in small
        assert max(span.rows for span in found) <= 2 * SPAN_ROWS
        assert worked_out_anew(tmp_path, day) == found


def worked_out_anew(folder: Path, day: int) -> list[Stretch] | None:
    """The spans when every row is looked at again."""
    with open_stream(folder, CONTACTS, run(day)) as file:
        with closing(sqlite3.connect(stream_path(folder, CONTACTS))) as db, db:
            db.execute("INSERT INTO touched SELECT '', id FROM records")
        file.settle()
    return open_reader(folder, (CONTACTS,), run(day).run_id).stretches(CONTACTS)

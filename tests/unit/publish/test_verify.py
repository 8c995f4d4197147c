"""Proving a snapshot: what is whole passes, and whatever is wrong is found and named."""

import gzip
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmsnap.destinations.folder import Folder
from crmsnap.errors import SnapshotError
from crmsnap.publish.layout import manifest_key
from crmsnap.publish.manifest import Manifest, PublishedTable
from crmsnap.publish.manifest_json import to_bytes
from crmsnap.publish.verify import TableVerified, VerifyReport, verify
from crmsnap.tables.table import Table, Value
from tests.unit.publish.made_up_account import EARLIER, Account
from tests.unit.publish.made_up_tables import (
    DAY,
    UPDATED,
    a_table,
    column,
    ignore,
    long,
    objects,
    publish_into,
)


def verified(root: Path, day: str | None = None) -> VerifyReport:
    return verify(Folder(root), day, ignore)


def codes(report: VerifyReport) -> set[str]:
    return {problem.code for problem in report.problems}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot without a fault; tests leave it as they found it."""
    root = tmp_path_factory.mktemp("whole")
    publish_into(Folder(root), Account().tables())
    return root


def test_a_whole_snapshot_passes_with_its_counts(whole: Path) -> None:
    """Exceptions that the tables state are no problems: 0-4, equal times, no current value."""
    told: list[TableVerified] = []
    report = verify(Folder(whole), None, told.append)
    assert report.problems == ()
    assert report.ok
    assert report.day == DAY
    assert (report.tables, report.parts, report.records) == (19, 19, 7)
    assert report.dangling == (("ASSOCIATIONS", 1), ("LIST_MEMBERSHIPS", 2))
    assert report.history_without_current == 2
    assert report.strays == report.skipped == ()
    assert len(told) == 19
    assert all(table.whole for table in told)
    assert sum(table.rows for table in told) == report.rows


def files(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_one_flipped_bit_anywhere_is_found(whole: Path, data: st.DataObject) -> None:
    """In any part and in the manifest, at any place."""
    path = data.draw(st.sampled_from(files(whole)))
    good = path.read_bytes()
    position = data.draw(st.integers(0, len(good) * 8 - 1))
    bad = bytearray(good)
    bad[position // 8] ^= 1 << (position % 8)
    path.write_bytes(bad)
    try:
        assert not verified(whole).ok
    finally:
        path.write_bytes(good)


def test_every_missing_part_is_found_and_named(whole: Path) -> None:
    """Also one without rows that nothing else refers to."""
    for path in files(whole):
        if path.name == "_MANIFEST.json":
            continue
        good = path.read_bytes()
        path.unlink()
        try:
            report = verified(whole)
        finally:
            path.write_bytes(good)
        # One problem, not the thousand that follow from it.
        (problem,) = report.problems
        assert (problem.code, problem.key) == ("part-missing", str(path.relative_to(whole)))


def test_a_part_cut_short_is_found(whole: Path) -> None:
    """As a broken copy leaves it."""
    path = next(path for path in files(whole) if "OBJECT_PROPERTIES/" in str(path))
    good = path.read_bytes()
    path.write_bytes(good[:-1])
    try:
        assert codes(verified(whole)) == {"part-changed"}
    finally:
        path.write_bytes(good)


def test_a_stray_is_a_warning_and_no_damage(tmp_path: Path) -> None:
    """A crash leaves them, and readers of the manifest never see them."""
    publish_into(Folder(tmp_path), Account().tables())
    stray = tmp_path / DAY / "OWNERS" / "part-00000-ffffffffffffffff.csv.gz"
    stray.write_bytes(b"x")
    (tmp_path / DAY / "OWNERS" / "part-00100-ffffffffffffffff.csv.gz#1").write_bytes(b"x")
    report = verified(tmp_path)
    assert report.ok
    assert report.strays == (
        f"{DAY}/OWNERS/{stray.name}",
        f"{DAY}/OWNERS/part-00100-{'f' * 16}.csv.gz#1",
    )


def test_the_newest_complete_day_is_the_default(tmp_path: Path) -> None:
    """A day without a manifest is none, however new."""
    publish_into(Folder(tmp_path), Account().tables())
    (tmp_path / "2026-11-23" / "OWNERS").mkdir(parents=True)
    (tmp_path / "2026-11-23" / "OWNERS" / "part-00000-x.csv.gz").write_bytes(b"x")
    assert verified(tmp_path).day == DAY


def test_no_complete_day_is_an_error_with_what_to_do(tmp_path: Path) -> None:
    """Nothing to verify must never look like "verified"."""
    with pytest.raises(SnapshotError, match="no complete day at"):
        verified(tmp_path / "nothing here")
    publish_into(Folder(tmp_path), Account().tables())
    with pytest.raises(SnapshotError, match="2026-11-21 is no complete day"):
        verified(tmp_path, "2026-11-21")


def test_a_manifest_under_another_day_is_found(tmp_path: Path) -> None:
    """A renamed folder is not that day's snapshot."""
    publish_into(Folder(tmp_path), Account().tables())
    (tmp_path / DAY).rename(tmp_path / "2026-11-24")
    assert codes(verified(tmp_path)) == {"manifest-damaged"}


def long_of(account: Account, record_id: int) -> dict[str, str]:
    return next(values for _, one, values in account.long if one == record_id)


def drop_object(account: Account) -> None:
    del account.records[0]


def drop_wide(account: Account) -> None:
    del account.wide[0]


def drop_record_but_not_its_properties(account: Account) -> None:
    del account.records[0]
    del account.wide[0]


def change_value(account: Account) -> None:
    long_of(account, 7)["email"] = "other@example.com"


def drop_value(account: Account) -> None:
    del long_of(account, 7)["tag"]


def add_value(account: Account) -> None:
    long_of(account, 12)["extra"] = "x"


def drop_long_record(account: Account) -> None:
    account.long = [record for record in account.long if record[1] != 2**60]


def old_history(account: Account) -> None:
    account.history[2] = ("0-3", 9, [("amount", "3", UPDATED)])


def cleared_history(account: Account) -> None:
    account.history[0] = ("0-1", 7, [("email", "ada@example.com", EARLIER), ("email", "", UPDATED)])


def history_of_nobody(account: Account) -> None:
    account.history[2] = ("0-3", 8, [("amount", "3", UPDATED)])


def too_many(type_id: str, record_id: int, count: int) -> Callable[[Account], None]:
    def change(account: Account) -> None:
        entries = [("kept", str(n), f"2026-01-01 00:00:00.{n:03d}") for n in range(count)]
        account.history = [(type_id, record_id, entries)]

    return change


def typed_cell(type_id: str, record_id: int, name: str, value: Value) -> Callable[[Account], None]:
    def change(account: Account) -> None:
        account.own[type_id][record_id][name] = value

    return change


def value_without_a_column(account: Account) -> None:
    for records in (account.wide, account.long):
        next(values for _, one, values in records if one == 12)["extra"] = "x"


def drop_own_record(account: Account) -> None:
    del account.own["0-1"][12]


def own_record_of_nobody(account: Account) -> None:
    account.own["0-5"][8] = {}


def drop_own_table(account: Account) -> None:
    del account.own["0-28"]


def null_that_is_no_failure(account: Account) -> None:
    account.own["0-3"][9]["SIZE"] = None


def unknown_type(account: Account) -> None:
    account.definitions.pop()


def unknown_list(account: Account) -> None:
    account.lists.pop()


def unknown_pipeline(account: Account) -> None:
    account.pipelines = [("0-5", "default")]


def unknown_owner(account: Account) -> None:
    account.owners = []


def unknown_team(account: Account) -> None:
    account.teams = [(2,)]


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (drop_object, "records-disagree", "record 7 of type 0-1 is only in OBJECT_WITH"),
        (drop_wide, "records-disagree", "record 7 of type 0-1 is only in OBJECTS"),
        (drop_record_but_not_its_properties, "records-disagree", "but is no record"),
        (change_value, "values-disagree", "record 7 of type 0-1: .* differ in email"),
        (drop_value, "values-disagree", "differ in tag"),
        (add_value, "values-disagree", "record 12 of type 0-1: .* differ in extra"),
        (drop_long_record, "values-disagree", f"record {2**60} of type 0-1"),
        (old_history, "history-disagrees", "record 9 of type 0-3: the newest value of amount"),
        (cleared_history, "history-disagrees", "newest value of email"),
        (history_of_nobody, "records-disagree", "record 8 of type 0-3"),
        (too_many("0-1", 7, 46), "history-too-long", "kept has 46 values, more than 45"),
        (too_many("0-3", 9, 21), "history-too-long", "kept has 21 values, more than 20"),
        (
            typed_cell("0-3", 9, "AMOUNT", "1500.5"),
            "values-disagree",
            "9 .* its type differs in amount",
        ),
        (typed_cell("0-3", 9, "AMOUNT", None), "values-disagree", "its type differs in amount"),
        (typed_cell("0-3", 9, "SIZE", "0"), "values-disagree", "its type differs in size"),
        (typed_cell("0-3", 9, "WON", False), "values-disagree", "its type differs in won"),
        (typed_cell("0-3", 9, "UNPARSED_SIZE", ""), "values-disagree", "differs in size"),
        (typed_cell("0-1", 12, "TAG", "x"), "values-disagree", "record 12 .* differs in tag"),
        (typed_cell("0-4", 501, "HS_TASK_SUBJECT", "x"), "values-disagree", "501 of type 0-4"),
        (value_without_a_column, "values-disagree", "its type differs in extra"),
        (drop_own_record, "records-disagree", "record 12 of type 0-1 is not in the table of its"),
        (own_record_of_nobody, "records-disagree", "record 8 of type 0-5 has rows in OBJECTS_<PL"),
        (drop_own_table, "records-disagree", "guid of type 0-28 is of a type without a table"),
        (null_that_is_no_failure, "unparsed-disagrees", "no PROPERTY_SIZE than its manifest"),
        (unknown_type, "reference", "COMBINEDASSOCIATIONTYPEID 0-3, which ASSOCIATION_DEFIN"),
        (unknown_list, "reference", "LISTID 5, which LISTS does not have"),
        (unknown_pipeline, "reference", "PIPELINEID default, which PIPELINES does not have"),
        (unknown_owner, "reference", "OWNERID 11, which OWNERS does not have"),
        (unknown_team, "reference", "TEAMID 1, which TEAMS does not have"),
    ],
)
def test_tables_that_disagree_are_found(
    tmp_path: Path, change: Callable[[Account], None], code: str, words: str
) -> None:
    """Every checksum is right here: the fault was there before the files were."""
    account = Account()
    change(account)
    publish_into(Folder(tmp_path), account.tables())
    report = verified(tmp_path)
    assert code in codes(report)
    assert any(re.search(words, problem.sentence) for problem in report.problems)


def test_histories_of_the_longest_length_pass(tmp_path: Path) -> None:
    """45 for contacts, 20 for the rest: the limit itself is no fault."""
    for type_id, record_id, count in (("0-1", 7, 45), ("0-3", 9, 20)):
        account = Account()
        too_many(type_id, record_id, count)(account)
        publish_into(Folder(tmp_path / type_id), account.tables())
        assert verified(tmp_path / type_id).ok


def test_tables_left_out_by_the_selection_are_named_and_no_fault(tmp_path: Path) -> None:
    """The reader of the report sees what could not be compared."""
    account = Account()
    publish_into(Folder(tmp_path), [objects(account.records), long(account.long)])
    report = verified(tmp_path)
    assert report.ok
    assert report.skipped == (
        "OBJECTS with OBJECT_WITH_OBJECT_PROPERTIES",
        "OBJECT_WITH_OBJECT_PROPERTIES with OBJECT_PROPERTIES",
        "OBJECT_PROPERTIES with OBJECT_PROPERTIES_HISTORY",
        *("ASSOCIATIONS with OBJECTS", "LIST_MEMBERSHIPS with OBJECTS"),
        "OBJECTS_<PLURAL> with OBJECTS",
    )


COLUMNS = (
    *(column("K", "NUMBER"), column("AT", "TIMESTAMP", nullable=True)),
    *(column("ON", "BOOLEAN", nullable=True), column("DAY", "DATE", nullable=True)),
    *(column("MORE", "JSON", nullable=True), column("ID", "ID")),
)
GOOD = '1,2026-11-22 02:00:00.000,true,2026-11-22,"{}",5\n2,,,,,"x"\n'


def forged(root: Path, text: bytes, *, rows: int = 2, header: bool = True) -> VerifyReport:
    """Verify a table of this text whose checksums all agree: as if the writer had been wrong."""
    table = a_table("T", COLUMNS, [(1, None, None, None, None, 5)], key=("K",))
    manifest = publish_into(Folder(root), [table])
    (old,) = manifest.parts
    (root / old.key).unlink()
    names = ",".join(one.name for one in COLUMNS).encode() + b"\n" if header else b""
    data = gzip.compress(names + text)
    digest = sha256(data).hexdigest()
    part = replace(
        old, bytes=len(data), sha256=digest, rows=rows, first_key=("1",), last_key=(str(rows),)
    )
    (root / part.key).write_bytes(data)
    published: PublishedTable = replace(manifest.tables[0], parts=(part,))
    forgery: Manifest = replace(manifest, tables=(published,))
    (root / manifest_key(DAY)).write_bytes(to_bytes(forgery))
    return verified(root)


def test_the_forged_table_passes_while_nothing_is_wrong_with_it(tmp_path: Path) -> None:
    """Else the tests below would show nothing."""
    assert forged(tmp_path, GOOD.encode()).problems == ()


@pytest.mark.parametrize(
    ("good", "bad", "code"),
    [
        ("02:00:00.000", "02:00:00.00", "kind"),
        ("2026-11-22 ", "2026-02-30 ", "kind"),
        ("2026-11-22 ", "2026-11-22T", "kind"),
        ("true", "True", "kind"),
        (",2026-11-22,", ",2026-W47-7,", "kind"),
        (',"{}"', ',"{"', "kind"),
        ("1,2026", "1.,2026", "kind"),
        ('"x"', '""', "kind"),
        ("\n2,", "\n1,", "order"),
        ("\n2,", "\n3,", "key-range"),
        ('2,,,,,"x"\n', "", "rows"),
        ("2,,,,,", "2,,,,", "width"),
        ('"{}"', '"{}', "part-unreadable"),
        ('"{}"', '"{}"x', "part-unreadable"),
    ],
)
def test_content_that_breaks_the_format_is_found(
    tmp_path: Path, good: str, bad: str, code: str
) -> None:
    """Checksums prove that nothing changed, not that it was right."""
    assert good in GOOD
    assert code in codes(forged(tmp_path, GOOD.replace(good, bad, 1).encode()))


def test_a_missing_header_and_broken_utf8_are_found(tmp_path: Path) -> None:
    """A loader would take the first row for names."""
    assert "header" in codes(forged(tmp_path / "a", GOOD.encode(), header=False))
    bad = GOOD.encode().replace(b'"x"', b'"\xff"')
    assert codes(forged(tmp_path / "b", bad)) == {"part-unreadable"}


def test_a_file_that_is_no_gzip_is_found(tmp_path: Path) -> None:
    """Size and checksum agree with the manifest, and still nobody can read it."""
    manifest = publish_into(Folder(tmp_path), [a_table("T", COLUMNS, [], key=("K",))])
    (part,) = manifest.parts
    data = b"not gzip"
    bad = replace(part, bytes=len(data), sha256=sha256(data).hexdigest())
    (tmp_path / part.key).write_bytes(data)
    forgery = replace(manifest, tables=(replace(manifest.tables[0], parts=(bad,)),))
    (tmp_path / manifest_key(DAY)).write_bytes(to_bytes(forgery))
    assert codes(verified(tmp_path)) == {"part-unreadable"}


def events(ids: Sequence[str]) -> Table:
    columns = (column("ID"), column("OCCURREDAT", "TIMESTAMP"))
    rows = [(one, f"2026-11-22 02:00:{n:02d}.000") for n, one in enumerate(ids)]
    return a_table("EVENTS_LOGIN", columns, rows, key=("ID",), order=("OCCURREDAT", "ID"))


def test_keys_that_are_not_the_order_are_proven_distinct_too(tmp_path: Path) -> None:
    """Events are sorted by time, so one that comes twice need not have itself as a neighbour."""
    publish_into(Folder(tmp_path / "good"), [events(["c", "a", "b"])])
    publish_into(Folder(tmp_path / "bad"), [events(["c", "a", "c"])])
    assert verified(tmp_path / "good").ok
    assert codes(verified(tmp_path / "bad")) == {"key-twice"}


def test_many_problems_of_one_kind_are_counted_not_listed(tmp_path: Path) -> None:
    """A report of a million lines helps nobody."""
    account = Account()
    account.records = [("0-1", number, {}) for number in range(1, 501)]
    account.wide, account.long, account.history, account.own = [], [], [], {}
    publish_into(Folder(tmp_path), account.tables())
    problems = verified(tmp_path).problems
    assert len([one for one in problems if one.code == "records-disagree"]) == 11
    assert any(one.sentence == "490 more of this kind" for one in problems)


def test_no_problem_shows_a_value(tmp_path: Path) -> None:
    """Reports end in tickets and logs."""
    account = Account()
    change_value(account)
    cleared_history(account)
    publish_into(Folder(tmp_path), account.tables())
    report = verified(tmp_path)
    assert not report.ok
    assert "@example.com" not in repr(report)
    assert "quoted" not in repr(report)

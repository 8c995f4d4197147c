"""What is copied and what is built: by the answers of the state, and by what a range is made of."""

from dataclasses import replace
from pathlib import Path

import pytest

from crmsnap.bootstrap.executor import InlineExecutor
from crmsnap.destinations.folder import Folder
from crmsnap.publish.gzip_parts import engine
from crmsnap.publish.made_of import Unlike, range_digest, table_digest
from crmsnap.publish.publish import publish
from crmsnap.publish.revision import found_revision
from crmsnap.publish.tally import Tally
from crmsnap.publish.verify import verify
from crmsnap.state.folder import open_stream
from crmsnap.state.published import PUBLISHED, PublishedRanges
from crmsnap.state.stream_file import RunMark
from crmsnap.tables.association_definitions import ASSOCIATION_DEFINITIONS
from crmsnap.tables.engagements import without_engagements
from crmsnap.tables.object_properties import OBJECT_PROPERTIES
from crmsnap.tables.object_properties_history import OBJECT_PROPERTIES_HISTORY
from crmsnap.tables.objects import OBJECTS
from crmsnap.tables.table import Span, Table
from tests.builders.account_state import RUN, UPDATED, AccountState
from tests.unit.publish.made_up_tables import FACTS, StandStill, a_table, column, forget, ignore

TABLES: tuple[Table, ...] = tuple(map(without_engagements, (OBJECTS, OBJECT_PROPERTIES)))
LATER = RunMark(RUN.run_id, "2026-11-23 02:00:00.000")


class Account:
    """A state that is published day by day to one folder."""

    def __init__(self, folder: Path) -> None:
        self.state = AccountState(folder / "state")
        self.memory = PublishedRanges(folder / "state", "there")
        self.destination = Folder(folder / "there")
        self.state.write("objects/0-1", [(n, UPDATED, b'{"a":"b"}') for n in range(1, 8_501)])

    def change(self, id_: int) -> None:
        """One record gets another value."""
        with open_stream(self.memory.folder, "objects/0-1", LATER) as file:
            file.save([(id_, UPDATED, b'{"a":"c"}')], "end")
            file.finish(keeps=True)

    def day(self, number: int, tables: tuple[Table, ...] = TABLES, **more: object) -> Tally:
        """Publish a day, and return how much of it was copied."""
        tally = Tally(ignore)
        publish(
            tables,
            self.state.reader,
            self.destination,
            facts=replace(FACTS, day=f"2026-11-{number:02d}", **more),  # type: ignore[arg-type]  # tests pass fields
            remember=forget,
            open_executor=lambda _: InlineExecutor(StandStill()),
            observe=tally.take,
            stop=StandStill(),
            memory=self.memory,
        )
        return tally


@pytest.fixture
def account(tmp_path: Path) -> Account:
    found = Account(tmp_path)
    assert found.day(1).copied.parts == 0
    return found


def test_nothing_changed_and_nothing_is_built(account: Account):
    """Two tables of nine spans each."""
    tally = account.day(2)
    assert (tally.copied.parts, tally.built.parts) == (18, 0)


def test_what_hangs_on_a_changed_row_is_built_and_nothing_else(account: Account):
    """One span of nine, in both tables that hold it."""
    account.change(2_200)
    tally = account.day(2)
    assert (tally.copied.parts, tally.built.parts) == (16, 2)


def test_another_compression_is_another_part(account: Account):
    """And so is another version of the engine: its bytes may differ."""
    assert account.day(2, compression="small").copied.parts == 0


def test_a_lost_or_damaged_memory_costs_work_and_nothing_else(account: Account):
    """Everything is built, and remembered anew."""
    memory = account.memory.folder / PUBLISHED
    memory.unlink()
    assert account.day(2).copied.parts == 0
    for beside in memory.parent.glob(f"{PUBLISHED}*"):
        beside.unlink()
    memory.write_bytes(b"no database, but as long as one has to be" * 100)
    assert account.day(3).copied.parts == 0
    assert account.day(4).built.parts == 0


def test_no_value_of_a_record_is_remembered(account: Account):
    """The key of a history has a value in it. A person who is erased must leave the state at once, and this
    file is not looked through for them: it never holds more than ids, names of properties and times."""
    account.state.records(
        "0-2", {1: {"name": "Secretly Ltd"}}, {1: {"name": [(UPDATED, "Secretly Ltd")]}}
    )
    account.day(2, (*TABLES, OBJECT_PROPERTIES_HISTORY))
    (found,) = (
        one
        for one in account.memory.recall().values()
        if one.first[:3] == ("0-2", 1, "name") and len(one.first) == 5
    )
    assert found.first == found.last == ("0-2", 1, "name", UPDATED, None)
    for file in account.memory.folder.glob(f"{PUBLISHED}*"):
        assert b"Secretly" not in file.read_bytes()
    tally = account.day(3, (*TABLES, OBJECT_PROPERTIES_HISTORY))
    assert tally.built.parts == 0  # and the blanks do not keep ranges from being put in order


def test_a_memory_of_another_place_is_not_used(account: Account):
    """Parts are copied within one destination."""
    assert replace(account.memory, destination="elsewhere").recall() == {}


def test_a_table_without_a_row_keeps_its_header(account: Account):
    """Its one part is copied like every other."""
    assert account.day(2, (ASSOCIATION_DEFINITIONS,)).built.parts == 1
    assert account.day(3, (ASSOCIATION_DEFINITIONS,)).built.parts == 0


def test_a_name_and_a_description_are_no_part_of_what_a_table_is_made_of():
    """They stand in no part; columns, order and what makes the rows do."""
    own = a_table("A", (column("K"),), [("1",)], key=("K",))
    digest = table_digest(own, engine("fast"))
    assert table_digest(replace(own, name="B", grain="other"), engine("fast")) == digest
    for other in (
        replace(own, columns=(column("L"),)),
        replace(own, columns=(column("K", nullable=True),)),
        replace(own, order=("K",)),
        a_table("A", (column("K"),), [("2",)], key=("K",)),
    ):
        assert table_digest(other, engine("fast")) != digest
    assert table_digest(own, engine("small")) != digest
    assert range_digest(digest, [Span("s", 1, 2, 5)]) == range_digest(digest, [Span("s", 1, 2, 9)])
    assert range_digest(digest, [Span("s", 1, 2)]) != range_digest(digest, [Span("s", 1, 3)])


def test_rows_that_are_made_by_what_nobody_can_compare_are_always_built():
    """A function that closes over something may close over something else tomorrow."""
    rows = [("1",)]
    own = replace(
        a_table("A", (column("K"),), [], key=("K",)), rows=lambda reader, span: iter(rows)
    )
    with pytest.raises(Unlike):
        table_digest(own, engine("fast"))


def test_a_reader_that_misses_a_part_reads_the_manifest_again(account: Account):
    """Between two of its requests the day may have got another revision."""
    facts = replace(FACTS, day="2026-11-01", run="run-2")
    revision = found_revision(account.destination, facts)
    assert revision is not None
    old = [part.key for part in revision.manifest.parts]
    account.change(1)

    class Late(Folder):
        """The day is replaced while it is read."""

        __slots__ = ()

        def get(self, key: str) -> bytes:
            if key in old and self.head(old[0]) is not None:
                new = publish(
                    TABLES,
                    account.state.reader,
                    account.destination,
                    facts=replace(facts, revision=revision.manifest.next_revision),
                    remember=forget,
                    open_executor=lambda _: InlineExecutor(StandStill()),
                    observe=ignore,
                    stop=StandStill(),
                    replaces=revision,
                )
                for one in set(old) - {part.key for part in new.parts}:
                    account.destination.delete(one)
            return super().get(key)

    report = verify(Late(account.destination.root), "2026-11-01", ignore)
    assert "part-missing" not in {problem.code for problem in report.problems}
    assert report.rows == 17_000

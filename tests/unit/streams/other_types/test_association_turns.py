"""Which associations a day reads where all of them are too many."""

import json
from itertools import chain
from typing import Any

import orjson
import pytest

from crmsnap.model import Refresh
from crmsnap.state.folder import open_as_is, open_reader, open_stream
from crmsnap.state.stream_file import EVERYTHING, RunMark
from crmsnap.streams import associations
from crmsnap.streams.documents import LabelDocument
from crmsnap.streams.stream import Page, Task
from tests.builders.account_state import RUN, AccountState, scope_of
from tests.unit.hubspot.host import Reply
from tests.unit.streams.other_types.served import HubSpot

CONTACTS, DEALS = range(1, 2_801), range(1, 41)
PLAIN = [{"category": "HUBSPOT_DEFINED", "typeId": 4, "label": None}]
SECOND = RunMark("run-2", "2026-11-23 02:00:00.000")
DAYS = 7
READ_BEFORE = ("objects/0-1", "objects/0-3", "association-labels/0-1")


class Account:
    """Contacts and deals, who has whom, and which contacts were asked about."""

    def __init__(self, hubspot: HubSpot, state: AccountState) -> None:
        self.hubspot = hubspot
        self.folder = state.reader.folder
        self.deal_of: dict[int, int] = {}
        self.asked: list[int] = []
        hubspot.serve("/crm/associations/2026-09/0-1/0-3/batch/read", self._of_contacts)
        hubspot.serve("/crm/associations/2026-09/0-3/0-1/batch/read", self._of_deals)
        label = LabelDocument("0-1", "0-3", "HUBSPOT_DEFINED", 4)
        state.documents("association-labels/0-1", {"0-3 HUBSPOT_DEFINED 4": label})
        state.records("0-1", {id_: {} for id_ in CONTACTS})
        state.records("0-3", {id_: {} for id_ in DEALS})

    def _of_contacts(self, query: dict[str, str]) -> Reply:
        ids = [int(one["id"]) for one in json.loads(query["body"])["inputs"]]
        self.asked += ids
        return answered({id_: [self.deal_of[id_]] if id_ in self.deal_of else [] for id_ in ids})

    def _of_deals(self, query: dict[str, str]) -> Reply:
        ids = [int(one["id"]) for one in json.loads(query["body"])["inputs"]]
        having = {id_: [c for c, deal in self.deal_of.items() if deal == id_] for id_ in ids}
        return answered(having)

    def change(self, object_type: str, *ids: int, run: RunMark = SECOND) -> None:
        """Records that a run read anew."""
        rows = [(id_, run.ingested_at, b'{"new":"yes"}') for id_ in ids]
        with open_stream(self.folder, f"objects/{object_type}", run) as file:
            file.start_again()
            file.save(rows, "end")
            file.finish(keeps=True)

    def task(self, run: RunMark = SECOND, **refresh: Any) -> Task:
        for stream in READ_BEFORE:
            with open_stream(self.folder, stream, run) as file:
                if not file.done:
                    file.finish(keeps=True)
        reader = open_reader(self.folder, READ_BEFORE, run.run_id)
        scope = scope_of(reader, started_at=run.ingested_at, refresh=Refresh(**refresh))
        (task,) = associations.tasks(scope)
        return task

    def read(self, run: RunMark = SECOND, **refresh: Any) -> list[Page]:
        """One pass as the engine makes it."""
        self.asked.clear()
        task = self.task(run, **refresh)
        pages = []
        with open_stream(self.folder, task.stream, run) as file:
            for page in task.read(self.hubspot.client, file.position):
                file.save(
                    page.rows,
                    page.position,
                    removed=page.removed,
                    whole=page.whole,
                    note=page.note,
                )
                pages.append(page)
            file.finish(task.asked, keeps=task.keeps)
        return pages

    @property
    def kept(self) -> dict[int, int]:
        """Contact -> deal, as the state has it."""
        rows = open_as_is(self.folder).associations("associations/0-1__0-3")
        return {row.from_id: orjson.loads(row.body)[0][0] for row in rows}


def answered(found: dict[int, list[int]]) -> Reply:
    results = [
        {
            "from": {"id": str(id_)},
            "to": [{"toObjectId": to, "associationTypes": PLAIN} for to in targets],
        }
        for id_, targets in found.items()
        if targets
    ]
    errors = [{"category": "OBJECT_NOT_FOUND"}]
    return Reply({"status": "COMPLETE", "results": results, "errors": errors, "numErrors": 1}, 207)


@pytest.fixture
def account(hubspot: HubSpot, tmp_path) -> Account:
    """An account whose associations were read whole on the first day."""
    found = Account(hubspot, AccountState(tmp_path))
    found.deal_of = {id_: id_ % 40 + 1 for id_ in CONTACTS if id_ % 2}
    found.read(RUN)
    return found


def test_all_are_read_each_day_while_that_is_cheap(account: Account):
    """Nobody counts the calls of this account's days, so nothing is left to chance."""
    account.deal_of[2] = 7
    pages = account.read()
    assert pages[-1].whole == [EVERYTHING]
    assert account.asked == [*CONTACTS]
    assert account.kept == account.deal_of


def test_in_rotation_changed_records_are_read_and_those_who_lost_all_go(account: Account):
    """Contact 3 has no deal any more, 2,002 has its first one; both changed, and lie outside the stretch."""
    account.change("0-1", 903, 2_002)
    del account.deal_of[903]
    account.deal_of[2_002] = 9
    account.read(associations="rotate")
    assert account.asked == [*range(1, 401), 903, 2_002]
    assert account.kept == account.deal_of


def test_a_changed_record_of_the_other_side_brings_its_partners(account: Account):
    """Deal 5 was given to contact 2,500, who was not touched by that."""
    account.change("0-3", 5)
    account.deal_of[2_500] = 5
    account.read(associations="rotate")
    assert account.kept == account.deal_of


def test_the_rotation_comes_to_every_record_within_its_days(account: Account):
    """However quiet a record is: each day begins behind the last one's stretch, and the end is no border."""
    asked = []
    for day in range(DAYS):
        run = RunMark(f"run-{day + 2}", f"2026-11-{23 + day} 02:00:00.000")
        account.read(run, associations="rotate", association_days=DAYS)
        asked.append(list(account.asked))
    assert sorted(chain(*asked)) == [*CONTACTS]
    account.read(RunMark("run-9", "2026-11-30 02:00:00.000"), associations="rotate")
    assert account.asked == asked[0]


def test_in_rotation_who_changed_behind_the_read_is_read_the_next_day(account: Account):
    """Where counts disagreed, a run sweeps its records after it has read their associations."""
    account.read(associations="rotate")
    account.change("0-1", 2_002)
    account.deal_of[2_002] = 9
    third = RunMark("run-3", "2026-11-24 02:00:00.000")
    account.read(third, associations="rotate")
    assert account.asked == [*range(401, 801), 2_002]
    assert account.kept == account.deal_of


def test_days_without_a_run_are_made_up_for(account: Account):
    """Three days later three stretches are due."""
    account.read(RunMark("run-2", "2026-11-25 02:00:00.000"), associations="rotate")
    assert len(account.asked) == 3 * len(CONTACTS) / DAYS


def test_an_empty_pair_is_only_probed(account: Account):
    """Also where all pairs are read each day; the first association of two changed records shows at once."""
    account.deal_of = {}
    account.read()
    account.deal_of = {2_444: 3}
    third = RunMark("run-3", "2026-11-24 02:00:00.000")
    account.change("0-1", 2_444, run=third)
    account.read(third)
    assert account.asked == [*range(1, 401), 2_444]
    assert account.kept == {2_444: 3}


def test_a_pass_goes_on_wherever_it_was_killed(account: Account):
    """Each page stands for itself: none that was saved is asked for again, none is left out."""
    account.change("0-1", 2_002)
    account.change("0-3", 5)
    task = account.task(associations="rotate")
    pages = list(task.read(account.hubspot.client, None))
    for number, page in enumerate(pages):
        rest = list(task.read(account.hubspot.client, page.position))
        assert [one.rows for one in rest] == [one.rows for one in pages[number + 1 :]] or (
            rest == [pages[-1]]
        )


def test_a_rotation_that_is_asked_to_read_everything_begins_anew(account: Account):
    """A stopped run may be gone on with by `sync --full`."""
    position = next(account.task(associations="rotate").read(account.hubspot.client, None)).position
    pages = list(account.task(full=True).read(account.hubspot.client, position))
    assert [page.position.split()[0] for page in pages] == ["all"] * 4
    assert pages[-1].whole == [EVERYTHING]

"""The tables of pairs hold the associations of the table of all, and both refer to what exists."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from crmsnap.destinations.folder import Folder
from crmsnap.publish.verify import VerifyReport, verify
from tests.unit.publish.made_up_account import Account
from tests.unit.publish.made_up_tables import INGESTED, ignore, publish_into

CONTACTS_TO_DEALS = "0-1__0-3"


def verified(folder: Path, account: Account, *, without: str = "none") -> VerifyReport:
    """What is found in an account's tables, less those whose name is `without`."""
    tables = [table for table in account.tables() if not re.fullmatch(without, table.name)]
    publish_into(Folder(folder), tables)
    return verify(Folder(folder), None, ignore)


def drop_a_row(account: Account) -> None:
    account.pairs[CONTACTS_TO_DEALS].pop()


def drop_the_first_row(account: Account) -> None:
    del account.pairs[CONTACTS_TO_DEALS][0]


def drop_a_row_of_the_table_of_all(account: Account) -> None:
    del account.associations[1]


def another_kind(account: Account) -> None:
    account.pairs["0-3__0-1"] = [("1-7", 9, 7, INGESTED)]


def another_time(account: Account) -> None:
    account.pairs["0-3__0-1"] = [("0-3", 9, 7, "2020-01-01 00:00:00.000")]


def a_row_of_another_pair(account: Account) -> None:
    account.pairs["0-2__0-2"] = account.pairs.pop("0-3__0-1")


def drop_a_table(account: Account) -> None:
    del account.pairs["0-3__0-1"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (drop_a_row, "ASSOCIATIONS_0_1__0_3 differ at the association of 7 with 10"),
        (drop_the_first_row, "ASSOCIATIONS_0_1__0_3 differ at the association of 7 with 9"),
        (drop_a_row_of_the_table_of_all, "differ at the association of 7 with 10"),
        (another_kind, "ASSOCIATIONS_0_3__0_1 differ at the association of 9 with 7"),
        (another_time, "ASSOCIATIONS_0_3__0_1 differ at"),
        (a_row_of_another_pair, "ASSOCIATIONS_0_2__0_2 differ at the association of 9 with 7"),
        (drop_a_table, "the associations from 0-3 to 0-1 have no table of their own"),
    ],
)
def test_associations_that_disagree_are_found(
    tmp_path: Path, change: Callable[[Account], None], words: str
) -> None:
    """Every checksum is right here: the fault was there before the files were."""
    account = Account()
    change(account)
    report = verified(tmp_path, account)
    assert {problem.code for problem in report.problems} == {"associations-disagree"}
    assert any(words in problem.sentence for problem in report.problems)


def test_a_pair_that_was_not_chosen_is_not_missed(tmp_path: Path) -> None:
    """A day of before there were such tables has none, and is as whole as it was."""
    report = verified(tmp_path, Account(), without="ASSOCIATIONS_0_.*")
    assert report.ok
    assert report.skipped == (
        "ASSOCIATIONS_<X>_TO_<Y> with ASSOCIATIONS",
        "ASSOCIATIONS_<X>_TO_<Y> with ASSOCIATION_DEFINITIONS",
    )


def test_an_account_without_associations_has_nothing_to_compare(tmp_path: Path) -> None:
    """Nothing was left out, so nothing is named."""
    report = verified(tmp_path, Account(associations=[], pairs={}))
    assert (report.ok, report.skipped) == (True, ())


@pytest.mark.parametrize("without", ["none", "ASSOCIATIONS"])
def test_a_type_without_a_definition_is_found(tmp_path: Path, without: str) -> None:
    """In the table of all, and in the pair's where that is not in the snapshot."""
    account = Account()
    account.definitions = [row for row in account.definitions if row[0] != "0-3"]
    (problem,) = verified(tmp_path, account, without=without).problems
    assert problem.code == "reference"
    assert problem.sentence.startswith("ASSOCIATIONS" if without == "none" else "ASSOCIATIONS_0_3")
    assert "TOOBJECTTYPEID 0-1, COMBINEDASSOCIATIONTYPEID 0-3, which" in problem.sentence


def test_definitions_of_another_pair_explain_nothing(tmp_path: Path) -> None:
    """A type id is unique only within its direction."""
    account = Account(definitions=[("0-3", "0-1", "0-3"), ("0-4", "0-1", "0-3")])
    report = verified(tmp_path, account, without="ASSOCIATIONS")
    assert [problem.code for problem in report.problems] == ["reference"]


def test_records_that_are_gone_are_counted_for_pairs_too(tmp_path: Path) -> None:
    """Deal 10 was archived between the two reads; the rows of a pair are counted once."""
    report = verified(tmp_path / "both", Account())
    assert dict(report.dangling)["ASSOCIATIONS"] == 1
    assert report.ok
    alone = verified(tmp_path / "alone", Account(), without="ASSOCIATIONS")
    assert dict(alone.dangling)["ASSOCIATIONS_0_1__0_3"] == 1
    assert "ASSOCIATIONS_<X>_TO_<Y> with ASSOCIATIONS" in alone.skipped


def test_a_damaged_table_explains_what_differs(tmp_path: Path) -> None:
    """One problem, not those that follow from it."""
    account = Account()
    publish_into(Folder(tmp_path), account.tables())
    (part,) = tmp_path.rglob("ASSOCIATIONS_0_1__0_3/*.csv.gz")
    part.unlink()
    (problem,) = verify(Folder(tmp_path), None, ignore).problems
    assert problem.code == "part-missing"

"""Histories with sources: the same versions as without, and checked like them where they stand alone."""

from collections.abc import Callable
from pathlib import Path

import pytest

from crmsnap.destinations.folder import Folder
from crmsnap.publish.verify import VerifyReport, verify
from tests.unit.publish.made_up_account import Account
from tests.unit.publish.made_up_tables import UPDATED, Entry, ignore, publish_into, sources

Histories = list[tuple[str, int | str, list[Entry]]]


def verified(folder: Path, found: Histories, *, alone: bool) -> VerifyReport:
    """An account with these histories with sources, beside its own or instead of them."""
    tables = [
        table
        for table in Account().tables()
        if not alone or table.name != "OBJECT_PROPERTIES_HISTORY"
    ]
    publish_into(Folder(folder), [*tables, sources(found)])
    return verify(Folder(folder), None, ignore)


def histories() -> Histories:
    return [(type_id, id_, list(entries)) for type_id, id_, entries in Account().history]


@pytest.mark.parametrize("alone", [False, True])
def test_histories_with_sources_pass(tmp_path: Path, *, alone: bool) -> None:
    """Beside those without, or in their place: then nothing is left uncompared."""
    report = verified(tmp_path, histories(), alone=alone)
    assert (report.ok, report.skipped) == (True, ())
    assert report.history_without_current == 2


def drop_a_version(found: Histories) -> None:
    del found[0][2][0]


def another_value(found: Histories) -> None:
    found[0][2][0] = ("email", "other@example.com", found[0][2][0][2])


def another_record(found: Histories) -> None:
    del found[-1]


@pytest.mark.parametrize("change", [drop_a_version, another_value, another_record])
def test_versions_that_only_one_table_has_are_found(
    tmp_path: Path, change: Callable[[Histories], None]
) -> None:
    """Either may stand for the other, so they must not differ."""
    found = histories()
    change(found)
    (problem,) = verified(tmp_path, found, alone=False).problems
    assert problem.code == "history-disagrees"
    assert "has other versions in OBJECT_PROPERTIES_HISTORY than in" in problem.sentence


def test_a_history_with_sources_is_checked_where_it_stands_alone(tmp_path: Path) -> None:
    """Its newest value is the current one, and it is no longer than the other would be."""
    found = histories()
    found[2][2][0] = ("amount", "1", UPDATED)
    found[2][2][1:1] = [("size", f"{n:02d}", f"2026-01-01 00:00:00.{n:03d}") for n in range(21)]
    found[2][2].sort(key=lambda entry: (entry[0], entry[2]))
    codes = {problem.code for problem in verified(tmp_path, found, alone=True).problems}
    assert codes == {"history-disagrees", "history-too-long"}

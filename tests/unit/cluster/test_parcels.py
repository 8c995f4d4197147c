"""What leaves this machine for a cluster: little, and no secret."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from crmsnap.bootstrap import Known, RunClock, destination_of
from crmsnap.bootstrap.executor import executor_of
from crmsnap.cluster.home import AtHome, Home
from crmsnap.cluster.marks import Marks
from crmsnap.cluster.parcel import packed, unpacked
from crmsnap.config import ConnectionSettings
from crmsnap.errors import ConfigError
from crmsnap.publish.range_task import Target, for_tasks, write_range
from crmsnap.publish.ranges import Range
from crmsnap.redaction.redactor import Redactor
from crmsnap.state.reader import StateReader
from crmsnap.state.written import RememberPuts
from crmsnap.streams import STREAMS
from crmsnap.tables import CATALOGUE
from crmsnap.tables.table import Span, Table
from tests.builders.cluster import DaskCluster
from tests.unit.cluster import made_up_tasks as tasks

TOKEN = "pat-eu1-3a1f0e2b-0000-4000-8000-5ca1ab1e0001"
KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


def s3_of(monkeypatch: pytest.MonkeyPatch) -> tuple[Known, Redactor]:
    """A connection to a bucket whose keys, as usual, stand in variables."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEY)
    redactor = Redactor()
    for secret in (TOKEN, KEY):
        redactor.learn(secret)
    settings = ConnectionSettings(to="s3://acme-lake/hubspot", token=TOKEN)
    return Known("acme", settings, redactor=redactor), redactor


def test_each_task_is_small_and_holds_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is one for each range of each table, and it crosses a network."""
    known, _ = s3_of(monkeypatch)
    target = Target(
        destination_of(known, RunClock()),
        "2026-11-20",
        "fast",
        RememberPuts(tmp_path, "s3://acme-lake/hubspot"),
    )
    reader = StateReader(tmp_path, tuple(f"objects/0-{number}" for number in range(60)))
    rows_of = Range(1, (Span("objects/0-1", 1, 2, 3),))
    declared = [table for table in CATALOGUE if isinstance(table, Table)]
    assert declared
    with Marks() as marks:
        home = Home(None)
        for table in declared:
            whole = replace(table, streams=tuple(STREAMS))
            task = (write_range, (for_tasks(whole), reader, target, rows_of), {})
            data = packed(task, home, marks).task
            assert len(data) < 8_000, table.name
            assert not any(secret.encode() in data for secret in (TOKEN, KEY, KEY[:12]))


def test_the_record_stays_and_the_rest_travels(tmp_path: Path) -> None:
    """A worker gets something to ask with in its place."""
    home, reader = Home(None), StateReader(tmp_path, ("owners",))
    with Marks() as marks:
        task = (tasks.remember, (RememberPuts(tmp_path, "x"), reader), {"key": "k"})
        parcel = packed(task, home, marks)
        again = packed(task, home, marks)
    assert parcel == again
    fn, (remember, there), named = unpacked(parcel)
    assert (fn, there, named) == (tasks.remember, reader, {"key": "k"})
    assert isinstance(remember, AtHome)
    assert [mark.path.parent for mark in parcel.marks] == [tmp_path]


def test_a_secret_of_the_connection_is_refused(
    cluster: DaskCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The password of a proxy is needed to reach the bucket, so it stands in the destination."""
    known, _ = s3_of(monkeypatch)
    known.redactor.learn("correct-horse")
    settings = known.settings.model_copy(update={"executor": cluster.setting})
    opening = executor_of(replace(known, settings=settings), RunClock())
    with opening(1) as executor:
        assert executor.submit(tasks.add, 1, 2).result() == 3
        with pytest.raises(ConfigError, match="a secret of this connection"):
            executor.submit(partial(tasks.add, "http://me:correct-horse@proxy"), 1)

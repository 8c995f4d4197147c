"""`crmsnap query`: asking a snapshot in SQL, from a folder and from a bucket."""

import csv
import io
import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders.command import (
    PATIENCE_SECONDS,
    SOURCE,
    Crmsnap,
    Ended,
    assert_refused,
    wait_until,
)
from tests.builders.sandbox_process import DAY, SandboxAccount
from tests.builders.snapshot import manifest, rows
from tests.contracts.s3_server import ACCESS_KEY_ID, SECRET_ACCESS_KEY, S3Server, s3_server
from tests.house.markdown import commands, fences
from tests.house.repository import ROOT

OWNERS = "select ownerid, email, archived, createdat from owners order by ownerid"


@pytest.fixture
def where(copied_once: Crmsnap) -> str:
    """The folder of the snapshots."""
    return str(copied_once.snapshots)


def test_rows_are_json_for_programs(copied_once: Crmsnap, where: str):
    """Numbers and booleans are such, times are as published, NULL is null."""
    answer = copied_once("query", OWNERS, where, "--json").json
    written = sorted(
        rows(copied_once.snapshots / DAY, "OWNERS"), key=lambda row: int(row["OWNERID"])
    )
    assert answer == [
        {
            "OWNERID": int(row["OWNERID"]),
            "EMAIL": row["EMAIL"] or None,
            "ARCHIVED": row["ARCHIVED"] == "true",
            "CREATEDAT": row["CREATEDAT"],
        }
        for row in written
    ]
    assert None in {row["EMAIL"] for row in answer}


def test_rows_as_csv_keep_null_apart_from_the_empty_string(copied_once: Crmsnap, where: str):
    """What comes out can be read like a part of a snapshot."""
    sql = "select * from (values (1, null, ''), (2, 'a \"b\"\n', 'x')) as t(n, a, b) order by n"
    ended = copied_once("query", sql, where, "--csv")
    assert ended.stdout == '"n","a","b"\n1,,""\n2,"a ""b""\n","x"\n'


def test_rows_are_a_table_for_people(copied_once: Crmsnap, where: str):
    """Aligned, NULL by its name, and nothing that steers a terminal."""
    sql = "select 'a' || chr(27) || '[2J' as evil, null as nothing, 10 as n"
    lines = copied_once("query", sql, where).stdout.splitlines()
    assert lines == ["evil      nothing   n", "a\\x1b[2J  NULL     10"]


NOTE = "-----BEGIN PRIVATE KEY----- was in it; Bearer 12345678901234567890"


@pytest.mark.parametrize("form", ["--json", "--csv", None])
def test_what_looks_like_a_secret_in_a_row_stays_and_our_own_does_not(
    copied_once: Crmsnap, where: str, form: str | None
):
    """Rows are the customer's; taking a token out of a finished line took the next columns, too."""
    token = 'canary-"canary"-7f3a'
    sql = f"select '{NOTE}' as note, '{token}' as ours, 5 as n"
    shown = copied_once("query", sql, where, *([form] if form else []), HUBSPOT_TOKEN=token).stdout
    if form == "--json":
        assert json.loads(shown) == [{"note": NOTE, "ours": '***""', "n": 5}]
    elif form == "--csv":
        assert shown == f'"note","ours","n"\n"{NOTE}","***""""",5\n'
    else:
        assert shown.splitlines()[1].split("  ")[:2] == [NOTE, '***""']


def test_a_long_answer_is_cut_for_people_and_whole_for_programs(copied_once: Crmsnap, where: str):
    """A thousand lines are more than anybody reads; that there are more is said."""
    sql = "select * from range(2500) as t(n)"
    ended = copied_once("query", sql, where)
    assert len(ended.stdout.splitlines()) == 1001
    assert "there are more rows" in ended.stderr
    assert len(copied_once("query", sql, where, "--json").json) == 2500
    whole = csv.reader(io.StringIO(copied_once("query", sql, where, "--csv").stdout))
    assert len(list(whole)) == 2501


def test_columns_of_the_same_name_stay_apart_in_json(copied_once: Crmsnap, where: str):
    """A join gives several; none may be lost."""
    assert copied_once("query", "select 1 as a, 2 as a", where, "--json").json == [
        {"a": 1, "a_1": 2}
    ]


def test_without_sql_the_tables_are_listed(copied_once: Crmsnap, where: str):
    """With the names that go into the SQL."""
    listed = copied_once("query", where).stdout
    assert "\nobjects_contacts " in listed
    answer = copied_once("query", where, "--json").json
    assert answer["day"] == DAY
    resources = manifest(copied_once.snapshots / DAY)["resources"]
    assert [(one["name"], one["rows"]) for one in answer["tables"]] == [
        (one["title"], one["crmsnap"]["rows"]) for one in resources
    ]


def test_only_the_tables_that_are_used_are_fetched(copied_once: Crmsnap, where: str):
    """Said on stderr, so that stdout stays the answer's."""
    ended = copied_once("query", "select count(*) as n from owners, teams", where, "--json")
    assert {line.split(":")[0] for line in ended.stderr.splitlines()} == {
        "fetched OWNERS",
        "fetched TEAMS",
    }


def test_the_help_names_the_extra_that_is_needed(crmsnap: Crmsnap):
    """Square brackets are markup to Typer: without a backslash they are shown as nothing."""
    assert "crmsnap[query]" in " ".join(crmsnap("query", "--help").stdout.split())


def test_the_queries_of_the_page_have_answers(copied_once: Crmsnap, tmp_path: Path):
    """As they stand there, in a folder where the demo was made."""
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "snapshots").symlink_to(copied_once.snapshots)
    crmsnap = Crmsnap(tmp_path, copied_once.account)
    page = ROOT / "docs" / "how-to" / "query-a-snapshot.md"
    asked = [words for fence in fences(page) for words in commands(fence) if words[1] == "query"]
    assert len(asked) > 4
    for words in asked:
        ended = crmsnap(*words[1:])
        assert ended.exit_code == 0, ended.stderr
        assert len(ended.stdout.splitlines()) > 1


def test_nothing_stays_behind(copied_once: Crmsnap, where: str, tmp_path: Path):
    """Neither after an answer nor after an error."""
    for sql, code in (("select 1 from owners", 0), ("select nothing from owners", 2)):
        assert copied_once("query", sql, where, TMPDIR=str(tmp_path)).exit_code == code
        assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_long_query_and_leaves_nothing(
    copied_once: Crmsnap, where: str, tmp_path: Path, sent: signal.Signals
):
    """DuckDB computes for hours if nobody tells it to stop."""
    sql = "select sum(a.range * b.range) from range(100000000000) a, range(1000) b, owners"
    with copied_once.start("query", sql, where, TMPDIR=str(tmp_path)) as process:
        wait_until(lambda: list(tmp_path.rglob("OWNERS/*.csv.gz")), process)
        process.send_signal(sent)
        try:
            said = process.communicate(timeout=PATIENCE_SECONDS)
        finally:
            process.kill()
    ended = Ended(process.returncode, *said)
    assert_refused(ended, "interrupted", 130, "ask again")
    assert not list(tmp_path.iterdir())


def test_wrong_sql_is_a_sentence(copied_once: Crmsnap, where: str):
    """In DuckDB's words, with a code for programs."""
    assert_refused(copied_once("query", "selec 1", where), "usage", 2, "syntax error")
    ended = copied_once("query", "select * from ownrs", where, "--json")
    assert_refused(ended, "usage", 2, "did you mean OWNERS?")
    assert json.loads(ended.stdout)["error"]["code"] == "usage"


def test_a_query_without_a_place(crmsnap: Crmsnap):
    """No connection is configured, and none is named."""
    assert_refused(crmsnap("query", "select 1"), "usage", 2, "which snapshot?")


def test_a_damaged_part_is_never_answered_from(crmsnap: Crmsnap):
    """One flipped bit: the file is named."""
    crmsnap.sync("--tables", "OWNERS")
    (part,) = (crmsnap.snapshots / DAY / "OWNERS").iterdir()
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 1
    part.write_bytes(bytes(data))
    ended = crmsnap("query", "select * from owners", str(crmsnap.snapshots))
    assert_refused(ended, "snapshot", 1, part.name, "crmsnap verify")
    assert ended.stdout == ""


def test_without_duckdb_the_way_to_it_is_said(copied_once: Crmsnap, where: str, tmp_path: Path):
    """It is an extra: most who copy never ask."""
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['duckdb'] = None\n")
    path = f"{tmp_path}:{SOURCE}"
    ended = copied_once("query", "select 1", where, PYTHONPATH=path)
    assert_refused(ended, "configuration", 4, "pip install 'crmsnap[query]'")
    assert copied_once("query", where, PYTHONPATH=path).exit_code == 0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A real S3 server."""
    with s3_server(tmp_path_factory.mktemp("s3") / "log") as running:
        yield running


def test_a_bucket_is_asked_like_a_folder(tmp_path: Path, account: SandboxAccount, server: S3Server):
    """By the connection's name, with the connection's own keys: DuckDB needs none."""
    crmsnap = Crmsnap(tmp_path, account)
    crmsnap.write_config(
        f'[connections.acme]\nto = "s3://{server.make_bucket()}/crm"\nbase_url = "{account.url}"\n'
        "allow_other_host = true\n"
        'tables = ["OWNERS", "TEAMS"]\n'
        f'[connections.acme.s3]\nendpoint_url = "{server.url}"\nallow_http = true\n'
    )
    keys = {"AWS_ACCESS_KEY_ID": ACCESS_KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY}
    assert crmsnap("sync", "acme", **keys).exit_code == 0
    sql = "select count(*) as n, count(distinct ownerid) as d from owners"
    owners = account.get("/_sandbox/truth")["owners"]
    for what in (("acme",), ()):  # the only connection there is
        assert crmsnap("query", sql, *what, "--json", **keys).json == [{"n": owners, "d": owners}]
    ended = crmsnap("ddl", "acme", "--for", "athena", "--tables", "TEAMS", **keys)
    assert f"'projection.day.range' = '{DAY},NOW'" in ended.stdout

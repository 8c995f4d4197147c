"""`--json`: what programs read, and that nothing else is on stdout."""

from tests.builders.command import Crmsnap
from tests.builders.sandbox_process import DAY

OWNERS = ("--tables", "OWNERS")


def test_sync_prints_events_and_ends_with_its_report(crmsnap: Crmsnap):
    """Steps come in the order of a run; a finished stream and table says how much it holds."""
    *events, report = crmsnap.sync(*OWNERS, "--json").json_lines
    steps = [event["step"] for event in events if event["event"] == "step-began"]
    assert steps == ["check", "discover", "extract", "reconcile", "publish"]
    owners = crmsnap.account.get("/_sandbox/truth")["owners"]
    ended = [event for event in events if event["event"] == "stream-ended"]
    assert [(event["stream"], event["rows"]) for event in ended] == [("owners", owners)]
    assert report["event"] == "report"
    assert report["outcome"] == "published"
    assert report["tables"] == {"OWNERS": owners}
    assert report["exit_code"] == 0
    assert report["destination"] == str(crmsnap.snapshots)


def test_a_failed_sync_ends_with_a_report_that_holds_the_error(crmsnap: Crmsnap):
    """A program reads the code; a person reads stderr."""
    ended = crmsnap.sync(*OWNERS, "--json", HUBSPOT_TOKEN="pat-unknown")
    report = ended.json_lines[-1]
    assert report["outcome"] == "failed"
    assert report["error"]["code"] == "hubspot-token"
    assert report["exit_code"] == ended.exit_code == 5


def test_an_error_before_any_run_is_json_too(crmsnap: Crmsnap):
    """The last line of stdout always says how it ended."""
    ended = crmsnap("sync", "nobody", "--json")
    assert ended.json_lines[-1]["error"]["code"] == "configuration"
    assert ended.exit_code == 4


def test_verify_tells_programs_whether_the_day_is_proven(crmsnap: Crmsnap):
    """The counts are those of the manifest."""
    crmsnap.sync(*OWNERS)
    report = crmsnap("verify", str(crmsnap.snapshots), "--json").json
    assert (report["day"], report["ok"], report["tables"]) == (DAY, True, 1)


def test_the_catalogue_is_json_for_programs(crmsnap: Crmsnap):
    """Every column is described."""
    tables = {table["name"]: table for table in crmsnap("tables", "--json").json}
    assert len(tables) == 20
    assert all(column["description"] for table in tables.values() for column in table["columns"])
    assert tables["OWNERS"]["key"] == ["OWNERID"]


def test_quiet_says_nothing_when_all_is_well(crmsnap: Crmsnap):
    """So cron sends no mail."""
    ended = crmsnap.sync(*OWNERS, "--quiet")
    assert (ended.exit_code, ended.stdout, ended.stderr) == (0, "", "")


def test_without_a_terminal_there_is_one_line_per_stream_and_table(crmsnap: Crmsnap):
    """A log stays readable: no bars, no control characters."""
    ended = crmsnap.sync(*OWNERS)
    lines = ended.stderr.splitlines()
    assert len([line for line in lines if line.startswith("read owners: ")]) == 1
    assert len([line for line in lines if line.startswith("wrote OWNERS: ")]) == 1
    assert "\x1b" not in ended.stderr

"""A stranger's first command: a whole account becomes a proven day of tables."""

import gzip

from crmsnap.model import Selection
from crmsnap.state.runs import RUNNING, RunRow, Runs
from tests.builders.command import Crmsnap
from tests.builders.sandbox_process import DAY
from tests.builders.snapshot import manifest, rows
from tests.builders.state_bodies import state_bodies


def test_a_token_and_a_destination_are_enough(copied_once: Crmsnap):
    """No configuration file, no question: the connection is called by its account."""
    found = manifest(copied_once.snapshots / DAY)["crmsnap"]
    assert found["connection"] == f"account-{found['account']}"
    assert {path.name for path in copied_once.home.iterdir()} == {
        found["connection"],
        "registry.sqlite",
    }


ENGAGEMENT_TYPES = ("0-18", "0-27", "0-46", "0-47", "0-48", "0-49", "0-116")


def test_every_live_record_of_every_readable_type_is_there(copied_once: Crmsnap):
    """The sandbox's own count is the truth; what cannot be read is a gap with its reason."""
    account = copied_once.account.get("/_sandbox/truth")
    truth = account["types"] | account["other_types"] | {"0-45": len(account["lists"])}
    truth["0-4"] = sum(truth[object_type] for object_type in ENGAGEMENT_TYPES)
    found = manifest(copied_once.snapshots / DAY)["crmsnap"]
    missing = {gap["stream"].removeprefix("objects/") for gap in found["gaps"]}
    copied: dict[str, int] = {}
    for row in rows(copied_once.snapshots / DAY, "OBJECTS"):
        copied[row["OBJECTTYPEID"]] = copied.get(row["OBJECTTYPEID"], 0) + 1
    assert copied == {type_: n for type_, n in truth.items() if n and type_ not in missing}


def test_verify_proves_the_day_without_hubspot_and_without_a_token(copied_once: Crmsnap):
    """The proof reads files only, so that it can be repeated by anybody at any time."""
    ended = copied_once("verify", str(copied_once.snapshots), HUBSPOT_TOKEN="")
    assert ended.exit_code == 0, ended.stdout
    assert ended.stdout.startswith(f"{DAY} is proven: ")


def test_no_sensitive_value_and_no_token_is_written_anywhere(copied_once: Crmsnap):
    """Each sensitive value of the sandbox contains a canary; files are searched, bodies unpacked.

    That the search would find one is shown by an ordinary value, which it finds in both places.
    """
    token = copied_once.account.token.encode()
    contact = next(
        row
        for row in rows(copied_once.snapshots / DAY, "OBJECT_PROPERTIES")
        if row["NAME"] == "email"
    )
    email = contact["VALUE"].encode()
    parts = [gzip.decompress(path.read_bytes()) for path in copied_once.snapshots.rglob("*.gz")]
    bodies = list(state_bodies(copied_once.home))
    files = [path.read_bytes() for path in copied_once.folder.rglob("*") if path.is_file()]
    assert any(email in text for text in parts)
    assert any(email in body for body in bodies)
    for text in (*parts, *bodies, *files):
        assert b"SENSITIVE-CANARY-" not in text
        assert token not in text


def test_the_run_is_remembered_with_its_report(copied_once: Crmsnap):
    """`crmsnap runs` answers from the state, without HubSpot."""
    (run,) = copied_once("runs", "--json").json
    assert run["status"] == "published"
    assert run["day"] == DAY
    shown = copied_once("runs", "show", run["id"][:16])
    assert shown.exit_code == 0
    assert run["id"] in shown.stdout


def test_a_report_that_cannot_be_read_hides_no_run(crmsnap: Crmsnap):
    """The reports of earlier versions may be spoilt; what else is known of their runs is shown."""
    run = RunRow("run-1", DAY, f"{DAY} 05:00:00.000", Selection(), "s3://lake/acme", RUNNING)
    with Runs(crmsnap.home / "acme") as runs:
        runs.begin(run)
        runs.end(run.id, "published", f"{DAY} 06:00:00.000", '{"rows": 5, "warnings": ["***}')
    assert "published" in crmsnap("runs").stdout
    (known,) = crmsnap("runs", "--json").json
    assert (known["status"], known["report"]) == ("published", None)
    shown = crmsnap("runs", "show", "run-1")
    assert (shown.exit_code, "cannot be read" in shown.stderr) == (0, True)


def test_the_newest_run_is_shown_where_none_is_named(crmsnap: Crmsnap):
    """Of the only connection; where there are several, it is asked which, with the newest run of each."""

    def remember(connection: str, id_: str, hour: int) -> None:
        began = f"{DAY} {hour:02}:00:00.000"
        with Runs(crmsnap.home / connection) as runs:
            runs.begin(RunRow(id_, DAY, began, Selection(), f"s3://lake/{connection}", RUNNING))
            runs.end(id_, "published", f"{DAY} 09:00:00.000", '{"rows": 5}')

    nothing = crmsnap("runs", "show")
    assert (nothing.exit_code, "no runs yet" in nothing.stderr) == (2, True)
    remember("acme", "run-1", 5)
    remember("acme", "run-2", 6)
    assert crmsnap("runs", "show", "--json").json["id"] == "run-2"
    remember("bolt", "run-3", 4)
    several = crmsnap("runs", "show")
    assert several.exit_code == 2
    assert "acme: run-2, bolt: run-3" in several.stderr
    assert crmsnap("runs", "show", "bolt", "--json").json["id"] == "run-3"

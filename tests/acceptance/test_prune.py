"""`crmsnap prune` and retention, as users see them: shown first, done when told, and only our own days."""

import fcntl
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crmsnap.registry.leases import take_lease
from crmsnap.registry.opening import open_registry
from tests.builders.command import Crmsnap, assert_refused
from tests.builders.sandbox_process import SandboxAccount, sandbox
from tests.builders.snapshot import files

OWNERS = ("--tables", "OWNERS")
DAYS = ("2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23")


@pytest.fixture(scope="module")
def moving() -> Iterator[SandboxAccount]:
    """An account whose clock the tests here move."""
    with sandbox("--frozen") as own:
        yield own


@pytest.fixture(scope="module")
def four_days(tmp_path_factory: pytest.TempPathFactory, moving: SandboxAccount) -> Path:
    """A home and snapshots of four days, to be copied by each test."""
    crmsnap = Crmsnap(tmp_path_factory.mktemp("four"), moving)
    for day in DAYS:
        ended = crmsnap.sync(*OWNERS)
        assert ended.exit_code == 0, ended.stderr
        assert (crmsnap.snapshots / day / "_MANIFEST.json").exists()
        moving.post("/_sandbox/advance", {"days": 1})
    return crmsnap.folder


@pytest.fixture
def crmsnap(tmp_path: Path, four_days: Path, moving: SandboxAccount) -> Crmsnap:
    """The command beside its own copy of the four days, in the name of connection `acme`."""
    copy = Crmsnap(tmp_path / "copy", moving)
    shutil.copytree(four_days / "home", copy.home)  # knows the account's clock, which is not ours
    shutil.copytree(four_days / "snapshots", copy.snapshots)
    copy.write_config(
        f'[connections.own]\nto = "{copy.snapshots}"\nbase_url = "{moving.url}"\nallow_other_host = true\n'
    )
    return copy


def account_of(crmsnap: Crmsnap) -> str:
    """The connection's name in the manifests: it was synced without a configuration."""
    manifest = json.loads((crmsnap.snapshots / DAYS[3] / "_MANIFEST.json").read_text())
    return str(manifest["crmsnap"]["connection"])


def configure(crmsnap: Crmsnap, more: str = "") -> str:
    """A configuration for that connection; its name."""
    name = account_of(crmsnap)
    crmsnap.write_config(
        f'[connections.{name}]\nto = "{crmsnap.snapshots}"\nbase_url = "{crmsnap.account.url}"\nallow_other_host = true\n'
        f'tables = ["OWNERS"]\n{more}'
    )
    return name


def there(crmsnap: Crmsnap) -> list[str]:
    return sorted(path.name for path in crmsnap.snapshots.iterdir())


def test_it_shows_what_would_go_and_why_and_does_nothing(crmsnap: Crmsnap):
    """Nobody learns by loss what an option means."""
    name = configure(crmsnap)
    before = files(crmsnap.folder)
    ended = crmsnap("prune", name, "--keep-days", "2")
    assert ended.exit_code == 0, ended.stderr
    assert ended.stdout.splitlines()[0].split()[:2] == ["goes", DAYS[0]]
    assert "older than the last 2 days" in ended.stdout
    assert "the newest complete day" in ended.stdout
    assert "would remove 2 days, 2 parts" in ended.stdout
    assert "give --yes" in ended.stdout
    assert files(crmsnap.folder) == before


def test_with_yes_it_does_it_and_verify_still_proves_what_stays(crmsnap: Crmsnap):
    """A file of somebody else in a day's folder stays behind."""
    name = configure(crmsnap)
    (crmsnap.snapshots / DAYS[0] / "notes.txt").write_text("mine")
    ended = crmsnap("prune", name, "--keep-days", "2", "--yes", "--json")
    assert ended.exit_code == 0, ended.stderr
    assert [(day["day"], day["verdict"]) for day in ended.json["days"]] == [
        (DAYS[0], "removed"),
        (DAYS[1], "removed"),
        (DAYS[2], "stays"),
        (DAYS[3], "stays"),
    ]
    assert there(crmsnap) == [DAYS[0], DAYS[2], DAYS[3]]
    assert list(files(crmsnap.snapshots / DAYS[0])) == ["notes.txt"]
    assert crmsnap("verify", name, "--all").exit_code == 0


def test_the_settings_say_how_much_is_kept(crmsnap: Crmsnap):
    """An option wins over them."""
    name = configure(crmsnap, "keep_days = 1\nkeep_monthly = 1\n")
    days = crmsnap("prune", name, "--json").json["days"]
    assert [day["verdict"] for day in days] == ["stays", "goes", "goes", "stays"]
    assert days[0]["reason"] == "the first complete day of 2026-11"
    days = crmsnap("prune", name, "--keep-monthly", "0", "--keep-last", "2", "--json").json["days"]
    assert [day["verdict"] for day in days] == ["goes", "goes", "stays", "stays"]


def test_a_day_in_the_future_is_left_and_takes_no_other_with_it(crmsnap: Crmsnap):
    """A clock that was wrong once must not make every real day an old one."""
    name = configure(crmsnap)
    shutil.copytree(crmsnap.snapshots / DAYS[0], crmsnap.snapshots / "2099-01-01")
    days = crmsnap("prune", name, "--keep-days", "4", "--json").json["days"]
    assert [day["verdict"] for day in days] == ["stays"] * 4 + ["left"]
    assert "later than" in days[4]["reason"]


def test_without_a_number_it_asks_for_one(crmsnap: Crmsnap):
    """No default decides what somebody loses."""
    name = configure(crmsnap)
    assert_refused(crmsnap("prune", name), "usage", 2, "how many days", "--keep-days 30")


def test_one_day_is_purged_by_its_name(crmsnap: Crmsnap):
    """A person's right to be forgotten may concern a day in the middle."""
    name = configure(crmsnap)
    assert crmsnap("prune", name, "--day", DAYS[1], "--yes").exit_code == 0
    assert there(crmsnap) == [DAYS[0], *DAYS[2:]]


def test_a_day_that_never_was_is_named_so(crmsnap: Crmsnap):
    """Nobody should search for files of it to remove by hand."""
    name = configure(crmsnap)
    for options in ((), ("--yes",)):
        ended = crmsnap("prune", name, "--day", "2020-01-01", *options)
        assert_refused(
            ended, "snapshot", 1, "there is no such day", f"crmsnap prune {name} --keep-days 1"
        )
        assert "by hand" not in ended.stderr


def test_the_newest_day_goes_only_if_that_is_said(crmsnap: Crmsnap):
    """It is what readers read."""
    name = configure(crmsnap)
    ended = crmsnap("prune", name, "--day", DAYS[3], "--yes")
    assert_refused(ended, "snapshot", 1, "the newest complete day", "--even-newest")
    assert there(crmsnap) == list(DAYS)
    assert crmsnap("prune", name, "--day", DAYS[3], "--even-newest", "--yes").exit_code == 0
    assert there(crmsnap) == list(DAYS[:3])


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--day", "2026-02-30"), "is no day"),
        (("--day", DAYS[0], "--keep-days", "3"), "--day excludes"),
        (("--keep-days", "3", "--even-newest"), "needs --day"),
        (("--keep-days", "3", "--versions"), "is for buckets of S3"),
    ],
)
def test_options_that_contradict_each_other_are_refused(
    crmsnap: Crmsnap, options: tuple[str, ...], word: str
):
    """Guessing which one is meant could remove the wrong day."""
    assert_refused(crmsnap("prune", configure(crmsnap), *options, "--yes"), "usage", 2, word)


def test_another_connection_at_the_same_place_removes_nothing(crmsnap: Crmsnap):
    """The place was mistyped, say."""
    before = files(crmsnap.snapshots)
    ended = crmsnap("prune", "own", "--keep-days", "1", "--yes", "--json")
    assert {day["verdict"] for day in ended.json["days"]} == {"left"}
    assert files(crmsnap.snapshots) == before


def test_a_day_without_whole_parts_is_left_and_named(crmsnap: Crmsnap):
    """Even when it is asked for by name: then it is an error, not a wish."""
    name = configure(crmsnap)
    next((crmsnap.snapshots / DAYS[0] / "OWNERS").iterdir()).unlink()
    ended = crmsnap("prune", name, "--keep-days", "1", "--json")
    assert ended.json["days"][0]["verdict"] == "left"
    assert "is missing" in ended.json["days"][0]["reason"]
    ended = crmsnap("prune", name, "--day", DAYS[0], "--yes", "--json")
    assert ended.exit_code == 1
    assert ended.json["error"]["code"] == "snapshot"
    assert DAYS[0] in there(crmsnap)


def test_a_connection_without_configuration_is_known_by_its_state(
    tmp_path: Path, four_days: Path, moving: SandboxAccount
):
    """`sync --to` calls it account-<id>, and so does prune; where it wrote last is known, too."""
    crmsnap = Crmsnap(tmp_path, moving)
    shutil.copytree(four_days / "home", crmsnap.home)
    shutil.copytree(four_days / "snapshots", crmsnap.snapshots)
    name = account_of(crmsnap)
    ended = crmsnap(
        "prune", name, "--to", str(crmsnap.snapshots), "--keep-days", "1", "--yes", "--json"
    )
    assert ended.exit_code == 0, ended.stderr
    assert there(crmsnap) == [DAYS[3]]
    ended = crmsnap("prune", name, "--keep-days", "1", "--json")
    assert [day["day"] for day in ended.json["days"]] == list(DAYS)
    assert_refused(crmsnap("prune", "nobody", "--keep-days", "1"), "configuration", 4, "nobody")


@contextmanager
def a_run_at_work(crmsnap: Crmsnap, name: str) -> Iterator[None]:
    (crmsnap.home / name).mkdir(parents=True, exist_ok=True)
    with (crmsnap.home / name / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def test_beside_a_run_it_waits_for_another_time(crmsnap: Crmsnap):
    """75: a scheduler may try again; only to look is possible meanwhile."""
    name = configure(crmsnap)
    with a_run_at_work(crmsnap, name):
        assert_refused(crmsnap("prune", name, "--keep-days", "1", "--yes"), "busy", 75)
        assert crmsnap("prune", name, "--keep-days", "1").exit_code == 0
    assert there(crmsnap) == list(DAYS)


def test_a_connection_without_configuration_is_kept_from_other_machines_too(crmsnap: Crmsnap):
    """A run of another machine has its lease in the registry that both share."""
    name = account_of(crmsnap)
    url = f"sqlite:///{crmsnap.folder / 'shared.sqlite'}"
    with open_registry(url) as registry:
        take_lease(registry, name, "another machine", seconds=600, dead=None)
    crmsnap.write_config("")
    command = ("prune", name, "--to", str(crmsnap.snapshots), "--keep-days", "1", "--yes")
    assert_refused(crmsnap(*command, CRMSNAP_REGISTRY=url), "busy", 75)
    assert there(crmsnap) == list(DAYS)


def test_each_sync_removes_days_that_are_no_longer_kept(
    tmp_path: Path, four_days: Path, moving: SandboxAccount
):
    """The report names them, for people and for programs."""
    crmsnap = Crmsnap(tmp_path, moving)
    shutil.copytree(four_days / "snapshots", crmsnap.snapshots)
    configure(crmsnap, "keep_days = 3\n")
    report = crmsnap("sync", "--json").json_lines[-1]
    assert (report["exit_code"], report["day"]) == (0, "2026-11-24")
    assert report["removed_days"] == [DAYS[0], DAYS[1]]
    assert there(crmsnap) == [*DAYS[2:], "2026-11-24"]
    configure(crmsnap, "keep_days = 2\n")
    ended = crmsnap("sync")
    assert "is published already" in ended.stdout
    assert f"removed 1 day no longer kept: {DAYS[2]}" in ended.stdout


def test_a_retention_that_fails_leaves_the_snapshot_and_the_exit_code(
    tmp_path: Path, four_days: Path, moving: SandboxAccount
):
    """The day is published and proven; that an old one is still there hurts nobody today."""
    crmsnap = Crmsnap(tmp_path, moving)
    shutil.copytree(four_days / "snapshots", crmsnap.snapshots)
    old = crmsnap.snapshots / DAYS[0]
    hidden = tmp_path / "elsewhere"
    (old / "_MANIFEST.json").rename(hidden)
    (old / "_MANIFEST.json").mkdir()  # a manifest that cannot be read
    configure(crmsnap, "keep_days = 3\n")
    ended = crmsnap("sync", "--json")
    report = ended.json_lines[-1]
    assert (ended.exit_code, report["outcome"], report["day"]) == (0, "published", "2026-11-24")
    assert any("old days could not be removed" in warning for warning in report["warnings"])
    assert "warning: old days could not be removed" in ended.stderr


def test_verify_shows_what_lies_in_days_that_are_no_snapshots(crmsnap: Crmsnap):
    """Files of a run that broke off cost money, and no manifest tells of them."""
    configure(crmsnap)
    (crmsnap.snapshots / DAYS[1] / "_MANIFEST.json").unlink()
    (crmsnap.snapshots / "not-a-day").mkdir()
    ended = crmsnap("verify", str(crmsnap.snapshots), "--all")
    assert ended.exit_code == 0
    assert f"{DAYS[1]} is no snapshot: it has no manifest" in ended.stdout
    assert f"stray file: {DAYS[1]}/OWNERS/part-" in ended.stdout
    reports = crmsnap("verify", str(crmsnap.snapshots), "--all", "--json").json
    assert [(one["day"], one["complete"], len(one["strays"])) for one in reports] == [
        (DAYS[0], True, 0),
        (DAYS[1], False, 1),
        (DAYS[2], True, 0),
        (DAYS[3], True, 0),
    ]

"""An agency's morning: all accounts with one command, and one bad one does not stop the others."""

from tests.builders.command import Crmsnap
from tests.builders.sandbox_process import DAY


def write_three(crmsnap: Crmsnap) -> None:
    """Two accounts that are well, and between them one whose token is wrong."""
    one = '[connections.{name}]\nto = "./{name}"\nbase_url = "{url}"\nallow_other_host = true\ntables = ["OWNERS"]\n{more}\n'
    crmsnap.write_config(
        "".join(
            one.format(name=name, url=crmsnap.account.url, more=more)
            for name, more in (("first", ""), ("bad", 'token_env = "BAD"'), ("last", ""))
        )
    )


def test_all_are_tried_and_the_worst_exit_code_is_given(crmsnap: Crmsnap):
    """5, because somebody has to look at a token; the messages name the connection."""
    write_three(crmsnap)
    ended = crmsnap("sync", "--all", BAD="pat-wrong")
    assert ended.exit_code == 5
    assert "error[hubspot-token]: bad: " in ended.stderr
    published = {path.name for path in crmsnap.folder.iterdir() if (path / DAY).is_dir()}
    assert published == {"first", "last"}


def test_every_connection_has_its_own_report(crmsnap: Crmsnap):
    """A program learns of each how it ended."""
    write_three(crmsnap)
    lines = crmsnap("sync", "first", "bad", "--json", BAD="pat-wrong").json_lines
    reports = [line for line in lines if line["event"] == "report"]
    assert [(one["connection"], one["outcome"]) for one in reports] == [
        ("first", "published"),
        ("bad", "failed"),
    ]


def test_each_has_its_own_state_and_its_own_runs(crmsnap: Crmsnap):
    """`runs` shows all of them, or one."""
    write_three(crmsnap)
    crmsnap("sync", "first", "last")
    assert {run["connection"] for run in crmsnap("runs", "--json").json} == {"first", "last"}
    (run,) = crmsnap("runs", "last", "--json").json
    assert (run["connection"], run["status"]) == ("last", "published")


def test_one_destination_for_several_is_refused(crmsnap: Crmsnap):
    """Two accounts would meet in one day's folder."""
    write_three(crmsnap)
    ended = crmsnap("sync", "--all", "--to", "./together")
    assert (ended.exit_code, ended.code) == (2, "usage")

"""`crmsnap demo`: the whole path on an account of its own."""

from crmsnap.cli.demo import MARK
from tests.builders.command import Crmsnap, assert_refused


def test_the_demo_leaves_a_proven_snapshot_in_place_of_an_earlier_one(crmsnap: Crmsnap):
    """`make demo` twice is two demos; what it says to type next works."""
    earlier = crmsnap.folder / "demo" / "snapshots" / "2026-01-01"
    earlier.mkdir(parents=True)
    (crmsnap.folder / "demo" / MARK).touch()
    ended = crmsnap("demo", "--contacts", "200", "--to", "./demo")
    assert ended.exit_code == 0, ended.stdout + ended.stderr
    assert not earlier.exists()
    assert "OBJECT_PROPERTIES_HISTORY/" in ended.stdout
    assert "is proven" in ended.stdout
    assert "OWNERID" in ended.stdout
    following = ended.stdout.partition("next:\n")[2].splitlines()
    for command in following[:2]:
        words = command.split("  ")[1].split()
        assert words[0] == "crmsnap"
        assert crmsnap(*words[1:]).exit_code == 0


def test_the_demo_empties_no_folder_but_its_own(crmsnap: Crmsnap):
    """Somebody's files are worth more than a demo."""
    (crmsnap.folder / "thesis.txt").write_text("all my work")
    ended = crmsnap("demo", "--contacts", "200", "--to", ".")
    assert_refused(ended, "usage", 2, "not of a demo", "--to")
    assert (crmsnap.folder / "thesis.txt").exists()

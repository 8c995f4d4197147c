"""What an earlier prune had begun with is shown before it is finished."""

from pathlib import Path

from crmsnap.destinations.memory import memory
from crmsnap.publish.layout import manifest_key
from crmsnap.publish.prune import BEGUN, DayPruned, begun
from crmsnap.state.written import Written
from tests.unit.publish.made_up_days import (
    files,
    manifest_file,
    part_files,
    pruning,
    publish_day,
    put,
)

OLD, NEW = "2026-11-01", "2026-11-22"


def test_planning_shows_what_an_earlier_prune_had_begun(tmp_path: Path):
    """Its parts go with the next prune, whatever else is decided."""
    destination = memory()
    with Written(tmp_path, "memory://") as written:
        parts = part_files(OLD, b"one", b"two")
        written.begin_prune(OLD, manifest_file(OLD, parts))
        for key, data in parts.items():
            put(destination, key, data)
        back = publish_day(destination, NEW)
        written.begin_prune(NEW, back[manifest_key(NEW)])
        written.begin_prune("2026-11-02", b"{}")
        shown = tuple(begun(pruning(destination, written).days, written.unfinished_prunes()))
        assert shown[0] == DayPruned(OLD, "goes", BEGUN, 2, 6)
        assert [(day.day, day.verdict) for day in shown[1:]] == [("2026-11-02", "left")]
        assert files(destination) == parts | back
        assert len(written.unfinished_prunes()) == 3

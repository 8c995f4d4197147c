"""A run beside the run whose snapshot came before: rows and bytes of each table, calls, duration.

Both come from their reports, as the state and the registry keep them; a report of an older version lacks
some of it, and then nothing is said of that.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from crmsnap.cli.text import columns, duration, escaped, size

if TYPE_CHECKING:
    from crmsnap.registry.runs import RememberedRun

Report = Mapping[str, Any]

_TABLES_SHOWN = 10
"""Those that moved most; `--json` has them all."""


def run_before(
    run: "RememberedRun", report: Report, runs: "Sequence[RememberedRun]"
) -> "RememberedRun | None":
    """The run whose snapshot this one's was compared with; None: it is not known here."""
    since = (report.get("changes") or {}).get("since")
    published = (
        other
        for other in runs
        if other.connection == run.connection and other.status == "published"
    )
    return next((one for one in published if one.started_at == since and one.id != run.id), None)


def comparison(
    run: "RememberedRun", report: Report, before: "RememberedRun", earlier: Report
) -> dict[str, Any]:
    """What moved between two runs, for `--json`: each number before and now."""
    tables = _renamed(earlier.get("tables", {}), report)
    sizes = _renamed(earlier.get("table_bytes", {}), report)
    now, now_bytes = report.get("tables", {}), report.get("table_bytes", {})
    return {
        "run": before.id,
        "day": before.day,
        "rows": [earlier.get("rows"), report.get("rows")],
        "bytes": [earlier.get("bytes"), report.get("bytes")],
        "seconds": [_seconds(before), _seconds(run)],
        "calls": _pairs(earlier.get("calls"), report.get("calls")),
        "tables": {
            name: {
                "rows": [tables.get(name), now.get(name)],
                "bytes": [sizes.get(name), now_bytes.get(name)],
            }
            for name in sorted({*tables, *now})
        },
    }


def comparison_lines(compared: Mapping[str, Any]) -> Iterator[str]:
    """The same for people: the tables whose rows or bytes moved, with what they were."""
    yield f"since {compared['day']} (run {compared['run']}):"
    before, now = compared["seconds"]
    if before is not None and now is not None:
        yield f"  duration  {duration(before)} before, {duration(now)} now"
    moved = {
        name: of
        for name, of in compared["tables"].items()
        if of["rows"][0] != of["rows"][1] or of["bytes"][0] != of["bytes"][1]
    }
    most = sorted(moved, key=lambda name: _distance(moved[name]), reverse=True)[:_TABLES_SHOWN]
    if moved:
        heading = ("  TABLE", "ROWS BEFORE", "ROWS NOW", "BYTES BEFORE", "BYTES NOW")
        lines = [
            (f"  {escaped(name)}", *_moved(of["rows"], "{:,}".format), *_moved(of["bytes"], size))
            for name, of in ((name, moved[name]) for name in most)
        ]
        yield columns([heading, *lines], right=(1, 2, 3, 4))
    if more := len(moved) - len(most):
        yield f"  and {more:,} more {'table' if more == 1 else 'tables'} that moved less"
    same = len(compared["tables"]) - len(moved)
    if same:
        yield f"  {same:,} more {'table' if same == 1 else 'tables'} with as many rows and bytes"
    for family, (was, is_) in compared["calls"].items():
        yield f"  calls {family}: {was:,} before, {is_:,} now"


def _distance(table: Mapping[str, Sequence[int | None]]) -> tuple[int, int]:
    """By how many rows a table moved, then by how many bytes."""
    rows, sizes = (abs((now or 0) - (then or 0)) for then, now in (table["rows"], table["bytes"]))
    return rows, sizes


def _moved(pair: Sequence[int | None], shown: Any) -> tuple[str, str]:
    before, now = ("-" if one is None else shown(one) for one in pair)
    return before, now


def _renamed(tables: Mapping[str, int], report: Report) -> dict[str, int]:
    """Tables of the run before under the names that they have now."""
    changes = report.get("changes") or {}
    now = {
        one["before"]: one["name"]
        for one in changes.get("tables", ())
        if one["change"] == "renamed"
    }
    return {now.get(name, name): number for name, number in tables.items()}


def _pairs(before: object, now: object) -> dict[str, list[int]]:
    """Calls by family, where both reports have them."""
    if not isinstance(before, dict) or not isinstance(now, dict):
        return {}
    return {name: [before.get(name, 0), now.get(name, 0)] for name in sorted({*before, *now})}


def _seconds(run: "RememberedRun") -> float | None:
    if run.ended_at is None:
        return None
    ended, started = map(datetime.fromisoformat, (run.ended_at, run.started_at))
    return (ended - started).total_seconds()

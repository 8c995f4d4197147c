"""How a run ended: for people a few lines, for programs one."""

import json
from collections.abc import Mapping
from dataclasses import asdict

from crmsnap.cli.changed import change_lines
from crmsnap.cli.text import columns, count, duration, escaped, size
from crmsnap.errors import CrmsnapError, Interrupted
from crmsnap.hubspot.families import FAMILIES, SET_APART
from crmsnap.model import Gap
from crmsnap.publish.changes import Changes
from crmsnap.publish.manifest import TypeCount
from crmsnap.publish.tidy import Tidied
from crmsnap.report import Report

STREAMS_SHOWN = 20


def print_report(report: Report, url: str, calls: int, seconds: float) -> None:
    """Say what was published, what is missing and why, and how to prove it."""
    manifest, day = report.manifest, report.manifest.facts.day
    if report.outcome == "already published":
        print(
            f"{report.connection}: {day} is published already at {escaped(url)}; nothing was done"
        )
    else:
        again = ", going on with a run that had been stopped" if report.resumed else ""
        number = manifest.facts.revision
        revision = f", revision {number}" if number > 1 else ""
        print(f"{report.connection}: published {day}{revision} at {escaped(url)}{again}")
        print(
            f"  {count(len(manifest.tables), 'table')}, {count(manifest.rows, 'row')},"
            f" {size(manifest.bytes)}, in {duration(seconds)} with {count(calls, 'call')}"
        )
        _print_copied(report)
        print_calls(report.calls)
    checked = [check.name for check in report.checks if check.verdict != "skipped"]
    print(f"  checked: {', '.join(checked)}")
    for check in report.checks:
        if check.verdict == "warning":
            print(f"  warning: {check.name}: {escaped(check.answer)}")
    _print_tidied(report.tidied, manifest.facts.revision)
    _print_gaps(_unread(report), report.gaps, "missing-scope")
    _print_gaps(
        "not available to this account, in HubSpot's API or with this selection",
        report.gaps,
        "not-available",
    )
    _print_changes(manifest.facts.changes)
    if unmatched := manifest.facts.unmatched:
        print(f"  nothing fits these patterns: {escaped(', '.join(unmatched))}")
    if report.differences:
        print("  records counted by HubSpot, and copied:")
        rows = [
            (
                f"    {escaped(known.type)}",
                "not counted" if known.hubspot is None else f"{known.hubspot:,}",
                f"{known.ours:,}",
                f"  {counted(known)}",
            )
            for known in report.differences
        ]
        print(columns(rows, right=(1, 2)))


def _unread(report: Report) -> str:
    if report.outcome == "already published":
        return (
            "not in it, as it could not be read then (with `--replace` the day is published again)"
        )
    return "not copied, because the token may not read it"


def print_calls(calls: Mapping[str, int]) -> None:
    """Say what the calls to HubSpot were for: what follows from changes, and what is asked each day."""
    for title, is_apart in (("for what changed", False), ("set apart", True)):
        found = [
            f"{name} {calls[name]:,}"
            for name in FAMILIES
            if name in calls and (name in SET_APART) is is_apart
        ]
        if found:
            print(f"  calls {title}: {', '.join(found)}")


def print_json_report(report: Report, url: str) -> None:
    """The report as one line of JSON."""
    line = {"event": "report", **report.as_dict(), "destination": url}
    print(json.dumps(line), flush=True)


def print_json_failure(connection: str | None, error: CrmsnapError) -> None:
    """The report of a run that published nothing."""
    outcome = "interrupted" if isinstance(error, Interrupted) else "failed"
    line = {
        "event": "report",
        "connection": connection,
        "outcome": outcome,
        "exit_code": error.exit_code,
        "error": error.as_dict(),
    }
    print(json.dumps(line), flush=True)


def _print_copied(report: Report) -> None:
    """What of the snapshot did not change since an earlier one."""
    copied, built = report.copied, report.built
    if copied.parts:
        print(
            f"  {count(copied.parts, 'part')} did not change and {'was' if copied.parts == 1 else 'were'}"
            f" copied ({size(copied.bytes)}), {built.parts:,} made ({size(built.bytes)})"
        )


def counted(known: TypeCount) -> str:
    """What was made of a difference between two counts, and what was found behind it."""
    return f"{known.verdict}: {_found(known)}"


def _found(known: TypeCount) -> str:
    if known.verdict == "not comparable":
        return known.reason
    numbers = (
        ("came while it was read", known.came),
        ("went while it was read", known.went),
        ("were missing", known.missing),
        ("had vanished", known.vanished),
    )
    found = [f"{number:,} {what}" for what, number in numbers if number]
    if known.verdict == "repaired":
        found.insert(0, f"{known.ours - known.missing + known.vanished:,} at first")
    if known.verdict == "different":
        return ", ".join((*found, "nothing explains the rest" if found else "nothing explains it"))
    return ", ".join(found) or "HubSpot's own count moved meanwhile"


def _print_tidied(tidied: Tidied, revision: int) -> None:
    if tidied.swept:
        whose = "the revision before, or of " if revision > 1 else ""
        print(f"  swept {count(len(tidied.swept), 'file')} of {whose}runs that broke off")
    if tidied.removed:
        days = ", ".join(day.day for day in tidied.removed)
        print(f"  removed {count(len(tidied.removed), 'day')} no longer kept: {days}")


def _print_changes(changes: Changes | None) -> None:
    if not changes:
        return
    print(f"  changed since {changes.since_day}:")
    for line in change_lines(asdict(changes)):
        print(f"    {escaped(line)}")


def _print_gaps(title: str, gaps: tuple[Gap, ...], reason: str) -> None:
    """Gaps with the same explanation share a line: an account lacks some things for one reason."""
    by_detail: dict[str, list[str]] = {}
    for gap in gaps:
        if gap.reason == reason:
            by_detail.setdefault(gap.detail, []).append(gap.stream)
    if not by_detail:
        return
    print(f"  {title}:")
    for detail, streams in by_detail.items():
        named = ", ".join(streams[:STREAMS_SHOWN])
        more = len(streams) - STREAMS_SHOWN
        print(f"    {escaped(named)}{f' and {more} more' if more > 0 else ''}: {escaped(detail)}")

"""What an account would deliver, asked and printed: for people as columns, for programs as JSON."""

import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from crmsnap.cli.chosen import check_tables
from crmsnap.cli.text import columns, count, escaped

if TYPE_CHECKING:
    from crmsnap.bootstrap import Known
    from crmsnap.extract.needed_scopes import NeededScope
    from crmsnap.extract.outlook import Outlook, TableOutlook
    from crmsnap.extract.type_outlook import TypeOutlook
    from crmsnap.model import Gap

STREAMS_SHOWN = 6


@contextmanager
def asked(known: "Known", tables: tuple[str, ...] | None = None) -> "Iterator[Outlook]":
    """What a run of this connection would do; `tables` instead of those that are chosen.

    What the account said is kept for as long as the block lasts.
    """
    from crmsnap import bootstrap
    from crmsnap.extract.outlook import outlook

    settings = known.settings
    check_tables(settings)
    selection = bootstrap.selection_of(settings)
    if tables is not None:
        selection = replace(selection, tables=tables, exclude_tables=())
    with (
        tempfile.TemporaryDirectory(prefix="crmsnap-tables-") as folder,
        bootstrap.stoppable("the command", "run it again: nothing was changed") as clock,
        bootstrap.open_client(known, clock) as client,
    ):
        yield outlook(selection, client, Path(folder), settings.workers)


def print_tables(
    tables: "Sequence[TableOutlook]", unmatched: Sequence[str], *, as_json: bool
) -> None:
    """One line per table; below, what is missing, why, and which scope closes it."""
    if as_json:
        listed = [asdict(table) for table in tables]
        print(json.dumps({"tables": listed, "unmatched": unmatched}, indent=2))
        return
    rows = [("TABLE", "ONE ROW PER", "STATE")]
    rows += [(table.name, escaped(table.about), _in_words(table)) for table in tables]
    print(columns(rows))
    print("\nA table of events, or of a pair of types, comes with its first row.")
    gaps = dict.fromkeys(gap for table in tables for gap in table.gaps)
    if gaps:
        print("\nwhat is missing:")
        for line in _explained(gaps):
            print(f"  {line}")
    if unmatched:
        print(f"\nnothing fits these patterns: {escaped(', '.join(unmatched))}")


def print_types(types: "Sequence[TypeOutlook]", *, as_json: bool) -> None:
    """One line per type; below, what is to be known of some."""
    if as_json:
        print(json.dumps([asdict(one) for one in types], indent=2))
        return
    rows = [("TYPE", "NAME", "TABLE", "NEEDS ONE OF", "STATE", "SOURCE")]
    for one in types:
        scopes = ", ".join(one.scopes)
        rows.append(
            (one.id, escaped(one.name), one.table or "-", scopes or "-", one.state, one.source)
        )
    print(columns(rows))
    details: dict[str, list[str]] = {}
    for one in types:
        if one.detail:
            details.setdefault(one.detail, []).append(one.id)
    if details:
        print()
    for detail, ids in details.items():
        print(f"{', '.join(ids)}: {escaped(detail)}")


def print_scopes(scopes: "Sequence[NeededScope]", *, as_json: bool) -> None:
    """One line per scope, with what it opens."""
    if as_json:
        print(json.dumps([asdict(scope) for scope in scopes], indent=2))
        return
    rows = [("SCOPE", "OPENS", "")]
    for scope in scopes:
        opens = ", ".join(scope.reads[:STREAMS_SHOWN])
        more = len(scope.reads) - STREAMS_SHOWN
        rows.append(
            (
                scope.name,
                escaped(opens) + (f" and {more} more" if more > 0 else ""),
                "the token lacks it" if scope.missing else "",
            )
        )
    print(columns(rows))


def _in_words(table: "TableOutlook") -> str:
    if table.state == "gap":
        return f"gap: {table.gaps[0].reason}"
    return f"partly: {count(len(table.gaps), 'gap')}" if table.gaps else "read"


def _explained(gaps: "Iterable[Gap]") -> list[str]:
    """Gaps with the same explanation share a line."""
    by_detail: dict[str, list[str]] = {}
    for gap in gaps:
        by_detail.setdefault(f"{gap.reason}: {gap.detail}", []).append(gap.stream)
    return [f"{', '.join(streams)}: {escaped(detail)}" for detail, streams in by_detail.items()]

"""What changed since the snapshot before, in a few lines: from a report, which may be of an older version."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

NAMES_SHOWN = 8
"""So many names are shown of one kind of change; the manifest has them all."""

_NOUNS = {
    "types": "type",
    "properties": "property",
    "tables": "table",
    "columns": "column",
    "settings": "setting",
}


def change_lines(changes: Mapping[str, Any]) -> Iterator[str]:
    """A line for each kind of change: `property retyped: 0-1.zip (string -> number)`."""
    for key, noun in _NOUNS.items():
        found: Sequence[Mapping[str, Any]] = changes.get(key) or ()
        ordered = sorted(found, key=_kind)
        for kind, group in groupby(ordered, _kind):
            names = [_name(key, one) for one in group]
            more = len(names) - NAMES_SHOWN
            shown = ", ".join(names[:NAMES_SHOWN])
            yield f"{noun} {kind}: {shown}{f' and {more:,} more' if more > 0 else ''}"


def _kind(change: Mapping[str, Any]) -> str:
    return str(change["change"])


def _name(key: str, change: Mapping[str, Any]) -> str:
    owned = key in ("properties", "columns")
    name = f"{change['of']}.{change['name']}" if owned else str(change["name"])
    if key == "types":
        name = f"{change['name']} ({change['of']})"
    before, after = change.get("before"), change.get("after")
    if change["change"] in ("added", "removed", "archived", "restored"):
        return name
    return f"{name} ({_said(before)} -> {_said(after)})"


def _said(value: object) -> str:
    return "nothing" if value is None else str(value)

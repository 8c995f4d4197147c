"""The lines of a JSON object of texts, made by replacing its signs.

In compact JSON without a backslash every `"` begins or ends a name or a value. Then `":"` stands only
between a name and its value, and once those are gone, `","` only between two members: three passes of
`str.replace` make CSV of it, where taking the object apart costs ten times as much. Texts with quotes or
line breaks have backslashes; objects with such a text, or with a name or value that is a lone colon,
are taken apart.
"""

from typing import NamedTuple

from crmsnap.tables.table import Group, Members

JSON_MAX = 100_000
"""Bytes of an object that is written at once; a longer one is taken apart, and so cut into batches."""

_BETWEEN = "\0"
"""Between a name and its value; JSON has this sign only behind a backslash."""


class MemberLines(NamedTuple):
    """An object as lines."""

    text: str
    rows: int
    ends: Group
    """Its first and its last row, without their values: where it stands in the order."""


def member_lines(members: Members, before: str, after: str) -> MemberLines | None:
    """The lines of an object; None if it has to be taken apart, or has no members.

    `before` and `after` are the formatted columns around name and value, commas included.
    """
    json = members.json
    if b"\\" in json or b'":":"' in json or not 2 < len(json) <= JSON_MAX:
        return None
    inner = json[1:-1].decode().replace('":"', _BETWEEN)
    rows = inner.count(_BETWEEN)
    last_name = inner.rfind(_BETWEEN)
    first = inner[1 : inner.find(_BETWEEN)]
    last = inner[inner.rfind('"', 0, last_name) + 1 : last_name]
    text = inner.replace('","', f'"{after}\n{before}"').replace(_BETWEEN, '","')
    names = (first,) if rows == 1 else (first, last)
    ends = Group(members.before, [(name, "") for name in names], members.after)
    return MemberLines(f"{before}{text}{after}\n", rows, ends)

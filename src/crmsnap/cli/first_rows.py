"""The first rows of a published table, as they lie in its file."""

import csv
import gzip
import io
from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING

from crmsnap.cli.text import escaped

if TYPE_CHECKING:
    from crmsnap.destinations.interface import Destination
    from crmsnap.publish.manifest import PublishedTable

CELL_MAX = 24
FIELD_MAX = 1 << 30
"""Python's own limit of 128 KiB is less than a long conversation has."""


def first_rows(
    destination: "Destination", table: "PublishedTable", rows: int
) -> list[Sequence[str]]:
    """The header and the first rows of a table, cut and escaped for a terminal."""
    csv.field_size_limit(FIELD_MAX)
    text = gzip.decompress(destination.get(table.parts[0].key)).decode()
    return [
        [_cut(escaped(cell)) for cell in row]
        for row in islice(csv.reader(io.StringIO(text)), rows + 1)
    ]


def _cut(text: str) -> str:
    return text if len(text) <= CELL_MAX else text[: CELL_MAX - 1] + "…"

"""Reading a published day the way an analyst would: Python's own gzip and csv."""

import csv
import gzip
import json
from pathlib import Path
from typing import Any

DIFFERS_BY_RUN = ("run", "sha256")
"""What two manifests of the same state may differ in: the id of the run, and so their own hash."""


def rows(day: Path, table: str) -> list[dict[str, str]]:
    """The rows of a table, all parts."""
    found: list[dict[str, str]] = []
    for part in sorted((day / table).glob("*.csv.gz")):
        with gzip.open(part, "rt", encoding="utf-8", newline="") as text:
            found += csv.DictReader(text)
    return found


def files(snapshots: Path) -> dict[str, bytes]:
    """Every file of a folder by its path."""
    paths = sorted(path for path in snapshots.rglob("*") if path.is_file())
    return {path.relative_to(snapshots).as_posix(): path.read_bytes() for path in paths}


def comparable(found: dict[str, bytes]) -> dict[str, bytes]:
    """The files of two runs over one state, without the little in which they may differ."""
    return {
        name: _without_run(data) if name.endswith("_MANIFEST.json") else data
        for name, data in found.items()
    }


def manifest(day: Path) -> dict[str, Any]:
    """The manifest of a day."""
    found: dict[str, Any] = json.loads((day / "_MANIFEST.json").read_text())
    return found


def _without_run(data: bytes) -> bytes:
    document = json.loads(data)
    for key in DIFFERS_BY_RUN:
        document["crmsnap"].pop(key, None)
    return json.dumps(document, sort_keys=True).encode()

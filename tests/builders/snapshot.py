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
    """Every file by its path, manifests without what differs from run to run."""
    found = {}
    for path in sorted(snapshots.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            name = path.relative_to(snapshots).as_posix()
            found[name] = _without_run(data) if path.name == "_MANIFEST.json" else data
    return found


def manifest(day: Path) -> dict[str, Any]:
    """The manifest of a day."""
    found: dict[str, Any] = json.loads((day / "_MANIFEST.json").read_text())
    return found


def _without_run(data: bytes) -> bytes:
    document = json.loads(data)
    for key in DIFFERS_BY_RUN:
        document["crmsnap"].pop(key, None)
    return json.dumps(document, sort_keys=True).encode()

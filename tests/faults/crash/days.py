"""What lies at a destination after a kill: each day is absent or complete, by the test's own reckoning."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MANIFEST = "_MANIFEST.json"


def torn(snapshots: Path) -> list[str]:
    """What is wrong with the days that have a manifest, one sentence each; nothing of days without one."""
    return [
        wrong
        for manifest in sorted(snapshots.glob(f"*/{MANIFEST}"))
        for wrong in _wrong(snapshots, manifest)
    ]


def strays(snapshots: Path) -> list[str]:
    """Files that no manifest lists, unfinished ones included, but for the manifests themselves."""
    listed = {
        key
        for manifest in snapshots.glob(f"*/{MANIFEST}")
        for key, _, _ in _parts(json.loads(manifest.read_bytes()), manifest.parent.name)
    }
    there = {path.relative_to(snapshots).as_posix() for path in _files(snapshots)}
    return sorted(key for key in there - listed if not key.endswith(f"/{MANIFEST}"))


def _wrong(snapshots: Path, manifest: Path) -> Iterator[str]:
    for key, size, sha256 in _parts(json.loads(manifest.read_bytes()), manifest.parent.name):
        part = snapshots / key
        if not part.is_file():
            yield f"{key} is missing"
        elif (part.stat().st_size, _sha256(part)) != (size, sha256):
            yield f"{key} is not what the manifest says"


def _parts(document: Any, day: str) -> Iterator[tuple[str, int, str]]:
    for table in document["resources"]:
        for part in table["crmsnap"]["parts"]:
            yield f"{day}/{part['path']}", part["bytes"], part["sha256"]


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()

"""Changing a published day together with all its checksums: as if the writer had been wrong."""

import gzip
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from crmsnap.destinations.folder import Folder
from crmsnap.publish.layout import manifest_key
from crmsnap.publish.manifest import Manifest, PublishedTable
from crmsnap.publish.manifest_json import to_bytes
from crmsnap.publish.published import read_manifest
from tests.unit.publish.made_up_tables import DAY


def rewrite(root: Path, name: str, old: str, new: str) -> None:
    """Replace the one place of a table's only part where a text stands."""

    def change(table: PublishedTable) -> PublishedTable:
        (part,) = table.parts
        text = gzip.decompress((root / part.key).read_bytes()).decode()
        assert text.count(old) == 1, text
        data = gzip.compress(text.replace(old, new).encode())
        (root / part.key).write_bytes(data)
        forged = replace(part, bytes=len(data), sha256=sha256(data).hexdigest())
        return replace(table, parts=(forged,))

    def changed(manifest: Manifest) -> Manifest:
        tables = tuple(change(one) if one.name == name else one for one in manifest.tables)
        return replace(manifest, tables=tables)

    reseal(root, changed)


def reseal(root: Path, change: Callable[[Manifest], Manifest]) -> None:
    """Write another manifest, as proven by its own checksum as the first."""
    manifest = read_manifest(Folder(root), DAY)
    assert manifest is not None
    (root / manifest_key(DAY)).write_bytes(to_bytes(change(manifest)))

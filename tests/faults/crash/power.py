"""A power cut on top of a kill: of what was never synced, the disk keeps any part.

SQLite syncs a write-ahead log when it moves it into the file (synchronous = NORMAL, sqlite.org/wal.html), so
every frame of a log that is left may be lost, alone or with all behind it. Files and folders that the run
made have no synced name until then. At a destination, files have their names only after they were synced;
what has none yet is written beside its place, and may be cut or gone.
"""

import random
from pathlib import Path

FRAME_BYTES = 4096 + 24


class PowerCut:
    """One fate of what was not synced, by a seed."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self.lost = 0
        """How many files have lost something."""

    def __call__(self, before: Path, folder: Path) -> None:
        """Let the power go: `before` is the folder as it was when the run began."""
        for file in sorted((folder / "home").rglob("*.sqlite")):
            log = file.with_name(f"{file.name}-wal")
            is_new = not (before / file.relative_to(folder)).exists()
            if log.exists() and is_new and self._chance.random() < 0.2:
                self._remove(file)
            elif log.exists():
                self._damage(log)
            file.with_name(f"{file.name}-shm").unlink(missing_ok=True)
        for unfinished in sorted((folder / "snapshots").rglob("*#*")):
            if unfinished.stat().st_nlink == 1:  # one that has its name besides was synced before
                self._damage(unfinished)

    def _remove(self, file: Path) -> None:
        self.lost += 1
        for suffix in ("", "-wal", "-journal"):
            file.with_name(file.name + suffix).unlink(missing_ok=True)

    def _damage(self, file: Path) -> None:
        """Cut it, or lose some frames in its middle: they read as zeros."""
        data = bytearray(file.read_bytes())
        if not data:
            return
        self.lost += 1
        if self._chance.random() < 0.5:
            del data[self._chance.randrange(len(data)) :]
        for at in range(32, len(data), FRAME_BYTES):
            if self._chance.random() < 0.1:
                data[at : at + FRAME_BYTES] = bytes(len(data[at : at + FRAME_BYTES]))
        file.write_bytes(data)

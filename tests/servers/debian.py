"""Programs of Debian that slow tests need; installed once, as root, by the tests that ask for them."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

SECONDS = 600
_EXTRA_FOLDERS = ("/usr/lib/postgresql/15/bin",)


def programs(names: Sequence[str], packages: Sequence[str]) -> dict[str, Path]:
    """Where each of these programs is; their packages are installed if one is missing."""
    found = _found(names)
    if len(found) < len(names):
        if os.geteuid() != 0:
            missing = ", ".join(sorted(set(names) - set(found)))
            raise RuntimeError(
                f"{missing} missing: run once as root, or apt-get install {' '.join(packages)}"
            )
        _apt("update", "-qq")
        _apt("install", "-qq", "-y", "--no-install-recommends", *packages)
        found = _found(names)
    return {name: found[name] for name in names}


def _found(names: Sequence[str]) -> dict[str, Path]:
    folders = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin", *_EXTRA_FOLDERS))
    where = {name: shutil.which(name, path=folders) for name in names}
    return {name: Path(path) for name, path in where.items() if path is not None}


def _apt(*arguments: str) -> None:
    subprocess.run(
        ["apt-get", *arguments],
        check=True,
        timeout=SECONDS,
        capture_output=True,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
    )

"""The files of this project as git sees them: tracked, or new and not ignored.

A forgotten `.venv` or the snapshots of a demo are no part of it, a file that waits for its first commit is.
"""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "crmsnap"


@cache
def files() -> tuple[Path, ...]:
    """Every file, sorted."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    paths = (ROOT / name for name in set(listed.stdout.split("\0")) if name)
    return tuple(sorted(path for path in paths if path.is_file()))


def files_of(*suffixes: str, below: str = "") -> list[Path]:
    """The files with one of these suffixes, below a folder of the project."""
    folder = ROOT / below
    return [path for path in files() if path.suffix in suffixes and path.is_relative_to(folder)]


def text_of(path: Path) -> str:
    """The text of a file."""
    return path.read_text(encoding="utf-8")


@cache
def tree_of(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(text_of(path), filename=str(path))


def shown(path: Path) -> str:
    """The path as people write it, from the project's folder on."""
    return path.relative_to(ROOT).as_posix()


def module_of(path: Path) -> str:
    """The name under which a file of `src` is imported."""
    parts = path.relative_to(ROOT / "src").with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

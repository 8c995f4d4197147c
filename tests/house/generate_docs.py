"""Writes the reference pages that follow from the code; `--check` only says which are stale.

Every page comes from a pure function that lives beside what it describes. A page in the folder of the
tables that no table asks for is removed: it would go on describing what is gone.
"""

import argparse
import sys
from collections.abc import Collection, Mapping
from pathlib import Path

from crmsnap.cli import reference
from crmsnap.tables import CATALOGUE
from crmsnap.tables import reference as tables

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"


def pages() -> dict[Path, str]:
    """The generated pages: file -> text."""
    texts = {**tables.pages(CATALOGUE), **reference.pages()}
    return {REFERENCE / name: text for name, text in texts.items()}


def stale(expected: Mapping[Path, str]) -> list[Path]:
    """The files that do not hold what is expected."""
    return [
        path
        for path, text in expected.items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]


def left_over(folder: Path, expected: Collection[Path]) -> list[Path]:
    """The pages in a folder of generated pages that are not expected."""
    return sorted(path for path in folder.glob("*.md") if path not in expected)


def main() -> int:
    """Write the pages, or with `--check` fail when one is stale."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="only say which pages are stale")
    is_check = parser.parse_args().check
    expected = pages()
    late, gone = stale(expected), left_over(REFERENCE / tables.FOLDER, expected)
    if is_check:
        for path in late + gone:
            name = path.relative_to(REFERENCE).as_posix()
            sys.stderr.write(f"docs/reference/{name} is stale: run `make docs`\n")
        return 1 if late or gone else 0
    for path in late:
        path.parent.mkdir(exist_ok=True)
        path.write_text(expected[path], encoding="utf-8")
    for path in gone:
        path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())

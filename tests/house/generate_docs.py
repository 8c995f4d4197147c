"""Writes the reference pages that follow from the code; `--check` only says which are stale.

Every page comes from a pure function that lives beside what it describes.
"""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from crmsnap.cli import reference
from crmsnap.tables import CATALOGUE
from crmsnap.tables.reference import reference_page

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"


def pages() -> dict[Path, str]:
    """The generated pages: file -> text."""
    texts = {"tables.md": reference_page(CATALOGUE), **reference.pages()}
    return {REFERENCE / name: text for name, text in texts.items()}


def stale(expected: Mapping[Path, str]) -> list[str]:
    """The names of the files that do not hold what is expected."""
    return [
        path.name
        for path, text in expected.items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]


def main() -> int:
    """Write the pages, or with `--check` fail when one is stale."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="only say which pages are stale")
    if not parser.parse_args().check:
        for path, text in pages().items():
            path.write_text(text, encoding="utf-8")
        return 0
    late = stale(pages())
    for name in late:
        sys.stderr.write(f"docs/reference/{name} is stale: run `make docs`\n")
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())

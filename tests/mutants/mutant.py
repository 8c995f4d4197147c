"""A bug that is planted into a copy of the product, and the tests that have to notice it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mutant:
    """One bug: a piece of text that becomes another one."""

    name: str
    promise: str
    """The promise that it breaks: `P1 complete or absent`."""
    file: str
    """Below the root of the tree."""
    old: str
    new: str
    killers: tuple[str, ...]
    """The tests that have to fail, each of them, as pytest names them: `tests/unit/test_a.py::test_b`."""

    def planted_in(self, text: str) -> str:
        """The text with the bug. Raise `ValueError` unless there is exactly one place for it."""
        places = text.count(self.old)
        if places != 1:
            raise ValueError(f"{self.name}: its text stands {places} times in {self.file}")
        return text.replace(self.old, self.new)

    def plant(self, root: Path) -> str:
        """Put the bug into a tree; return what stood in the file before."""
        file = root / self.file
        before = file.read_text()
        file.write_text(self.planted_in(before))
        return before

"""What is wrong with a snapshot, one finding at a time."""

from collections import Counter
from dataclasses import dataclass

SHOWN_PER_CODE = 10


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not as the manifest says, or two tables that do not agree."""

    code: str
    """Stable: `part-missing`, `order`, `values-disagree`."""
    key: str
    """The file where it shows; empty where it is between tables."""
    sentence: str
    """For people; holds ids and names, never a property's value."""


class Problems:
    """Collects problems, of each code only the first few: one lost part can make millions."""

    def __init__(self) -> None:
        self._shown: list[Problem] = []
        self._counts: Counter[str] = Counter()

    def add(self, code: str, key: str, sentence: str) -> None:
        """Note one problem."""
        self._counts[code] += 1
        if self._counts[code] <= SHOWN_PER_CODE:
            self._shown.append(Problem(code, key, sentence))

    def take(self, others: "Problems") -> None:
        """Note all that others have noted."""
        for problem in others._shown:
            self.add(problem.code, problem.key, problem.sentence)
        for code, count in others._counts.items():
            self._counts[code] += max(0, count - SHOWN_PER_CODE)

    def all(self) -> tuple[Problem, ...]:
        """The problems, with a last one per code that counts what is not shown."""
        more = [
            Problem(code, "", f"{count - SHOWN_PER_CODE} more of this kind")
            for code, count in self._counts.items()
            if count > SHOWN_PER_CODE
        ]
        return (*self._shown, *more)

"""What a check is: one question about a connection, its answer, and what to change.

Both are values, so that a terminal, `--json`, the documentation and a web page show the same.
"""

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from typing import Literal

Verdict = Literal["ok", "warning", "failed", "skipped"]

PERMISSION = 5
"""Exit code of a check that failed because a right, or proof of who asks, is missing."""
CONFIGURATION = 4
"""Because a setting names something that is not there."""
OTHERWISE = 1


@dataclass(frozen=True, slots=True)
class Check:
    """One question and its answer."""

    name: str
    """Stable, for programs: `assume-role-without-id`, `put-object`."""
    question: str
    """`May files be written?`"""
    verdict: Verdict
    answer: str
    """What was found, in one sentence."""
    advice: str = ""
    """What to change, and where: the statement, the field. Empty when there is nothing to change."""
    found: str = ""
    """The bare value that was found, for programs, where a question asks for one: `eu-central-1`."""
    exit_code: int = 0
    """With which a command ends because of it; 0 unless it failed."""

    def as_dict(self) -> dict[str, str | int]:
        """The check as `--json` prints it."""
        return asdict(self)


Observe = Callable[[Check], None]
"""Is told every check as soon as it is answered."""


@dataclass(frozen=True, slots=True)
class Question:
    """Something that is asked about every connection of a kind."""

    name: str
    text: str
    """As people read it, with its question mark."""
    cross: str
    """What a cross, or a warning, means and what to change; a sentence of the documentation."""

    def ok(self, answer: str, *, found: str = "") -> Check:
        """It is as it should be."""
        return Check(self.name, self.text, "ok", answer, found=found)

    def warning(self, answer: str, advice: str, *, found: str = "") -> Check:
        """A sync works, and somebody should know something."""
        return Check(self.name, self.text, "warning", answer, advice, found)

    def failed(
        self, answer: str, advice: str, *, found: str = "", exit_code: int = PERMISSION
    ) -> Check:
        """A sync cannot work, or must not."""
        return Check(self.name, self.text, "failed", answer, advice, found, exit_code)

    def skipped(self, because: str) -> Check:
        """It could not be asked, or need not be."""
        return Check(self.name, self.text, "skipped", because)


def worst(checks: Iterable[Check]) -> Verdict:
    """The verdict on all of them together; without any, nothing failed."""
    verdicts = {check.verdict for check in checks}
    for verdict in ("failed", "warning"):
        if verdict in verdicts:
            return verdict
    return "ok"


def exit_code(checks: Iterable[Check]) -> int:
    """5 when any right is missing, else 4 for a wrong setting, else 1; 0 when nothing failed."""
    return max((check.exit_code for check in checks), default=0)


def asked(
    checks: Generator[Check, None, None], questions: Sequence[Question], observe: Observe
) -> tuple[Check, ...]:
    """Every question answered, in the order of asking; those that nobody came to are skipped.

    What `observe` raises ends the asking, and lets it clean up first.
    """
    answered: list[Check] = []
    with closing(checks):
        for check in checks:
            answered.append(check)
            observe(check)
    names = {check.name for check in answered}
    first_cross = next((check.name for check in answered if check.verdict == "failed"), None)
    because = f"not asked, because {first_cross} failed" if first_cross else "not asked"
    for question in questions:
        if question.name not in names:
            answered.append(question.skipped(because))
            observe(answered[-1])
    return tuple(answered)

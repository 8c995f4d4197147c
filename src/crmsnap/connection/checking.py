"""What a check is: one question about a connection, its answer, and what to change.

A value, so that a terminal, `--json` and a web page show the same.
"""

from dataclasses import asdict, dataclass
from typing import Literal

Verdict = Literal["ok", "warning", "failed", "skipped"]


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

    def as_dict(self) -> dict[str, str]:
        """The check as `--json` prints it."""
        return asdict(self)


def worst(checks: "tuple[Check, ...] | list[Check]") -> Verdict:
    """The verdict on all of them together; without any, nothing failed."""
    for verdict in ("failed", "warning"):
        if any(check.verdict == verdict for check in checks):
            return verdict
    return "ok"

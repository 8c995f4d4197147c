"""A copy of the tree in which bugs are planted one at a time, and what the tests say to each.

A bug counts as killed only by tests that ran and failed: one that cannot be collected, or that runs out
of time, says nothing about what it was written for.
"""

import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.mutants.mutant import Mutant

RUN_SECONDS = 500
"""For all of them together."""

Outcome = Literal["passed", "failed", "timed out", "error", "missing"]
Verdict = Literal["killed", "survived", "broken"]


@dataclass(frozen=True)
class Judged:
    """What became of a bug."""

    verdict: Verdict
    """`broken`: a test that had to judge it did not come to its end."""
    outcomes: dict[str, Outcome]
    """By test that had to fail."""
    said: str
    """What pytest printed."""


@dataclass(frozen=True)
class Laboratory:
    """A tree of its own, which may be spoilt."""

    root: Path
    test_seconds: int = 120
    """For one test; the usual limit is too long for a bug that makes something hang."""

    @classmethod
    def copy_of(cls, tree: Path, to: Path) -> "Laboratory":
        """The part of a tree that tests need: not its history, not what tools keep."""
        ignored = shutil.ignore_patterns(".*", "__pycache__", "demo", "dist")
        shutil.copytree(tree, to, ignore=ignored, symlinks=True)
        return cls(to)

    def outcomes(self, tests: Iterable[str]) -> tuple[dict[str, Outcome], str]:
        """How these tests end in the tree as it is, and what pytest printed."""
        wanted = tuple(dict.fromkeys(tests))
        report = self.root / "mutants.xml"
        report.unlink(missing_ok=True)
        listed = self.root / "mutants.txt"  # there may be more of them than fit a command line
        listed.write_text("\n".join(wanted))
        options = ["-q", "-n", "0", "-p", "no:cacheprovider", f"--timeout={self.test_seconds}"]
        try:
            ran = subprocess.run(
                [sys.executable, "-m", "pytest", *options, f"--junit-xml={report}", f"@{listed}"],
                cwd=self.root,
                capture_output=True,
                text=True,
                timeout=RUN_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            return dict.fromkeys(wanted, "timed out"), str(error)
        said = f"pytest ended with {ran.returncode}\n{ran.stdout}{ran.stderr}"
        return {test: _worst(report, test) for test in wanted}, said

    def judge(self, mutant: Mutant) -> Judged:
        """Plant a bug, run the tests that have to notice it, and take it out again."""
        file = self.root / mutant.file
        before = mutant.plant(self.root)
        _forget_compiled(file)
        try:
            outcomes, said = self.outcomes(mutant.killers)
        finally:
            file.write_text(before)
            _forget_compiled(file)
        found = set(outcomes.values())
        if found == {"failed"}:
            return Judged("killed", outcomes, said)
        return Judged("survived" if found <= {"failed", "passed"} else "broken", outcomes, said)


def _forget_compiled(file: Path) -> None:
    """Python compares times of whole seconds and sizes: a bug of the same length could go unnoticed."""
    for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
        compiled.unlink()


def _worst(report: Path, test: str) -> Outcome:
    """How a test ended, of its cases that failed the one that says most."""
    if not report.exists():
        return "error"
    path, _, name = test.partition("::")
    module = path.removesuffix(".py").replace("/", ".")
    cases = [
        case
        for case in ET.parse(report).iter("testcase")  # noqa: S314 - pytest wrote it just now
        if case.get("classname") == module
        and name in (str(case.get("name")), str(case.get("name")).partition("[")[0])
    ]
    found = [_outcome(case) for case in cases]
    order: tuple[Outcome, ...] = ("failed", "timed out", "error", "passed")
    return next((one for one in order if one in found), "missing")


def _outcome(case: ET.Element) -> Outcome:
    failure = case.find("failure")
    if failure is not None:
        timed_out = str(failure.get("message")).startswith("Failed: Timeout")
        return "timed out" if timed_out else "failed"
    return "error" if case.find("error") is not None else "passed"

"""What a run tells behind its snapshot: the terminal prints it, `--json` gives it, and `crmsnap runs` remembers it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from crmsnap.connection.check import Check
from crmsnap.errors import CrmsnapError
from crmsnap.model import Gap
from crmsnap.publish.jumps import Jump
from crmsnap.publish.manifest import Manifest, TypeCount
from crmsnap.publish.tally import Amount
from crmsnap.publish.tidy import Tidied

Outcome = Literal["published", "already published"]


def report_of(text: str | None) -> dict[str, Any] | None:
    """What a run is remembered to have told, as `Report.as_dict` gave it; None where nobody can read it."""
    try:
        told = json.loads(text or "null")
    except ValueError:  # a version that hid secrets in finished JSON may have spoilt it
        return None
    return None if not isinstance(told, dict) or _ERROR in told else told


def error_of(text: str | None) -> dict[str, Any] | None:
    """Why a run failed, was stopped or put off, as `failure` gave it; None where it was not, or nobody knows."""
    try:
        error = json.loads(text or "{}")[_ERROR]
    except (ValueError, LookupError, TypeError):
        return None
    return error if isinstance(error, dict) else None


def failure(error: CrmsnapError) -> dict[str, object]:
    """What is remembered of a run that published nothing."""
    return {_ERROR: error.as_dict()}


_ERROR = "error"


@dataclass(frozen=True, slots=True)
class Report:
    """How a run ended."""

    connection: str
    outcome: Outcome
    resumed: bool
    """Whether it went on with a run that had been stopped."""
    manifest: Manifest
    tidied: Tidied = field(default_factory=Tidied)
    """What became of strays and of days that are no longer kept."""
    warnings: tuple[str, ...] = ()
    """What went wrong beside the snapshot, and does not touch it."""
    checks: tuple[Check, ...] = ()
    """What was asked of the destination before it was written; none of them failed."""
    copied: Amount = field(default_factory=Amount)
    built: Amount = field(default_factory=Amount)
    jumps: tuple[Jump, ...] = ()
    """Tables with far fewer or far more rows than in the snapshot before."""
    calls: Mapping[str, int] = field(default_factory=dict)
    """What this process has asked HubSpot, by family (`hubspot/families.py`)."""

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What the snapshot does not hold."""
        return self.manifest.facts.gaps

    @property
    def differences(self) -> tuple[TypeCount, ...]:
        """The types of which HubSpot counted another number than was copied, at first or to the end."""
        return tuple(
            count
            for count in self.manifest.facts.counts
            if count.verdict in ("explained", "repaired", "different", "not comparable")
        )

    def as_dict(self) -> dict[str, object]:
        """The report as `--json` prints it and `crmsnap runs` remembers it."""
        facts = self.manifest.facts
        return {
            "connection": self.connection,
            "run": facts.run,
            "day": facts.day,
            "revision": facts.revision,
            "outcome": self.outcome,
            "resumed": self.resumed,
            "rows": self.manifest.rows,
            "bytes": self.manifest.bytes,
            "copied": asdict(self.copied),
            "built": asdict(self.built),
            "tables": {table.name: table.rows for table in self.manifest.tables},
            "table_bytes": {table.name: table.bytes for table in self.manifest.tables},
            "changes": None if facts.changes is None else asdict(facts.changes),
            "gaps": [asdict(gap) for gap in self.gaps],
            "unmatched": list(facts.unmatched),
            "differences": [asdict(count) for count in self.differences],
            "calls": dict(self.calls),
            "checked": {check.name: check.verdict for check in self.checks},
            **self.tidied.as_dict(),
            "jumps": [asdict(jump) for jump in self.jumps],
            "warnings": list(self.warnings),
            "exit_code": self.exit_code,
        }

    @property
    def exit_code(self) -> int:
        """3 when the operator could close a gap, else 0."""
        return 3 if any(gap.reason == "missing-scope" for gap in self.gaps) else 0

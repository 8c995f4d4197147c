"""Pipelines and their stages: which types have them, and ids of every kind.

An id is unique within its type only: `default` is a pipeline of deals and of courses, stage `1` is in
four pipelines. The pipelines that an account is born with say they were created at the epoch
(HubSpot's API description: "default pipelines will have createdAt = 0").
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crmsnap.sandbox.account.times import DAY_MS

if TYPE_CHECKING:
    from crmsnap.sandbox.account.account import Account

WRITABLE = "CRM_PERMISSIONS_ENFORCEMENT"


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of a pipeline."""

    id: str
    label: str
    metadata: Mapping[str, str] = field(default_factory=dict)
    archived: bool = False
    write_permissions: str = WRITABLE


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The steps that records of a type go through, in their order."""

    id: str
    label: str
    stages: tuple[Stage, ...]
    archived: bool = False
    made_days_before_start: int | None = None
    """None: the account was born with it."""


def pipelines(account: "Account", type_id: str) -> tuple[Pipeline, ...]:
    """The pipelines of an object type in display order, archived ones last; none for most types."""
    name = account.type_by_id(type_id).name
    return _PETS if name == "pets" else _PIPELINES.get(type_id, ())


def created_ms(account: "Account", pipeline: Pipeline) -> int:
    """When the pipeline was made, 0 when the account was born with it."""
    days = pipeline.made_days_before_start
    return 0 if days is None else account.started_ms - days * DAY_MS


def _deal(id_: str, label: str, probability: str, *, archived: bool = False) -> Stage:
    closed = "true" if probability in ("0.0", "1.0") else "false"
    return Stage(id_, label, {"isClosed": closed, "probability": probability}, archived)


def _ticket(id_: str, label: str, state: str = "OPEN") -> Stage:
    return Stage(id_, label, {"isClosed": str(state == "CLOSED").lower(), "ticketState": state})


def _steps(*labels: str, closed: int = 1) -> tuple[Stage, ...]:
    """Stages with the ids 1, 2, 3 ...; the last ones are closed."""
    return tuple(
        Stage(
            str(number),
            label,
            {"isClosed": str(number > len(labels) - closed).lower(), "state": "OPEN"},
        )
        for number, label in enumerate(labels, 1)
    )


_DEALS = (
    Pipeline(
        "default",
        "Sales pipeline",
        (
            _deal("appointmentscheduled", "Appointment scheduled", "0.2"),
            _deal("qualifiedtobuy", "Qualified to buy", "0.4"),
            _deal("presentationscheduled", "Presentation scheduled", "0.6"),
            _deal("decisionmakerboughtin", "Decision maker bought-in", "0.8"),
            _deal("closedwon", "Closed won", "1.0"),
            _deal("closedlost", "Closed lost", "0.0"),
        ),
    ),
    Pipeline(
        "12423846",
        'Renewals "EMEA", 2026 🎉',
        (
            _deal("57441671", "Verlängerung fällig", "0.5"),
            _deal("57441672", "Zusage\n(mündlich)", "0.9"),
            _deal("57441673", "Gewonnen", "1.0"),
            _deal("57441674", "Old lost", "0.0", archived=True),
        ),
        made_days_before_start=300,
    ),
    Pipeline(
        "4f1f4b34-7e5c-4f5e-9d0c-1f5b4f0a7c11",
        "Partner deals (old)",
        (_deal("8a1d9f6e-32aa-4c43-a5b8-06d6c0a0b9f4", "Won", "1.0"),),
        archived=True,
        made_days_before_start=700,
    ),
)

_PIPELINES: Mapping[str, tuple[Pipeline, ...]] = {
    "0-3": _DEALS,
    "0-5": (
        Pipeline(
            "0",
            "Support pipeline",
            (
                _ticket("1", "New"),
                _ticket("2", "Waiting on contact"),
                _ticket("3", "Waiting on us"),
                _ticket("4", "Closed", "CLOSED"),
            ),
        ),
        Pipeline(
            "9007199254740993",
            "障害対応",
            (_ticket("9007199254740994", "新規"), _ticket("9007199254740995", "完了", "CLOSED")),
            made_days_before_start=120,
        ),
    ),
    "0-136": (
        Pipeline(
            "lead-pipeline-id",
            "Lead pipeline",
            (
                Stage("new-stage-id", "New", {"leadState": "NEW"}, write_permissions="READ_ONLY"),
                Stage("attempting-stage-id", "Attempting", {"leadState": "IN_PROGRESS"}),
                Stage("qualified-stage-id", "Qualified", {"leadState": "QUALIFIED"}),
                Stage("unqualified-stage-id", "Disqualified", {"leadState": "UNQUALIFIED"}),
            ),
        ),
    ),
    "0-123": (
        Pipeline(
            "14a2e10e-5471-408a-906e-c51f3b04369e",
            "Order pipeline",
            (
                Stage("4b27b500-f031-4927-9811-68a0b525cbae", "Open", {"orderState": "OPEN"}),
                Stage("aa99e8d0-c1d5-4071-b915-d240bbb1aed9", "Shipped", {}),
            ),
        ),
    ),
    "0-162": (
        Pipeline(
            "0e9b4a4c-1c3b-4a1f-8a3f-64c3a5a3c0f2",
            "Service pipeline",
            _steps("New", "In progress", "Done"),
        ),
    ),
    "0-421": (
        Pipeline("128a5a1e-0a4b-4c50-8b9b-4a1b0d0f7a55", "Appointments", _steps("Booked", "Held")),
    ),
    "0-420": (Pipeline("7b3c1d20", "Listings", _steps("Draft", "Live", "Sold", closed=2)),),
    "0-410": (Pipeline("default", "Courses", _steps("Planned", "Running", "Over")),),
}

_PETS = (
    Pipeline("75e28846-ad0d-4be2-a027-5e1da6590b98", "Adoption", _steps("Found", "At home")),
    Pipeline("883311", "Vet", (), made_days_before_start=30),
)

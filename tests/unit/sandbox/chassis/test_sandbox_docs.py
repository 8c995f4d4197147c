"""docs/reference/sandbox.md leaves nothing out."""

from dataclasses import fields
from pathlib import Path
from typing import get_args

import msgspec
import pytest
import typer

from crmsnap.cli import app
from crmsnap.sandbox.account.advance import Advance
from crmsnap.sandbox.account.knobs import Knobs
from crmsnap.sandbox.api.control import CONTROL, control_family
from crmsnap.sandbox.api.families import FAMILIES
from crmsnap.sandbox.api.faults.plan import AnyEffect, Plan
from crmsnap.sandbox.api.limits import TIERS
from crmsnap.sandbox.api.stats import Stats
from crmsnap.sandbox.clock import Clock

PAGE = (Path(__file__).parents[4] / "docs/reference/sandbox.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_family_is_described(family) -> None:
    """With the limit that it uses up; control by each of its requests."""
    if family.name == CONTROL:
        for route in family.routes:
            assert f"| `{route.method} {route.templates[0]}` |" in PAGE
    else:
        assert f"| {family.name} | {family.limit} |" in PAGE


def test_every_request_to_the_chassis_is_described() -> None:
    """Statistics, faults, clock."""
    for route in control_family(Stats(), Plan(), Clock(), frozenset()).routes:
        assert f"| `{route.method} {route.templates[0]}` |" in PAGE


@pytest.mark.parametrize("effect", get_args(AnyEffect), ids=lambda effect: effect.__name__)
def test_every_effect_is_described_with_its_parameters(effect) -> None:
    """A fault that nobody can look up is not used."""
    info = msgspec.inspect.type_info(effect)
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{info.tag}` |"))
    for field in info.fields:
        assert f"`{field.name}`" in row
        for choice in getattr(field.type, "values", ()):
            assert f"`{choice}`" in row


def test_every_option_is_described() -> None:
    """`crmsnap sandbox --help` and the page say the same."""
    command = typer.main.get_command(app).commands["sandbox"]
    for parameter in command.params:
        assert f"| `{parameter.opts[0]}` |" in PAGE


@pytest.mark.parametrize("name", TIERS)
def test_every_tier_is_described_with_its_figures(name: str) -> None:
    """What a reader is measured by."""
    tier = TIERS[name]
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |"))
    for figure in (tier.burst, tier.associations, tier.search, tier.daily, tier.associations_daily):
        assert figure is None or f"| {figure:,} |" in row


@pytest.mark.parametrize("knob", fields(Knobs), ids=lambda knob: knob.name)
def test_every_knob_is_described_with_its_default(knob) -> None:
    """Whoever turns one must know what it was."""
    default = knob.default if not isinstance(knob.default, str) else f"`{knob.default}`"
    assert (
        f"| `{knob.name}` | {str(default).replace('True', 'true').replace('False', 'false')} |"
        in PAGE
    )


@pytest.mark.parametrize("field", fields(Advance), ids=lambda field: field.name)
def test_everything_that_days_can_bring_is_described(field) -> None:
    """In the row of the request, or in the section on definitions."""
    assert f"`{field.name}`" in PAGE or f'"{field.name}"' in PAGE

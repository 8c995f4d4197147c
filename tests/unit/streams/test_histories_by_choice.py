"""Which histories are read: those of the chosen types, and of calculated properties only by choice."""

from dataclasses import replace
from pathlib import Path

import pytest

from crmsnap.model import Choice
from crmsnap.streams.documents import PropertyDocument, TypeDocument
from crmsnap.streams.objects import tasks
from crmsnap.streams.record_rows import Wanted
from crmsnap.streams.stream import Scope
from tests.builders.account_state import AccountState


@pytest.fixture
def scope(tmp_path: Path) -> Scope:
    """Deals and a custom type, each with a property that people set and one that HubSpot calculates."""
    state = AccountState(tmp_path)
    state.documents(
        "types",
        {
            "0-3": TypeDocument("0-3", "DEAL", plural_label="Deals"),
            "2-7": TypeDocument("2-7", "pets", "p1_pets", "Pet", "Haustiere", custom=True),
        },
    )
    for type_ in ("0-3", "2-7"):
        definitions = [
            PropertyDocument(type_, "set", "string", data_sensitivity="non_sensitive"),
            PropertyDocument(
                type_, "sum", "number", data_sensitivity="non_sensitive", calculated=True
            ),
            PropertyDocument(type_, "ssn", "string", data_sensitivity="sensitive"),
        ]
        state.documents(f"properties/{type_}", {d.name: d for d in definitions})
    return Scope(
        state.reader, frozenset(), values=True, histories=True, started_at="2026-11-20 05:00:00.000"
    )


def wanted(scope: Scope) -> dict[str, Wanted]:
    # What a task will read is the one argument that its function was given.
    return {task.stream: task.read.args[0].wanted for task in tasks(scope)}  # type: ignore[attr-defined]  # a partial


def with_histories(scope: Scope) -> dict[str, tuple[str, ...]]:
    return {stream: found.history_names for stream, found in wanted(scope).items()}


def test_without_a_choice_every_open_property_has_its_history(scope):
    """As HubSpot's export has it."""
    assert with_histories(scope) == {"objects/0-3": ("set", "sum"), "objects/2-7": ("set", "sum")}


@pytest.mark.parametrize("word", ["2-7", "pets", "p1_pets", "Pet", "haus*"])
def test_types_are_chosen_by_any_of_their_names(scope, word):
    """Those that are left out keep their values, and are read a hundred records a page."""
    chosen = replace(scope, histories_of=Choice(only=(word,)))
    assert with_histories(chosen) == {"objects/0-3": (), "objects/2-7": ("set", "sum")}
    left_out = replace(scope, histories_of=Choice(never=(word,)))
    assert with_histories(left_out) == {"objects/0-3": ("set", "sum"), "objects/2-7": ()}
    assert {found.names for found in wanted(left_out).values()} == {("set", "sum")}


def test_calculated_properties_can_be_left_out_of_histories(scope):
    """Their values stay: a score that changes hourly fills a history that nobody reads."""
    chosen = replace(scope, calculated_histories=False)
    assert set(with_histories(chosen).values()) == {("set",)}
    assert {found.names for found in wanted(chosen).values()} == {("set", "sum")}


def test_a_property_that_is_not_copied_has_no_history(scope):
    """Former values are as private as the current one."""
    chosen = replace(scope, properties=Choice(never=("set",)))
    assert set(with_histories(chosen).values()) == {("sum",)}


def test_without_a_table_of_histories_none_is_read(scope):
    """A choice of types does not switch them on."""
    nothing = replace(scope, histories=False, histories_of=Choice(only=("deals",)))
    assert set(with_histories(nothing).values()) == {()}

"""What the account says of its event types: read once, so that types and properties are of one answer."""

from collections.abc import Callable, Sequence
from typing import Any, cast

import msgspec
import pytest

from crmsnap.errors import MissingScope, NotFound, UnexpectedAnswer
from crmsnap.hubspot.client import Client
from crmsnap.model import Gap
from crmsnap.streams import event_types
from crmsnap.streams.documents import EventTypeDocument
from crmsnap.streams.gaps import gap_of
from crmsnap.streams.stream import Page, Stream
from crmsnap.tables.event_types import event_property_definitions
from crmsnap.tables.event_types import event_types as known_types
from tests.builders.account_state import AccountState, scope_of


class Answers:
    """A client that gives the answers that it was given, each once, and tells when it has none left."""

    def __init__(self, *answers: object) -> None:
        self.left = list(answers)

    def ask(self, _: object, decode: Callable[[bytes], Any], *, query: Sequence[Any] = ()) -> Any:
        return decode(msgspec.json.encode(self.left.pop(0)))


def definition(name: str, id_: str, *properties: str) -> dict[str, object]:
    return {
        "fullyQualifiedName": name,
        "objectTypeId": id_,
        "properties": [{"name": one, "type": "string", "label": one} for one in properties],
    }


def page_of(*found: dict[str, object], after: str | None = None) -> dict[str, object]:
    return {"results": found} | ({"paging": {"next": {"after": after}}} if after else {})


@pytest.fixture
def state(tmp_path):
    """An empty state."""
    return AccountState(tmp_path)


def read(state: AccountState, stream: Stream, client: Answers) -> None:
    for task in stream.tasks(scope_of(state.reader)):
        pages: list[Page] = list(task.read(cast(Client, client), None))
        state.write(task.stream, [row for page in pages for row in page.rows])


def test_types_and_properties_come_from_one_answer(state):
    """Read twice, a type made in between would have properties and no id, and a sensitive one slip through."""
    client = Answers(
        page_of(definition("pe1_a", "6-1", "x", "y"), after="1"),
        page_of(definition("pe1_old", "6-2")),
        {"eventTypes": ["e_visited_page", "pe1_a"]},
    )
    for stream in (
        event_types.EVENT_DEFINITIONS,
        event_types.EVENT_TYPES,
        event_types.EVENT_PROPERTIES,
    ):
        read(state, stream, client)
    assert client.left == []
    assert [known for known, _ in known_types(state.reader)] == [
        EventTypeDocument("e_visited_page"),
        EventTypeDocument("pe1_a", id="6-1"),
        EventTypeDocument("pe1_old", id="6-2", readable=False),
    ]
    found = [(one.owner, one.name) for one, _ in event_property_definitions(state.reader)]
    assert found == [("pe1_a", "x"), ("pe1_a", "y")]


def test_without_definitions_types_have_names_alone_and_nothing_says_that_they_have_no_properties(
    state,
):
    """An empty stream of properties would mean that none of them is sensitive."""
    read(state, event_types.EVENT_TYPES, Answers({"eventTypes": ["pe1_a"]}))
    read(state, event_types.EVENT_PROPERTIES, Answers())
    assert [known for known, _ in known_types(state.reader)] == [EventTypeDocument("pe1_a")]
    assert state.reader.streams == ("event-types",)


def test_cursors_that_go_round_in_circles_are_refused(state):
    """As in every other list."""
    client = Answers(*(page_of(after=after) for after in ("a", "b", "a", "b")))
    with pytest.raises(UnexpectedAnswer, match="do not come to an end"):
        read(state, event_types.EVENT_DEFINITIONS, client)


@pytest.mark.parametrize(
    ("refused", "why"),
    [
        (MissingScope("no", scopes=("a.read",)), "the token lacks a.read"),
        (NotFound("no such API"), "no such API"),
    ],
)
def test_the_gap_of_the_definitions_says_what_follows_and_leaves_the_refusal_alone(
    state, refused, why
):
    """Said twice, when an error is asked again, it would be said twice."""
    (task,) = event_types.EVENT_DEFINITIONS.tasks(scope_of(state.reader))
    first, second = gap_of(task, refused), gap_of(task, refused)
    assert first == second
    assert isinstance(first, Gap)
    assert first.stream == "event-properties"
    assert first.detail.startswith(f"{why}; without it nobody knows which properties")

"""A HubSpot of a few answers by path, and what one pass over a type with an API of its own makes of them."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from crmsnap.hubspot.client import Client
from crmsnap.state.stream_file import Entry
from crmsnap.streams.documents import TypeDocument
from crmsnap.streams.other_types.keeping import keeping_of
from crmsnap.streams.other_types.other_type import OtherType
from crmsnap.streams.properties import read_declared
from crmsnap.streams.stream import Page, Scope
from tests.builders.account_state import AccountState, scope_of
from tests.unit.hubspot.host import Got, Reply

NOT_FOUND = Reply({"status": "error", "category": "OBJECT_NOT_FOUND", "message": "gone"}, 404)


@dataclass
class HubSpot:
    """Answers by path; a path that nobody set is a web page, as at HubSpot."""

    client: Client
    answers: dict[str, Callable[[dict[str, str]], Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def serve(self, path: str, answer: Any) -> None:
        """Give this answer, or what a function makes of the query."""
        self.answers[path] = answer if callable(answer) else lambda _: answer

    def reply(self, got: Got) -> Reply:
        parts = urlsplit(got.target)
        path = unquote(parts.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if got.body:
            query["body"] = got.body.decode()
        self.asked.append(f"{path} {query.get('after', '')}".strip())
        if path not in self.answers:
            return Reply("<html>no</html>", 404, {"Content-Type": "text/html"})
        answer = self.answers[path](query)
        return answer if isinstance(answer, Reply) else Reply(answer)


@dataclass
class Reading:
    """Passes over the records of a type, into pages."""

    hubspot: HubSpot
    state: AccountState

    def pages(self, other: OtherType, position: str | None = None, **chosen: Any) -> Iterator[Page]:
        """The pages from a position on."""
        scope = self.scope(other, **chosen)
        known = TypeDocument(other.id, other.id, source="other-api")
        return other.read(scope, keeping_of(scope, known), self.hubspot.client, position)

    def scope(self, other: OtherType, **chosen: Any) -> Scope:
        """What a run wants that has read the definitions."""
        (page,) = read_declared(other, self.hubspot.client, None)
        self.state.write(f"properties/{other.id}", page.rows)
        return scope_of(self.state.reader, **chosen)


def listed(*items: Any, after: str | None = None) -> dict[str, Any]:
    """A page of a list."""
    return {"results": list(items)} | ({"paging": {"next": {"after": after}}} if after else {})


def values_of(row: Entry) -> dict[str, str]:
    """What the state keeps of a record."""
    body = row[-1]
    assert isinstance(body, bytes)
    found: dict[str, str] = json.loads(body)
    return found


def definition(name: str, **changes: Any) -> dict[str, Any]:
    """A property as HubSpot defines it."""
    return {"name": name, "type": "string", "dataSensitivity": "non_sensitive"} | changes

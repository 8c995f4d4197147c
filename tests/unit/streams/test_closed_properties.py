"""Which properties may be copied: what HubSpot calls sensitive never is, also where it says so only once."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import msgspec
import pytest

from crmsnap.hubspot.client import Client
from crmsnap.streams.documents import PropertyDocument
from crmsnap.streams.known_types import is_open
from crmsnap.streams.properties import read


class Answers:
    """A client that answers the property definitions of each class of sensitivity."""

    def __init__(self, by_class: Mapping[str, list[dict[str, Any]]]) -> None:
        self._by_class = by_class

    def ask(
        self, _: object, decode: Any, *, path: Mapping[str, str], query: Sequence[tuple[str, str]]
    ) -> Any:
        wanted = dict(query)
        if wanted["archived"] == "true":
            return decode(b'{"results": []}')
        found = self._by_class.get(wanted.get("dataSensitivity", ""), [])
        return decode(msgspec.json.encode({"results": found}))


def open_names(by_class: Mapping[str, list[dict[str, Any]]], *, allows_sensitive: bool) -> set[str]:
    client = cast(Client, Answers(by_class))
    (page,) = read("0-1", client, None)
    documents = [
        msgspec.json.decode(cast(bytes, row[1]), type=PropertyDocument) for row in page.rows
    ]
    return {d.name for d in documents if is_open(d, allows_sensitive=allows_sensitive)}


@pytest.mark.parametrize("allows_sensitive", [True, False])
def test_what_came_because_it_was_asked_for_as_sensitive_is_closed(allows_sensitive):
    """Older answers do not repeat the class: then the question tells it."""
    answers = {
        "": [{"name": "email", "type": "string", "dataSensitivity": "non_sensitive"}],
        "sensitive": [{"name": "ssn", "type": "string"}],
        "highly_sensitive": [{"name": "diagnosis", "type": "string"}],
    }
    assert open_names(answers, allows_sensitive=allows_sensitive) == {"email"}


def test_an_older_path_that_ignores_the_class_closes_nothing_by_it():
    """It lists everything again, whatever it is asked."""
    everything = [{"name": "email", "type": "string"}]
    answers = {"": everything, "sensitive": everything, "highly_sensitive": everything}
    assert open_names(answers, allows_sensitive=False) == {"email"}
    assert open_names(answers, allows_sensitive=True) == set()


@pytest.mark.parametrize(
    "definition",
    [
        {"dataSensitivity": "sensitive"},
        {"dataSensitivity": "highly_sensitive"},
        {"dataSensitivity": "a class of tomorrow"},
        {"dataSensitivity": "non_sensitive", "sensitiveDataCategories": ["HIPAA"]},
    ],
)
def test_only_what_is_clearly_not_sensitive_is_open(definition):
    """Fail closed."""
    answers = {"": [{"name": "x", "type": "string", **definition}]}
    assert open_names(answers, allows_sensitive=False) == set()

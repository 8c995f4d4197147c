"""Which properties may be copied: what HubSpot calls sensitive never is, also where it says so only once."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import msgspec
import pytest

from crmsnap.errors import MissingScope
from crmsnap.hubspot.client import Client
from crmsnap.streams.defined import defined
from crmsnap.streams.documents import PropertyDocument, TypeDocument
from crmsnap.streams.known_types import is_open
from crmsnap.streams.properties import read


class Answers:
    """A client that answers the property definitions of each class of sensitivity."""

    def __init__(
        self, by_class: Mapping[str, list[dict[str, Any]]], refused: str | None = None
    ) -> None:
        self._by_class = by_class
        self._refused = refused

    def ask(
        self, _: object, decode: Any, *, path: Mapping[str, str], query: Sequence[tuple[str, str]]
    ) -> Any:
        wanted = dict(query)
        class_ = wanted.get("dataSensitivity", "")
        if class_ == self._refused:
            raise MissingScope("HubSpot refused")
        found = self._by_class.get(
            f"archived {class_}".strip() if wanted["archived"] == "true" else class_, []
        )
        return decode(msgspec.json.encode({"results": found}))


def open_names(by_class: Mapping[str, list[dict[str, Any]]], *, allows_sensitive: bool) -> set[str]:
    client = cast(Client, Answers(by_class))
    (page,) = read(TypeDocument("0-1", "CONTACT"), client, None)
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


def test_an_archived_sensitive_property_is_known_too():
    """HubSpot lists it only for who asks for both at once; submissions still hold its values."""
    answers = {
        "": [{"name": "email", "type": "string", "dataSensitivity": "non_sensitive"}],
        "archived sensitive": [{"name": "ssn", "type": "string", "archived": True}],
    }
    found = defined(cast(Client, Answers(answers)), "0-1")
    assert [(one.name, one.archived, one.data_sensitivity) for one in found.documents] == [
        ("email", False, "non_sensitive"),
        ("ssn", True, "sensitive"),
    ]
    assert found.refused == ""


@pytest.mark.parametrize("allows_sensitive", [True, False])
def test_that_sensitive_ones_may_not_be_listed_is_said_where_there_may_be_some(allows_sensitive):
    """None listed and not allowed to list them are two things."""
    open_ones = [{"name": "email", "type": "string", "dataSensitivity": "non_sensitive"}]
    client = cast(Client, Answers({"": open_ones}, refused="highly_sensitive"))
    known = TypeDocument("0-1", "CONTACT", allows_sensitive=allows_sensitive)
    (page,) = read(known, client, None)
    assert len(page.rows) == 1
    assert [gap.stream for gap in page.gaps] == ["properties/0-1/sensitive"] * allows_sensitive


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

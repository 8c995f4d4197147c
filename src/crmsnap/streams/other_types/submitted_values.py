"""Which values of a form submission are copied: those that are known to be open, and were chosen.

A submission is never edited: it still holds values of properties that became sensitive, were archived or
deleted since. So a name that no definition has says nothing good where its type may be sensitive.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec

from crmsnap.errors import BadRequest, MissingScope, NotFound
from crmsnap.hubspot.client import Client
from crmsnap.model import Choice, Gap
from crmsnap.streams.defined import defined
from crmsnap.streams.documents import PropertyDocument, TypeDocument
from crmsnap.streams.earlier import digest_of
from crmsnap.streams.known_types import all_types, is_open, names_of, properties
from crmsnap.streams.other_types.flat import Flat, array_of, flat, text_of
from crmsnap.streams.stream import Scope

CONTACTS = "0-1"

LEFT_OUT = Gap(
    "objects/0-15/values",
    "not-available",
    "some values that were sent through forms are left out, since nobody knows whether they are"
    " sensitive: HubSpot does not say, or no longer, how their properties are defined",
)


class SubmittedValues:
    """Chooses among submitted values; asks for definitions that nobody has read, once a type."""

    def __init__(self, scope: Scope, client: Client) -> None:
        self._scope = scope
        self._client = client
        self._types = {known.id: known for known in all_types(scope)}
        self._rules: dict[str | None, _Rule] = {}
        self._verdicts: dict[tuple[str | None, str], bool] = {}
        self._is_some_unknown = False

    def kept(self, values: msgspec.Raw) -> str:
        """What is copied of an array of values, as JSON."""
        return array_of(text_of(one) or "" for one in _array(values) if self._keeps(flat(one)))

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What had to be left out so far for lack of knowledge; what is known to be sensitive is no gap."""
        return (LEFT_OUT,) if self._is_some_unknown else ()

    @property
    def rules(self) -> dict[str, str]:
        """What the values of each type met so far were judged by, as digests; "" for no type."""
        return {id_ or "": rule.digest for id_, rule in self._rules.items()}

    def still_judges_by(self, rules: Mapping[str, str]) -> bool:
        """Whether the rules of an earlier run hold today, so that it would keep the same."""
        return all(self._rule_of(id_ or None).digest == digest for id_, digest in rules.items())

    def _keeps(self, sent: Flat) -> bool:
        field = (sent.get("object_type_id"), sent.get("name", ""))
        verdict = self._verdicts.get(field)
        if verdict is None:
            verdict = self._verdicts[field] = self._verdict(*field)
        return verdict

    def _verdict(self, object_type: str | None, name: str) -> bool:
        owner, slash, bare = name.rpartition("/")
        if slash and object_type in (None, owner):  # `0-1/email`: the type stands in the name
            object_type, name = owner, bare
        rule = self._rule_of(object_type)
        if name.casefold() in rule.closed:
            return False
        if name in rule.open or (rule.takes_others and _is_plain(name)):
            return rule.chosen.takes(name)
        self._is_some_unknown = True
        return False

    def _rule_of(self, object_type: str | None) -> "_Rule":
        if object_type not in self._rules:
            self._rules[object_type] = self._rule(object_type)
        return self._rules[object_type]

    def _rule(self, object_type: str | None) -> "_Rule":
        """None: a field without a type belongs to no record; by its name it may still be a contact's."""
        id_ = object_type or CONTACTS
        known = self._types.get(id_) or TypeDocument(id_, id_, allows_sensitive=True)
        chosen = self._scope.properties.within(*names_of(known))
        definitions = properties(self._scope, id_) if object_type else []
        are_all = False
        if not definitions:
            try:
                found = defined(self._client, id_)
            except (MissingScope, NotFound, BadRequest):
                return _Rule(frozenset(), frozenset(), takes_others=False, chosen=chosen)
            definitions, are_all = found.documents, not found.refused
        allows = known.allows_sensitive or _has_sensitive(definitions)
        opened = {one.name for one in definitions if is_open(one, allows_sensitive=allows)}
        closed = {one.name.casefold() for one in definitions if one.name not in opened}
        # One that was deleted is in no list any more, and may have been sensitive.
        takes_others = not allows if object_type else are_all
        return _Rule(frozenset(opened), frozenset(closed), takes_others, chosen)


@dataclass(frozen=True, slots=True)
class _Rule:
    """How the values of one type are judged by their names."""

    open: frozenset[str]
    closed: frozenset[str]
    """In lower case: HubSpot's names are, and what was sent may be written otherwise."""
    takes_others: bool
    """Whether a name that no definition has is open."""
    chosen: Choice

    @property
    def digest(self) -> str:
        """Equal for rules that keep the same values."""
        chosen = self.chosen.only, self.chosen.never
        return digest_of(sorted(self.open), sorted(self.closed), self.takes_others, *chosen)


def _has_sensitive(definitions: Iterable[PropertyDocument]) -> bool:
    return any(not is_open(one, allows_sensitive=False) for one in definitions)


def _is_plain(name: str) -> bool:
    """Whether a name says nothing of another type, as `0-1/email` and `contact.email` do."""
    return bool(name) and "/" not in name and "." not in name


_array = msgspec.json.Decoder(list[msgspec.Raw]).decode

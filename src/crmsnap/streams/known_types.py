"""What later streams and tables ask the state about object types and their properties."""

from collections.abc import Iterator

import msgspec

from crmsnap.hubspot.object_types import STANDARD_TYPES
from crmsnap.state.reader import StateReader
from crmsnap.streams.documents import PropertyDocument, TypeDocument
from crmsnap.streams.stream import Scope

_type = msgspec.json.Decoder(TypeDocument).decode
_property = msgspec.json.Decoder(PropertyDocument).decode
_STANDARD = {standard.id: standard for standard in STANDARD_TYPES}


def type_documents(reader: StateReader) -> Iterator[tuple[TypeDocument, str]]:
    """Every type of the account with its `ingested_at`, by id as text."""
    for document in reader.documents("types"):
        yield _type(document.body), document.ingested_at


def property_documents(
    reader: StateReader, object_type: str
) -> Iterator[tuple[PropertyDocument, str]]:
    """Every property definition of a type with its `ingested_at`, by name; sensitive and archived ones too."""
    for document in reader.documents(f"properties/{object_type}"):
        yield _property(document.body), document.ingested_at


def readable_types(scope: Scope) -> list[TypeDocument]:
    """The selected types that the generic objects API serves to this token, by id."""
    return [known for known in _readable(scope) if known.source == "crm"]


def associable_types(scope: Scope) -> list[TypeDocument]:
    """The selected types whose records this token can read and ask for their associations, by id."""
    return [
        known
        for known in _readable(scope)
        if known.source in ("crm", "other-api") and known.associable
    ]


def all_types(scope: Scope) -> list[TypeDocument]:
    """Every type of the account, by id."""
    return [known for known, _ in type_documents(scope.reader)]


def properties(scope: Scope, object_type: str) -> list[PropertyDocument]:
    """Every property definition of a type, by name; sensitive and archived ones too."""
    return [definition for definition, _ in property_documents(scope.reader, object_type)]


def wanted_properties(scope: Scope, known: TypeDocument) -> list[PropertyDocument]:
    """The definitions of a type whose values are copied: live, open and chosen, by name."""
    chosen = scope.properties.within(*names_of(known))
    return [
        definition
        for definition in properties(scope, known.id)
        if not definition.archived
        and is_open(definition, allows_sensitive=known.allows_sensitive)
        and chosen.takes(definition.name)
    ]


def names_of(known: TypeDocument) -> tuple[str, ...]:
    """What people may call a type: its id, its internal names, and both of its labels."""
    standard = _STANDARD.get(known.id)
    own = (
        known.id,
        known.name,
        known.fully_qualified_name,
        known.singular_label,
        known.plural_label,
    )
    # The account may have other labels for a standard type; the documented ones still mean it.
    usual = (standard.path, standard.singular, standard.plural) if standard else ()
    return tuple(dict.fromkeys(name for name in (*own, *usual) if name))


def _readable(scope: Scope) -> list[TypeDocument]:
    return [
        known
        for known in all_types(scope)
        if known.readable and scope.wants(known.id) and f"objects/{known.id}" not in scope.gaps
    ]


def is_open(definition: PropertyDocument, *, allows_sensitive: bool) -> bool:
    """Whether a property's values may be copied at all.

    HubSpot classifies each as `non_sensitive`, `sensitive` or `highly_sensitive` (docs: sensitive-data).
    Older answers have no such field: then a type that allows sensitive properties is refused.
    """
    if definition.sensitive_categories:
        return False
    if definition.data_sensitivity is None:
        return not allows_sensitive
    return definition.data_sensitivity == "non_sensitive"

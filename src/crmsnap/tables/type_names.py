"""What object types are called in names of tables and columns.

A standard type has its own name whatever label the account gave it; a custom type follows its plural
label. One file, so that `OBJECTS_PETS` and `ASSOCIATIONS_PETS_TO_DEALS` always speak of the same type.
"""

from collections.abc import Iterator
from types import MappingProxyType

from crmsnap.hubspot.object_types import STANDARD_TYPES
from crmsnap.state.reader import StateReader
from crmsnap.streams.documents import TypeDocument
from crmsnap.streams.known_types import type_documents
from crmsnap.tables.given_names import given_names
from crmsnap.tables.naming import GivenName, Named, sanitised, table_names

OBJECTS_OF_TYPE = "OBJECTS_<PLURAL>"
"""The family of tables whose names all others that speak of a type are made of."""
_PREFIX = OBJECTS_OF_TYPE.partition("<")[0]

_STANDARD = MappingProxyType({standard.id: standard for standard in STANDARD_TYPES})


def object_table_names(reader: StateReader) -> dict[str, GivenName]:
    """Type id -> `OBJECTS_<PLURAL>`: for every type of the account and every standard one.

    A custom type that is archived has a name only if it got one while it was live.
    """
    given = given_names(reader, OBJECTS_OF_TYPE)
    return table_names(
        _PREFIX,
        (
            Named(id_, names)
            for id_, names, archived in _types(reader)
            if id_ in given or not archived
        ),
        given,
    )


def plural_names(reader: StateReader) -> dict[str, str]:
    """Type id -> the `<PLURAL>` of its table: `CONTACTS`. The same types, each with a name of its own."""
    return {
        id_: given.name.removeprefix(_PREFIX) for id_, given in object_table_names(reader).items()
    }


def singular_names(reader: StateReader) -> dict[str, str]:
    """Type id -> its internal name as columns have it: `LINE_ITEM`. Two types may share one."""
    found = {id_: standard.name for id_, standard in _STANDARD.items()}
    for known, _ in type_documents(reader):
        if known.id not in _STANDARD and known.name != known.id:
            found[known.id] = known.name
    return {id_: name for id_, name in found.items() if _is_legible(name)}


def _types(reader: StateReader) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """Id, what it may be called after, and whether it is gone."""
    for standard in STANDARD_TYPES:
        yield standard.id, (standard.table_name,), False
    for known, _ in type_documents(reader):
        if known.id not in _STANDARD:
            yield known.id, tuple(_names(known)), known.archived


def _names(known: TypeDocument) -> Iterator[str]:
    if known.plural_label:
        yield known.plural_label
    if known.singular_label and _is_legible(known.singular_label):
        yield known.singular_label + "S"
    if known.name != known.id:  # nothing is known of it but its id
        yield known.name


def _is_legible(text: str) -> bool:
    return bool(sanitised(text).strip("_"))

"""ASSOCIATIONS_<X>_TO_<Y>: the associations from one object type to another, one table per ordered pair.

Views of the rows of ASSOCIATIONS, whose two types became the names of the table and of its columns. All
labels of a pair share its table and differ in COMBINEDASSOCIATIONTYPEID.
"""

from collections.abc import Iterable, Iterator, Mapping

from crmsnap.state.reader import StateReader
from crmsnap.streams.associations import ASSOCIATIONS as ASSOCIATIONS_STREAM
from crmsnap.streams.documents import TableNameDocument
from crmsnap.streams.labels import LABELS
from crmsnap.streams.late_labels import LATE_LABELS
from crmsnap.streams.stream import Scope
from crmsnap.tables.associations import ASSOCIATIONS, pair_rows
from crmsnap.tables.given_names import given_names
from crmsnap.tables.naming import GivenName, Named, table_names
from crmsnap.tables.spans import split_pair, stretches
from crmsnap.tables.table import Column, Member, Possible, Table, TableFamily
from crmsnap.tables.type_names import (
    OBJECTS_OF_TYPE,
    object_table_names,
    plural_names,
    singular_names,
)

Pair = tuple[str, str]


def expand(scope: Scope) -> Iterator[Table]:
    """A table for every wanted pair that has a row, or had one on an earlier day and still exists."""
    reader = scope.reader
    types = object_table_names(reader)
    singulars = singular_names(reader)
    given = given_names(reader, ASSOCIATIONS_OF_PAIR.name)
    documents = _documents(types)
    # Named among all pairs that were read, so that a pair's first row renames no other table.
    names = _names(reader, {*reader.family("associations"), *given}, types)
    tables = [
        _table(id_, names[id_], documents, singulars)
        for id_ in names
        if all(map(scope.wants, split_pair(id_)))
        and (id_ in given or _has_rows(reader, f"associations/{id_}"))
    ]
    yield from sorted(tables, key=lambda table: table.name)


def possible(reader: StateReader) -> Iterator[Possible]:
    """The table of every ordered pair of types: which of them can be associated is not known yet."""
    types = object_table_names(reader)
    pairs = {f"{one}__{other}" for one in types for other in types}
    documents = _documents(types)
    for id_, given in _names(reader, pairs, types).items():
        yield Possible(given.name, _member(id_, given, documents))


def columns(from_name: str, to_name: str) -> tuple[Column, ...]:
    """The columns of a pair; the names are those of its two columns of ids."""
    by_name = {column.name: column for column in ASSOCIATIONS.columns}
    return (
        by_name["COMBINEDASSOCIATIONTYPEID"],
        by_name["ASSOCIATIONCATEGORY"],
        by_name["ASSOCIATIONTYPEID"],
        Column(from_name, "ID", "Record it starts from. Joins OBJECTS.", certainty="published"),
        Column(to_name, "ID", "Record it points to. Joins OBJECTS.", certainty="published"),
        by_name["ISMAINASSOCIATIONDEFINITION"],
        by_name["INGESTEDAT"],
    )


_FROM, _TO = "<X1>_OBJECTID", "<Y1>_OBJECTID"

ASSOCIATIONS_OF_PAIR = TableFamily(
    name="ASSOCIATIONS_<X>_TO_<Y>",
    grain="one association of one type, from one object type to another",
    columns=columns(_FROM, _TO),
    key=(_FROM, _TO, "COMBINEDASSOCIATIONTYPEID"),
    streams=(ASSOCIATIONS_STREAM, LABELS, LATE_LABELS),
    expand=expand,
    possible=possible,
    own_columns="the names of its two types in place of `<X1>` and `<Y1>`: `CONTACT_OBJECTID`,"
    " `LINE_ITEM_OBJECTID`, a custom type's internal name. Within one type they are"
    " `FROM_COMPANY_OBJECTID` and `TO_COMPANY_OBJECTID`.",
)


def _names(
    reader: StateReader, pairs: Iterable[str], types: Mapping[str, GivenName]
) -> dict[str, GivenName]:
    """Pair -> its table's name, for the pairs whose types exist."""
    plurals = plural_names(reader)
    known = {id_: split_pair(id_) for id_ in pairs}
    return table_names(
        "ASSOCIATIONS_",
        [
            Named(id_, (f"{plurals[one]}_TO_{plurals[other]}",))
            for id_, (one, other) in known.items()
            if one in types and other in types
        ],
        given_names(reader, ASSOCIATIONS_OF_PAIR.name),
    )


def _documents(types: Mapping[str, GivenName]) -> dict[str, TableNameDocument]:
    """The names that a pair's is made of; one value for all pairs of a type."""
    return {
        id_: TableNameDocument(OBJECTS_OF_TYPE, id_, given.wanted, given.name)
        for id_, given in types.items()
    }


def _member(id_: str, given: GivenName, documents: Mapping[str, TableNameDocument]) -> Member:
    pair = split_pair(id_)
    return Member(
        ASSOCIATIONS_OF_PAIR.name,
        id_,
        given.wanted,
        types=pair,
        made_of=tuple(documents[type_id] for type_id in dict.fromkeys(pair)),
    )


def _table(
    id_: str,
    given: GivenName,
    documents: Mapping[str, TableNameDocument],
    singulars: Mapping[str, str],
) -> Table:
    pair = split_pair(id_)
    from_name, to_name = _id_columns(pair, singulars)
    return Table(
        name=given.name,
        grain=f"one association of one type, from a record of type {pair[0]} to one of {pair[1]}",
        columns=columns(from_name, to_name),
        key=(from_name, to_name, "COMBINEDASSOCIATIONTYPEID"),
        streams=ASSOCIATIONS_OF_PAIR.streams,
        spans=stretches(f"associations/{id_}"),
        rows=pair_rows,
        member=_member(id_, given, documents),
    )


def _has_rows(reader: StateReader, stream: str) -> bool:
    return reader.has(stream) and next(reader.associations(stream), None) is not None


def _id_columns(pair: Pair, singulars: Mapping[str, str]) -> tuple[str, str]:
    """The names of a pair's two columns of ids; of two types with one name the higher id adds its own."""
    things = [Named(id_, (singulars.get(id_, ""),)) for id_ in set(pair)]
    names = {id_: f"{given.name}_OBJECTID" for id_, given in table_names("", things).items()}
    from_name, to_name = (names[id_] for id_ in pair)
    if pair[0] == pair[1]:
        return f"FROM_{from_name}", f"TO_{to_name}"
    return from_name, to_name

"""DuckDB: a typed view for each table, straight over the files; nothing is loaded.

The options are those of docs/reference/snapshot-format.md; nothing is left to DuckDB's sniffer, which
would guess from values that anybody may have typed.
"""

from collections.abc import Iterable, Iterator, Mapping

from crmsnap.tables.ddl.described import DAY, Described, Engine, Place, Statement, is_lenient
from crmsnap.tables.ddl.quoting import comment_text, doubled
from crmsnap.tables.table import Column, Kind

READ_OPTIONS = (
    "header = true, delim = ',', quote = '\"', escape = '\"', new_line = '\\n', comment = '', skip = 0,"
    " allow_quoted_nulls = false, max_line_size = 10000000, compression = 'gzip'"
)
"""How DuckDB reads a part: nothing is NULL, `""` is the empty string, line breaks stay in values."""

_TYPES: Mapping[Kind, str] = {
    "ID": "VARCHAR",
    "VARCHAR": "VARCHAR",
    "NUMBER": "BIGINT",
    "BOOLEAN": "BOOLEAN",
    "TIMESTAMP": "TIMESTAMP",
    "DATE": "DATE",
    "JSON": "JSON",
}
_LIMITS = (
    "NULL and the empty string are told apart; line breaks in values are kept.",
    "A number of a property is a DOUBLE: exact up to 15 digits. Its text is in OBJECT_PROPERTIES.",
    "For a bucket: INSTALL httpfs; LOAD httpfs; and CREATE SECRET (TYPE s3, PROVIDER credential_chain).",
)
_EVERY_DAY_LIMITS = ("Only days that have their manifest are read; name one with WHERE DAY = ...",)


def type_of(column: Column) -> str:
    """DuckDB's type of a column."""
    if column.kind == "NUMBER" and column.property is not None:
        return "DOUBLE"
    return _TYPES[column.kind]


def typed_columns(columns: Iterable[Column]) -> Iterator[str]:
    """Each column of a part, read as text, as the expression that has its type and name."""
    for column in columns:
        name, type_ = identifier(column.name), type_of(column)
        if type_ == "VARCHAR":
            yield name
        else:
            yield f"{'try_cast' if is_lenient(column) else 'cast'}({name} as {type_}) as {name}"


def identifier(name: str) -> str:
    """A name as it may stand in DuckDB's SQL."""
    return doubled(name, '"')


def literal(text: str) -> str:
    """A text as it may stand in DuckDB's SQL."""
    return doubled(text, "'")


def pattern_of(path: str) -> str:
    """A path as a pattern that only it fits."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in path)


def files_of(paths: Iterable[str]) -> str:
    """Exactly these files, as `read_csv` takes them."""
    return f"[{', '.join(literal(pattern_of(path)) for path in paths)}]"


def _before(place: Place) -> Iterator[Statement]:
    if place.schema is not None:
        yield Statement(f"create schema if not exists {identifier(place.schema)}")


def _of_table(place: Place, table: Described) -> Iterator[Statement]:
    view = identifier(table.name)
    if place.schema is not None:
        view = f"{identifier(place.schema)}.{view}"
    every_day = place.day is None
    selected = [*typed_columns(table.columns), f"{_day(place)} as {identifier(DAY)}"]
    lines = [
        f"create or replace view {view} as",
        "select",
        ",\n".join(f"    {one}" for one in selected),
        f"from read_csv({_files(place, table)}, all_varchar = true, filename = true,",
        f"    union_by_name = {str(every_day).lower()}, {READ_OPTIONS})",
    ]
    if every_day:
        manifests = literal(f"{pattern_of(place.url)}/*/_MANIFEST.json")
        lines += [
            f"where {_FOLDER} in (",
            "    select split_part(file, '/', -2)",
            f"    from glob({manifests})",
            ")",
        ]
    limits = _LIMITS + (_EVERY_DAY_LIMITS if every_day else ())
    yield Statement("\n".join(lines), table.name, limits)
    yield Statement(
        f"comment on view {view} is {literal(comment_text(f'One row is {table.grain}.'))}",
        table.name,
    )
    for column in table.columns:
        if column.description:
            about = literal(comment_text(column.description))
            yield Statement(
                f"comment on column {view}.{identifier(column.name)} is {about}", table.name
            )


_FOLDER = "split_part(filename, '/', -3)"
"""The day's folder: DuckDB prunes files by a filter on it, before it opens any."""


def _day(place: Place) -> str:
    return (
        f"cast({_FOLDER} as DATE)" if place.day is None else f"cast({literal(place.day)} as DATE)"
    )


def _files(place: Place, table: Described) -> str:
    if place.day is None or not table.paths:
        folder = f"{pattern_of(place.url)}/{place.day or '*'}/{table.name}"
        return literal(f"{folder}/part-*.csv.gz")
    return files_of(f"{place.url}/{place.day}/{path}" for path in table.paths)


DUCKDB = Engine("duckdb", ("", "s3://"), _before, _of_table)

"""Redshift: one day is loaded into tables of texts, and read through typed views.

After the Amazon Redshift Database Developer Guide: "COPY", "Data conversion parameters", "Names and
identifiers" and "Quotas and limits". COPY goes by position, so each run of the statements makes the
tables again, for the columns of that day.
"""

import hashlib
from collections.abc import Iterator, Mapping

from crmsnap.tables.ddl.described import DAY, Described, Engine, Place, Statement, is_lenient
from crmsnap.tables.ddl.quoting import comment_text, doubled
from crmsnap.tables.table import Column, Kind

_SCHEMA = "crmsnap"
_NAME_BYTES_MAX = 127
_COLUMNS_MAX = 1600
_HASH_DIGITS = 8

_TYPES: Mapping[Kind, str] = {
    "NUMBER": "bigint",
    "BOOLEAN": "boolean",
    "TIMESTAMP": "timestamp",
    "DATE": "date",
}

_LIMITS = (
    "An empty field is NULL; whether COPY tells a quoted empty string from it is not documented.",
    "A value is at most 65,535 bytes and a row at most 4 MB: a longer one fails the COPY.",
    "A number of a property is a double precision: exact up to 15 digits.",
    "COPY takes every file of the folder, and columns by their position: load days that are complete.",
    "JSON stays text: use json_parse() or json_extract_path_text().",
)
_TOO_WIDE = f"a table in Redshift has at most {_COLUMNS_MAX} columns; use OBJECT_WITH_OBJECT_PROPERTIES instead"


def _before(place: Place) -> Iterator[Statement]:
    for schema in (_text_schema(place), _schema(place)):
        yield Statement(f"CREATE SCHEMA IF NOT EXISTS {_name_of(schema)}")


def _of_table(place: Place, table: Described) -> Iterator[Statement]:
    if len(table.columns) + 1 > _COLUMNS_MAX:
        yield Statement(
            "SELECT " + _text(f"{table.name} is left out: {_TOO_WIDE}"),
            table.name,
            (f"{table.name} has {len(table.columns)} columns: {_TOO_WIDE}.",),
        )
        return
    name = _name_of(table.name)
    source = f"{_name_of(_text_schema(place))}.{name}"
    names = [_name_of(column.name) for column in table.columns]
    yield Statement(f"DROP TABLE IF EXISTS {source}", table.name)
    columns = ",\n".join(f"  {one} varchar(65535)" for one in names)
    yield Statement(
        f"CREATE TABLE {source} (\n{columns},\n"
        f"  {_name_of(DAY)} date DEFAULT {_text(place.day or '')}\n)",
        table.name,
    )
    yield Statement(
        f"COPY {source} ({', '.join(names)})\n"
        f"FROM {_text(f'{place.url}/{place.day}/{table.name}/part-')}\n"
        "IAM_ROLE default\n"
        "CSV GZIP IGNOREHEADER 1 NULL AS '' COMPUPDATE OFF",
        table.name,
        _LIMITS,
    )
    view = f"{_name_of(_schema(place))}.{name}"
    selected = ",\n".join(f"  {_typed(column)}" for column in table.columns)
    yield Statement(
        f"CREATE OR REPLACE VIEW {view} AS\nSELECT\n{selected},\n  {_name_of(DAY)}\nFROM {source}\n"
        # Without it the table could not be dropped under the view by tomorrow's statements.
        "WITH NO SCHEMA BINDING",
        table.name,
    )
    yield Statement(
        f"COMMENT ON VIEW {view} IS {_text(comment_text(f'One row is {table.grain}.'))}", table.name
    )
    for column, name in zip(table.columns, names, strict=True):
        if column.description:
            about = _text(comment_text(column.description))
            yield Statement(f"COMMENT ON COLUMN {source}.{name} IS {about}", table.name)


def _typed(column: Column) -> str:
    name = _name_of(column.name)
    type_ = _TYPES.get(column.kind)
    if type_ is None:
        return name
    if column.kind == "BOOLEAN":  # Redshift has no cast from text
        return f"CASE {name} WHEN 'true' THEN true WHEN 'false' THEN false END AS {name}"
    if column.kind == "NUMBER" and column.property is not None:
        type_ = "double precision"
    cast = "TRY_CAST" if is_lenient(column) else "CAST"
    return f"{cast}(NULLIF({name}, '') AS {type_}) AS {name}"


def _name_of(name: str) -> str:
    """A name as it may stand in Redshift's SQL; one that is too long ends in a hash of the whole."""
    encoded = name.encode()
    if len(encoded) > _NAME_BYTES_MAX:
        digest = hashlib.sha256(encoded).hexdigest()[:_HASH_DIGITS]
        kept = encoded[: _NAME_BYTES_MAX - _HASH_DIGITS - 1].decode(errors="ignore")
        name = f"{kept}_{digest}"
    return doubled(name, '"')


def _text(value: str) -> str:
    """A text as it may stand in Redshift's SQL, where a backslash escapes."""
    return doubled(value.replace("\\", "\\\\"), "'")


def _schema(place: Place) -> str:
    return place.schema or _SCHEMA


def _text_schema(place: Place) -> str:
    return f"{_schema(place)}_text"


REDSHIFT = Engine("redshift", ("s3://",), _before, _of_table, one_day=True)

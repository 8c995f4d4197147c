"""Athena: an external table of texts with projected days, and a typed view over it.

OpenCSVSerDe reads every column as text and by position (Amazon Athena User Guide, "Open CSV SerDe for
processing CSV"), so a table spans only days that surely have the same columns.
"""

from collections.abc import Iterator, Mapping

from crmsnap.tables.ddl.described import DAY, Described, Engine, Place, Statement, is_lenient
from crmsnap.tables.ddl.quoting import backslashed, comment_text, doubled
from crmsnap.tables.table import Column, Kind

_SCHEMA = "crmsnap"
_FIRST_DAY = "2025-01-01"
"""Where a projection begins when nothing is known of the days; days without files cost one listing each."""
_PARTITION = DAY.lower()

_TYPES: Mapping[Kind, str] = {
    "NUMBER": "bigint",
    "BOOLEAN": "boolean",
    "TIMESTAMP": "timestamp",
    "DATE": "date",
}
"""Kinds that are no text; `json` is no type of a column in Athena: use json_extract_scalar()."""

_LIMITS = (
    "OpenCSVSerDe does not support line breaks inside values: a row that has one is cut in pieces.",
    "OpenCSVSerDe takes a backslash for an escape: a backslash in a value is lost.",
    "OpenCSVSerDe does not tell NULL from the empty string: where a column may be NULL, both are NULL.",
    "A number of a property is a double: exact up to 15 digits.",
    "A day without _MANIFEST.json is a run under way: ask for a day that has one.",
)
_UNTIL_LIMIT = (
    "Columns go by position, and this table may get new ones any day: make it again after each run."
)


def _before(place: Place) -> Iterator[Statement]:
    for schema in (_text_schema(place), _schema(place)):
        yield Statement(f"CREATE DATABASE IF NOT EXISTS {_backticked(schema)}")


def _of_table(place: Place, table: Described) -> Iterator[Statement]:
    name = table.name.lower()
    source = f"{_backticked(_text_schema(place))}.{_backticked(name)}"
    limits = (*_LIMITS, _UNTIL_LIMIT) if table.until is not None else _LIMITS
    # Dropping an external table leaves the files where they are.
    yield Statement(f"DROP TABLE IF EXISTS {source}", table.name)
    yield Statement(_external_table(source, place, table), table.name, limits)
    yield Statement(_view(name, place, table), table.name)


def _external_table(source: str, place: Place, table: Described) -> str:
    columns = ",\n".join(
        f"  {_backticked(column.name.lower())} string{_comment(column.description)}"
        for column in table.columns
    )
    first = place.day or table.since or _FIRST_DAY
    last = place.day or table.until or "NOW"
    properties = {
        "skip.header.line.count": "1",
        "projection.enabled": "true",
        f"projection.{_PARTITION}.type": "date",
        f"projection.{_PARTITION}.format": "yyyy-MM-dd",
        f"projection.{_PARTITION}.range": f"{first},{last}",
        f"projection.{_PARTITION}.interval": "1",
        f"projection.{_PARTITION}.interval.unit": "DAYS",
        "storage.location.template": f"{place.url}/${{{_PARTITION}}}/{table.name}/",
    }
    return "\n".join(
        [
            f"CREATE EXTERNAL TABLE {source} (",
            columns,
            ")" + _comment(f"One row is {table.grain}. Texts: read the typed view."),
            f"PARTITIONED BY ({_backticked(_PARTITION)} string)",
            "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'",
            r"""WITH SERDEPROPERTIES ('separatorChar' = ',', 'quoteChar' = '"', 'escapeChar' = '\\')""",
            "STORED AS TEXTFILE",
            f"LOCATION {_text(place.url + '/')}",
            "TBLPROPERTIES (",
            ",\n".join(f"  {_text(key)} = {_text(value)}" for key, value in properties.items()),
            ")",
        ]
    )


def _view(name: str, place: Place, table: Described) -> str:
    columns = [f"  {_typed(column)}" for column in table.columns]
    # Stays a text: Athena finds the folder of a day by comparing the partition with a text.
    columns.append(f'  "{_PARTITION}"')
    return "\n".join(
        [
            f"CREATE OR REPLACE VIEW {_quoted(_schema(place))}.{_quoted(name)} AS",
            "SELECT",
            ",\n".join(columns),
            f"FROM {_quoted(_text_schema(place))}.{_quoted(name)}",
        ]
    )


def _typed(column: Column) -> str:
    """The expression that gives a column its type."""
    name = _quoted(column.name.lower())
    type_ = _TYPES.get(column.kind)
    if type_ is None:
        return f"NULLIF({name}, '') AS {name}" if column.nullable else name
    if column.kind == "NUMBER" and column.property is not None:
        type_ = "double"
    cast = "TRY_CAST" if is_lenient(column) else "CAST"
    return f"{cast}(NULLIF({name}, '') AS {type_}) AS {name}"


def _comment(description: str) -> str:
    # Clients that split a script do it at any semicolon.
    about = comment_text(description).replace(";", ",")
    return f" COMMENT {_text(about)}" if about else ""


def _backticked(name: str) -> str:
    """A name in Hive's SQL."""
    return doubled(name, "`")


def _quoted(name: str) -> str:
    """A name in Trino's SQL, which views are written in; tables are Hive's."""
    return doubled(name, '"')


def _text(value: str) -> str:
    """A text in Hive's SQL."""
    return backslashed(value, "'")


def _schema(place: Place) -> str:
    return (place.schema or _SCHEMA).lower()


def _text_schema(place: Place) -> str:
    return f"{_schema(place)}_text"


ATHENA = Engine("athena", ("s3://",), _before, _of_table, by_position=True)

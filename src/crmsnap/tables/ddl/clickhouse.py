"""ClickHouse: a typed view for each table, straight over the files; nothing is loaded.

After ClickHouse's pages on the `s3` and `file` table functions and the CSVWithNames format.
"""

from collections.abc import Iterator, Mapping

from crmsnap.tables.ddl.described import DAY, Described, Engine, Place, Statement, is_lenient
from crmsnap.tables.ddl.quoting import backslashed, comment_text
from crmsnap.tables.table import Column, Kind

_SCHEMA = "crmsnap"
_QUERY_BYTES_MAX = 100_000_000

_TYPES: Mapping[Kind, str] = {
    "NUMBER": "Int64",
    "BOOLEAN": "Bool",
    "TIMESTAMP": "DateTime64(3, 'UTC')",
    "DATE": "Date32",
}

_SETTINGS = (
    "input_format_with_names_use_header = 1",
    "input_format_skip_unknown_fields = 1",
    "input_format_csv_empty_as_default = 1",
    "format_csv_allow_single_quotes = 0",
    "format_csv_allow_double_quotes = 1",
)
_LIMITS = (
    "NULL and the empty string are told apart; line breaks in values are kept.",
    "Columns go by their names; a day without one has NULL there.",
    "Dates and times are of 1900 to 2299: others of a property are NULL. Its numbers are Float64.",
    "A day without _MANIFEST.json is a run under way: ask for a day that has one.",
    "JSON stays a String: use JSONExtractString().",
)


def _before(place: Place) -> Iterator[Statement]:
    # A table with thousands of columns takes more than ClickHouse's 262,144 bytes for a query.
    yield Statement(f"SET max_query_size = {_QUERY_BYTES_MAX}")
    yield Statement(f"CREATE DATABASE IF NOT EXISTS {_name_of(_schema(place))}")


def _of_table(place: Place, table: Described) -> Iterator[Statement]:
    selected = [f"    {_typed(column)}" for column in table.columns]
    selected.append(f"    toDate(splitByChar('/', _path)[-3]) AS {_name_of(DAY)}")
    yield Statement(
        f"CREATE OR REPLACE VIEW {_name_of(_schema(place))}.{_name_of(table.name)} AS\nSELECT\n"
        + ",\n".join(selected)
        + f"\nFROM {_source(place, table)} AS part\n"
        f"SETTINGS {', '.join(_SETTINGS)}\n"
        f"COMMENT {_text(comment_text(f'One row is {table.grain}.'))}",
        table.name,
        _LIMITS,
    )
    abouts = [
        f"    COMMENT COLUMN {_name_of(column.name)} {_text(comment_text(column.description))}"
        for column in table.columns
        if column.description
    ]
    if abouts:
        view = f"{_name_of(_schema(place))}.{_name_of(table.name)}"
        yield Statement(f"ALTER TABLE {view}\n" + ",\n".join(abouts), table.name)


def _source(place: Place, table: Described) -> str:
    files = f"{place.url}/{place.day or '*'}/{table.name}/part-*.csv.gz"
    structure = ", ".join(f"{_name_of(column.name)} Nullable(String)" for column in table.columns)
    function = "s3" if "://" in place.url else "file"
    return f"{function}({_text(files)}, 'CSVWithNames', {_text(structure)}, 'gzip')"


def _typed(column: Column) -> str:
    name = _name_of(column.name)
    type_ = _TYPES.get(column.kind)
    if type_ is None:
        return f"part.{name} AS {name}"
    if column.kind == "NUMBER" and column.property is not None:
        type_ = "Float64"
    cast = "accurateCastOrNull" if is_lenient(column) else "CAST"
    wanted = type_ if is_lenient(column) else f"Nullable({type_})"
    return f"{cast}(part.{name}, {_text(wanted)}) AS {name}"


def _name_of(name: str) -> str:
    """A name as it may stand in ClickHouse's SQL."""
    return backslashed(name, "`")


def _text(value: str) -> str:
    """A text as it may stand in ClickHouse's SQL."""
    return backslashed(value, "'")


def _schema(place: Place) -> str:
    return place.schema or _SCHEMA


# The pages on `s3` and `file` list these as wildcards, and no way to escape them: ClickHouse asks for
# one to be made (its issue 80950).
CLICKHOUSE = Engine(
    "clickhouse", ("", "s3://", "https://", "http://"), _before, _of_table, patterns="*?{}"
)

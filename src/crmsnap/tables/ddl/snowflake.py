"""Snowflake: a stage, tables of texts that are loaded by the names of their columns, and typed views.

After Snowflake's pages "CREATE FILE FORMAT", "CREATE STAGE" and "COPY INTO <table>".
"""

from collections.abc import Iterator, Mapping

from crmsnap.tables.ddl.described import DAY, Described, Engine, Place, Statement, is_lenient
from crmsnap.tables.ddl.quoting import backslashed, comment_text, doubled
from crmsnap.tables.table import Column, Kind

_SCHEMA = "CRMSNAP"
_STAGE = "SNAPSHOTS"
_FORMAT = "SNAPSHOT_CSV"
_INTEGRATION = "CRMSNAP"
_FILE = "CRMSNAP_FILE"
"""The column that keeps where a row came from, and so its day."""

_TYPES: Mapping[Kind, str] = {
    "NUMBER": "NUMBER(38, 0)",
    "BOOLEAN": "BOOLEAN",
    "TIMESTAMP": "TIMESTAMP_NTZ",
    "DATE": "DATE",
    "JSON": "VARIANT",
}

_FILE_FORMAT = r"""  TYPE = CSV
  COMPRESSION = GZIP
  PARSE_HEADER = TRUE
  MULTI_LINE = TRUE
  FIELD_DELIMITER = ','
  RECORD_DELIMITER = '\n'
  FIELD_OPTIONALLY_ENCLOSED_BY = '"'
  ESCAPE = NONE
  ESCAPE_UNENCLOSED_FIELD = NONE
  TRIM_SPACE = FALSE
  NULL_IF = ()
  EMPTY_FIELD_AS_NULL = TRUE
  SKIP_BYTE_ORDER_MARK = FALSE
  ENCODING = 'UTF8'"""
"""Nothing is NULL and `""` is the empty string; NULL_IF would take texts such as `\\N` for NULL."""

_LIMITS = (
    "NULL is an empty field, the empty string an enclosed one: Snowflake keeps them apart with this format.",
    "Columns go by their names (PARSE_HEADER, MATCH_BY_COLUMN_NAME); a day without one has NULL there.",
    "A number of a property is a FLOAT: exact up to 15 digits.",
    "COPY loads a file once; it does not see manifests: run it after `crmsnap sync` has ended.",
)


def _before(place: Place) -> Iterator[Statement]:
    for schema in (_text_schema(place), _schema(place)):
        yield Statement(f"CREATE SCHEMA IF NOT EXISTS {_name_of(schema)}")
    inside = _name_of(_text_schema(place))
    yield Statement(f"CREATE OR REPLACE FILE FORMAT {inside}.{_FORMAT}\n{_FILE_FORMAT}")
    yield Statement(
        f"CREATE OR REPLACE STAGE {inside}.{_STAGE}\n"
        f"  URL = {_text(place.url + '/')}\n"
        f"  STORAGE_INTEGRATION = {_INTEGRATION}\n"
        f"  FILE_FORMAT = (FORMAT_NAME = {_text(f'{inside}.{_FORMAT}')})",
        limits=(
            f"{_INTEGRATION} is a storage integration that an ACCOUNTADMIN has made for this bucket.",
            "A stage reads AWS S3; a compatible store needs a stage with s3compat:// and its keys.",
        ),
    )


def _of_table(place: Place, table: Described) -> Iterator[Statement]:
    inside, name = _name_of(_text_schema(place)), _name_of(table.name)
    columns = ",\n".join(
        f"  {_name_of(column.name)} VARCHAR{_comment(column.description)}"
        for column in table.columns
    )
    yield Statement(
        f"CREATE OR REPLACE TABLE {inside}.{name} (\n{columns},\n"
        f"  {_FILE} VARCHAR COMMENT 'The file that the row came from.'\n)\n"
        "ENABLE_SCHEMA_EVOLUTION = TRUE"
        f"{_comment(f'One row is {table.grain}. Texts: read the typed view.', ' =')}",
        table.name,
    )
    folder = place.day or "[0-9]{4}-[0-9]{2}-[0-9]{2}"
    pattern = f".*{folder}/{table.name}/part-[0-9]+-[0-9a-f]+[.]csv[.]gz"
    yield Statement(
        f"COPY INTO {inside}.{name}\n"
        f"FROM @{inside}.{_STAGE}{f'/{place.day}/{table.name}/' if place.day else '/'}\n"
        f"PATTERN = {_text(pattern)}\n"
        f"FILE_FORMAT = (FORMAT_NAME = {_text(f'{inside}.{_FORMAT}')})\n"
        "MATCH_BY_COLUMN_NAME = CASE_SENSITIVE\n"
        f"INCLUDE_METADATA = ({_FILE} = METADATA$FILENAME)\n"
        "ON_ERROR = ABORT_STATEMENT",
        table.name,
        _LIMITS,
    )
    selected = [f"  {_typed(column)}" for column in table.columns]
    selected.append(f"  TO_DATE(SPLIT_PART({_FILE}, '/', -3), 'YYYY-MM-DD') AS {_name_of(DAY)}")
    yield Statement(
        f"CREATE OR REPLACE VIEW {_name_of(_schema(place))}.{name} AS\nSELECT\n"
        + ",\n".join(selected)
        + f"\nFROM {inside}.{name}",
        table.name,
    )


def _typed(column: Column) -> str:
    name = _name_of(column.name)
    type_ = _TYPES.get(column.kind)
    if type_ is None:
        return name
    if column.kind == "JSON":
        return f"PARSE_JSON({name}) AS {name}"
    if column.kind == "NUMBER" and column.property is not None:
        type_ = "FLOAT"
    return f"{'TRY_CAST' if is_lenient(column) else 'CAST'}({name} AS {type_}) AS {name}"


def _comment(description: str, joint: str = "") -> str:
    return f" COMMENT{joint} {_text(comment_text(description))}" if description else ""


def _name_of(name: str) -> str:
    """A name as it may stand in Snowflake's SQL; upper case in quotes is what it is without them."""
    return doubled(name, '"')


def _text(value: str) -> str:
    """A text as it may stand in Snowflake's SQL, where a backslash escapes, too."""
    return backslashed(value, "'")


def _schema(place: Place) -> str:
    return (place.schema or _SCHEMA).upper()


def _text_schema(place: Place) -> str:
    return f"{_schema(place)}_TEXT"


SNOWFLAKE = Engine("snowflake", ("s3://",), _before, _of_table)

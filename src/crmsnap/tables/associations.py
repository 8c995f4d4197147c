"""ASSOCIATIONS: which records belong together, in both directions.

Each direction is a row of its own with its own type id. A pair with three labels is three rows, plus the
one without a label.
"""

from collections.abc import Iterator

import orjson

from crmsnap.state.reader import StateReader
from crmsnap.streams.associations import ASSOCIATIONS as ASSOCIATIONS_STREAM
from crmsnap.streams.labels import LABELS, labels_of
from crmsnap.streams.late_labels import LATE_LABELS
from crmsnap.tables.association_definitions import combined_id, is_main
from crmsnap.tables.columns import ingested_at
from crmsnap.tables.spans import associations, pair_of
from crmsnap.tables.table import Column, Row, Span, Table


def rows(reader: StateReader, span: Span) -> Iterator[Row]:
    """One row per association, by from record, to record and combined id."""
    from_type, to_type = pair_of(span.stream)
    for combined, category, type_id, from_id, to_id, main, ingested in pair_rows(reader, span):
        yield combined, category, type_id, from_type, from_id, to_type, to_id, main, ingested


def pair_rows(reader: StateReader, span: Span) -> Iterator[Row]:
    """The same without the two types, which are those of the span."""
    main = _main_types(reader, *pair_of(span.stream))
    for from_id, ingested, body in reader.associations(span.stream, span.low, span.high):
        for to_id, category, type_id in orjson.loads(body):
            yield (
                combined_id(category, type_id),
                category,
                type_id,
                from_id,
                to_id,
                main.get((category, type_id)),
                ingested,
            )


ASSOCIATIONS = Table(
    name="ASSOCIATIONS",
    grain="one association of one type, in one direction",
    columns=(
        Column(
            "COMBINEDASSOCIATIONTYPEID",
            "VARCHAR",
            "What the association means. Joins ASSOCIATION_DEFINITIONS with both object types.",
        ),
        Column("ASSOCIATIONCATEGORY", "VARCHAR", "Who defined its type."),
        Column("ASSOCIATIONTYPEID", "NUMBER", "Type id, unique within its category."),
        Column(
            "FROMOBJECTTYPEID", "VARCHAR", "Type of the record it starts from.", certainty="seen"
        ),
        Column("FROMOBJECTID", "ID", "Record it starts from. Joins OBJECTS.", certainty="seen"),
        Column("TOOBJECTTYPEID", "VARCHAR", "Type of the record it points to."),
        Column("TOOBJECTID", "ID", "Record it points to. Joins OBJECTS.", certainty="seen"),
        Column(
            "ISMAINASSOCIATIONDEFINITION",
            "BOOLEAN",
            "Whether it is the plain association of its two types; NULL when its definition is unknown.",
            nullable=True,
            certainty="seen",
        ),
        ingested_at(),
    ),
    key=(
        "FROMOBJECTTYPEID",
        "TOOBJECTTYPEID",
        "FROMOBJECTID",
        "TOOBJECTID",
        "COMBINEDASSOCIATIONTYPEID",
    ),
    streams=(ASSOCIATIONS_STREAM, LABELS, LATE_LABELS),
    spans=associations,
    rows=rows,
)


def _main_types(
    reader: StateReader, from_type: str, to_type: str
) -> dict[tuple[str, int], bool | None]:
    """(Category, type id) of a pair's definitions -> ISMAINASSOCIATIONDEFINITION."""
    return {
        (definition.category, definition.type_id): is_main(definition)
        for definition, _ in labels_of(reader, from_type)
        if definition.to_type == to_type
    }

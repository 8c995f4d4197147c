"""ASSOCIATION_DEFINITIONS: what an association between two object types can mean.

A type id is unique only within its category and direction, so three columns make the key.
"""

from collections.abc import Iterator

from crmsnap.state.reader import StateReader
from crmsnap.streams.association_rows import CATEGORY_CODES
from crmsnap.streams.documents import LabelDocument
from crmsnap.streams.labels import LABELS, labels_of
from crmsnap.tables.columns import ingested_at
from crmsnap.tables.spans import each
from crmsnap.tables.table import Column, Row, Span, Table


def rows(reader: StateReader, span: Span) -> Iterator[Row]:
    """One row per association type of one from type, by to type, then by combined id."""
    for definition, ingested in sorted(
        labels_of(reader, span.stream.partition("/")[2]),
        key=lambda pair: (pair[0].to_type, combined_id(pair[0].category, pair[0].type_id)),
    ):
        yield (
            combined_id(definition.category, definition.type_id),
            definition.category,
            definition.type_id,
            definition.from_type,
            definition.to_type,
            definition.name,
            definition.label,
            is_main(definition),
            ingested,
        )


ASSOCIATION_DEFINITIONS = Table(
    name="ASSOCIATION_DEFINITIONS",
    grain="one type of association, in one direction",
    columns=(
        Column(
            "COMBINEDASSOCIATIONTYPEID",
            "VARCHAR",
            "`<category code>-<type id>`: `0-4` is HubSpot's contact to deal. Codes: 0 HUBSPOT_DEFINED,"
            " 1 USER_DEFINED, 2 INTEGRATOR_DEFINED, 3 WORK. Joins ASSOCIATIONS with both object types.",
        ),
        Column(
            "ASSOCIATIONCATEGORY",
            "VARCHAR",
            "Who defined it: HUBSPOT_DEFINED, USER_DEFINED, INTEGRATOR_DEFINED or WORK.",
        ),
        Column("ASSOCIATIONTYPEID", "NUMBER", "Type id, unique within its category."),
        Column("FROMOBJECTTYPEID", "VARCHAR", "Type of the records that it starts from."),
        Column("TOOBJECTTYPEID", "VARCHAR", "Type of the records that it points to."),
        Column(
            "NAME",
            "VARCHAR",
            "Internal name, `contact_to_deal`; NULL where HubSpot gives none.",
            nullable=True,
        ),
        Column(
            "LABEL",
            "VARCHAR",
            'Label that people see, "Decision maker"; NULL for the type without a label.'
            " May be reworded at any time: join by id.",
            nullable=True,
        ),
        Column(
            "ISMAINASSOCIATIONDEFINITION",
            "BOOLEAN",
            "Whether it is the plain association of its two types: HubSpot's own, without a label.",
            nullable=True,
            certainty="seen",
        ),
        ingested_at(),
    ),
    key=("FROMOBJECTTYPEID", "TOOBJECTTYPEID", "COMBINEDASSOCIATIONTYPEID"),
    streams=(LABELS,),
    spans=each("association-labels"),
    rows=rows,
)


def combined_id(category: str, type_id: int) -> str:
    """COMBINEDASSOCIATIONTYPEID; a category that is not known yet stands for itself."""
    return f"{CATEGORY_CODES.get(category, category)}-{type_id}"


def is_main(definition: LabelDocument) -> bool | None:
    """ISMAINASSOCIATIONDEFINITION of a definition; None where nobody knows whether it has a label."""
    if not definition.listed:
        return None
    return definition.category == "HUBSPOT_DEFINED" and definition.label is None

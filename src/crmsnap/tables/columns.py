"""Columns that many tables share word for word."""

from crmsnap.tables.table import Certainty, Column


def object_type_id(certainty: Certainty = "ours") -> Column:
    """The type that a record belongs to."""
    return Column(
        "OBJECTTYPEID",
        "VARCHAR",
        "Type of the record: `0-1` contact, `0-2` company, `2-<n>` a custom object."
        " Joins OBJECT_AND_EVENT_TYPE_DEFINITIONS.",
        certainty=certainty,
    )


def object_id(certainty: Certainty = "ours") -> Column:
    """The id of a record."""
    return Column(
        "OBJECTID",
        "ID",
        "Id of the record, unique only within its OBJECTTYPEID. Joins OBJECTS on both.",
        certainty=certainty,
    )


def ingested_at(certainty: Certainty = "ours") -> Column:
    """When a row was last changed in the copy."""
    return Column(
        "INGESTEDAT",
        "TIMESTAMP",
        "Start of the run that last saw a change in what this row is made from. Not business time.",
        certainty=certainty,
    )

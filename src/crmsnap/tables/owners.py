"""OWNERS: who records belong to.

Archived owners are rows too: records keep the ids of people who have left.
"""

from collections.abc import Iterator

import msgspec

from crmsnap.state.reader import StateReader
from crmsnap.streams.documents import OwnerDocument
from crmsnap.streams.owners import OWNERS as OWNERS_STREAM
from crmsnap.tables.columns import ingested_at
from crmsnap.tables.documents import decoded
from crmsnap.tables.spans import whole
from crmsnap.tables.table import Column, Row, Span, Table

_decode = msgspec.json.Decoder(OwnerDocument).decode


def rows(reader: StateReader, span: Span) -> Iterator[Row]:
    """One row per owner, by id."""
    for owner, ingested in sorted(
        decoded(reader, span.stream, _decode), key=lambda pair: int(pair[0].id)
    ):
        yield (
            owner.id,
            owner.user_id,
            owner.email,
            owner.first_name,
            owner.last_name,
            owner.type,
            owner.archived,
            owner.user_id_including_inactive,
            owner.created_at,
            owner.updated_at,
            ingested,
        )


OWNERS = Table(
    name="OWNERS",
    grain="one owner, active or archived",
    columns=(
        Column(
            "OWNERID",
            "NUMBER",
            "Id of the owner: what `hubspot_owner_id` and other owner properties hold."
            " Never a user id.",
            certainty="seen",
        ),
        Column(
            "USERID",
            "NUMBER",
            "HubSpot user behind the owner; NULL for a removed user.",
            nullable=True,
        ),
        Column("EMAIL", "VARCHAR", "E-mail address of the owner.", nullable=True),
        Column("FIRSTNAME", "VARCHAR", "First name of the owner.", nullable=True, certainty="seen"),
        Column("LASTNAME", "VARCHAR", "Last name of the owner.", nullable=True, certainty="seen"),
        Column("TYPE", "VARCHAR", "`PERSON` or `QUEUE`."),
        Column("ARCHIVED", "BOOLEAN", "Whether the owner was removed; old records still name it."),
        Column(
            "USERIDINCLUDINGINACTIVE",
            "NUMBER",
            "HubSpot user behind the owner, kept for a removed user. Joins the user id columns of LISTS.",
            nullable=True,
        ),
        Column("CREATEDAT", "TIMESTAMP", "When the owner was created."),
        Column("UPDATEDAT", "TIMESTAMP", "When the owner was last changed."),
        ingested_at(),
    ),
    key=("OWNERID",),
    streams=(OWNERS_STREAM,),
    spans=whole("owners"),
    rows=rows,
)

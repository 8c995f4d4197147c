"""PIPELINES: the ways that deals, tickets and other records go.

A pipeline's id is unique only within its type: `default` exists for several.
"""

from collections.abc import Iterator

import msgspec

from crmsnap.state.reader import StateReader
from crmsnap.streams.documents import PipelineDocument
from crmsnap.streams.pipelines import PIPELINES as PIPELINES_STREAM
from crmsnap.tables.columns import ingested_at
from crmsnap.tables.documents import decoded
from crmsnap.tables.spans import whole
from crmsnap.tables.table import Column, Row, Span, Table

_decode = msgspec.json.Decoder(PipelineDocument).decode


def rows(reader: StateReader, span: Span) -> Iterator[Row]:
    """One row per pipeline, by type, then by id as text."""
    for pipeline, ingested in sorted(
        decoded(reader, span.stream, _decode), key=lambda pair: (pair[0].object_type, pair[0].id)
    ):
        yield (
            pipeline.object_type,
            pipeline.id,
            pipeline.label,
            pipeline.display_order,
            pipeline.archived,
            pipeline.created_at,
            pipeline.updated_at,
            ingested,
        )


PIPELINES = Table(
    name="PIPELINES",
    grain="one pipeline of an object type",
    columns=(
        Column(
            "OBJECTTYPEID", "VARCHAR", "Type of the records that go through it: `0-3` deals, ..."
        ),
        Column(
            "PIPELINEID",
            "VARCHAR",
            "Id of the pipeline, text: what `pipeline` (deals) and `hs_pipeline` properties hold."
            " Unique only within an OBJECTTYPEID.",
        ),
        Column("LABEL", "VARCHAR", "Name that people see."),
        Column("DISPLAYORDER", "NUMBER", "Position among the pipelines of its type."),
        Column("ARCHIVED", "BOOLEAN", "Whether the pipeline was archived."),
        Column("CREATEDAT", "TIMESTAMP", "When the pipeline was created.", nullable=True),
        Column("UPDATEDAT", "TIMESTAMP", "When the pipeline was last changed.", nullable=True),
        ingested_at(),
    ),
    key=("OBJECTTYPEID", "PIPELINEID"),
    streams=(PIPELINES_STREAM,),
    spans=whole("pipelines"),
    rows=rows,
)

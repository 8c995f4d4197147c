"""PIPELINE_STAGES: the steps of every pipeline.

Whether a stage counts as won, lost or closed stands only in its metadata, and differs by object type.
"""

from collections.abc import Iterator

import msgspec

from crmsnap.state.reader import StateReader
from crmsnap.streams.documents import PipelineDocument
from crmsnap.streams.pipelines import PIPELINES
from crmsnap.tables.columns import ingested_at
from crmsnap.tables.documents import decoded, json_text
from crmsnap.tables.spans import whole
from crmsnap.tables.table import Column, Row, Span, Table

_decode = msgspec.json.Decoder(PipelineDocument).decode


def rows(reader: StateReader, span: Span) -> Iterator[Row]:
    """One row per stage, by type, pipeline and stage id."""
    for pipeline, ingested in sorted(
        decoded(reader, span.stream, _decode), key=lambda pair: (pair[0].object_type, pair[0].id)
    ):
        for stage in sorted(pipeline.stages, key=lambda stage: stage.id):
            yield (
                pipeline.object_type,
                pipeline.id,
                stage.id,
                stage.label,
                stage.display_order,
                json_text(stage.metadata),
                stage.archived,
                stage.created_at,
                stage.updated_at,
                ingested,
            )


PIPELINE_STAGES = Table(
    name="PIPELINE_STAGES",
    grain="one stage of a pipeline",
    columns=(
        Column("OBJECTTYPEID", "VARCHAR", "Type of the records. Joins PIPELINES with PIPELINEID."),
        Column("PIPELINEID", "VARCHAR", "The pipeline that the stage belongs to."),
        Column(
            "STAGEID",
            "VARCHAR",
            "Id of the stage, text: what `dealstage` and `hs_pipeline_stage` properties hold.",
        ),
        Column("LABEL", "VARCHAR", "Name that people see."),
        Column("DISPLAYORDER", "NUMBER", "Position in the pipeline."),
        Column(
            "METADATA",
            "JSON",
            'What the stage means: `{"isClosed":"true","probability":"1.0"}` for deals,'
            ' `{"ticketState":"CLOSED"}` for tickets.',
            nullable=True,
        ),
        Column("ARCHIVED", "BOOLEAN", "Whether the stage was archived."),
        Column("CREATEDAT", "TIMESTAMP", "When the stage was created.", nullable=True),
        Column("UPDATEDAT", "TIMESTAMP", "When the stage was last changed.", nullable=True),
        ingested_at(),
    ),
    key=("OBJECTTYPEID", "PIPELINEID", "STAGEID"),
    streams=(PIPELINES,),
    spans=whole("pipelines"),
    rows=rows,
)

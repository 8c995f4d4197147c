"""Pipelines with their stages, of every type that has any."""

from collections.abc import Iterator
from functools import partial

import msgspec

from crmsnap.errors import BadRequest, MissingScope, NotFound
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import pipelines
from crmsnap.hubspot.times import published
from crmsnap.model import Gap
from crmsnap.streams.documents import PipelineDocument, StageDocument
from crmsnap.streams.gaps import gap_for
from crmsnap.streams.known_types import readable_types
from crmsnap.streams.stream import Page, Scope, Stream, Task
from crmsnap.streams.types import TYPES


def tasks(scope: Scope) -> Iterator[Task]:
    """One pass over all types: most have none and say so with an error."""
    ids = [known.id for known in readable_types(scope)]
    yield Task("pipelines", partial(read, ids))


def read(object_types: list[str], client: Client, position: str | None) -> Iterator[Page]:
    """The pipelines of one type a page; the position is the last type that was asked about."""
    left = (
        object_types[object_types.index(position) + 1 :]
        if position in object_types
        else object_types
    )
    for object_type in left:
        gaps: list[Gap] = []
        rows = [
            (f"{object_type} {pipeline.id}", msgspec.json.encode(_document(object_type, pipeline)))
            for pipeline in _pipelines(client, object_type, gaps)
        ]
        yield Page(rows, object_type, gaps=gaps)


PIPELINES = Stream(
    name="pipelines",
    description="Pipelines and their stages, of every object type that has any.",
    endpoint="GET /crm/pipelines/{version}/{type}",
    scopes=("crm.schemas.<type>.read", "crm.objects.<type>.read"),
    tasks=tasks,
    after=(TYPES,),
)


def _pipelines(client: Client, object_type: str, gaps: list[Gap]) -> list[pipelines.Pipeline]:
    try:
        return pipelines.pipelines(client, object_type)
    except (NotFound, BadRequest):
        return []  # a type without pipelines
    except MissingScope as refused:
        gaps.append(gap_for(f"pipelines/{object_type}", refused))
        return []


def _document(object_type: str, pipeline: pipelines.Pipeline) -> PipelineDocument:
    return PipelineDocument(
        object_type=object_type,
        id=pipeline.id,
        label=pipeline.label,
        display_order=pipeline.display_order,
        stages=[_stage(stage) for stage in pipeline.stages],
        archived=bool(pipeline.archived),
        created_at=pipeline.created_at and published(pipeline.created_at),
        updated_at=pipeline.updated_at and published(pipeline.updated_at),
    )


def _stage(stage: pipelines.Stage) -> StageDocument:
    return StageDocument(
        id=stage.id,
        label=stage.label,
        display_order=stage.display_order,
        metadata=stage.metadata,
        archived=bool(stage.archived),
        created_at=stage.created_at and published(stage.created_at),
        updated_at=stage.updated_at and published(stage.updated_at),
    )

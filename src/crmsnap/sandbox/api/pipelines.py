"""`/crm/pipelines/{objectType}`: pipelines with their stages inline, never paged.

A type without pipelines is refused, it does not answer an empty list.
"""

from collections.abc import Callable
from typing import Any

import orjson

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.object_types import ObjectType
from crmsnap.sandbox.account.pipelines import Pipeline, created_ms, pipelines
from crmsnap.sandbox.account.times import iso
from crmsnap.sandbox.api import pages
from crmsnap.sandbox.api.errors import bad_request, not_found
from crmsnap.sandbox.api.route import Call, Family, Reply, Route


def list_pipelines(account: Account, call: Call) -> Reply:
    """Every pipeline of a type, archived ones included."""
    found = _pipelines(account, call)
    return _all([_pipeline_json(account, one, order) for order, one in enumerate(found)])


def get_pipeline(account: Account, call: Call) -> Reply:
    """One pipeline."""
    order, found = _pipeline(account, call)
    return Reply(orjson.dumps(_pipeline_json(account, found, order)))


def list_stages(account: Account, call: Call) -> Reply:
    """Every stage of a pipeline."""
    _, found = _pipeline(account, call)
    return _all(_stages_json(account, found))


def get_stage(account: Account, call: Call) -> Reply:
    """One stage of a pipeline."""
    _, found = _pipeline(account, call)
    for stage in _stages_json(account, found):
        if stage["id"] == call.path["stageId"]:
            return Reply(orjson.dumps(stage))
    raise not_found(f"No stage with id {call.path['stageId']}")


def _scopes(account: Account, call: Call) -> frozenset[str]:
    """The read scopes of the type, for its records or for its schema."""
    found = account.find_type(call.path["objectType"])
    if found is None:
        return frozenset()
    name = "custom" if found.custom else found.name
    return found.scopes | {f"crm.schemas.{name}.read"}


def _route(rest: str, handler: Callable[[Account, Call], Reply]) -> Route:
    bases = ("/crm/v3/pipelines/{objectType}", "/crm/pipelines/{version}/{objectType}")
    return Route("GET", tuple(base + rest for base in bases), handler, _scopes)


FAMILY = Family(
    name="pipelines",
    limit="burst",
    routes=(
        _route("", list_pipelines),
        _route("/{pipelineId}", get_pipeline),
        _route("/{pipelineId}/stages", list_stages),
        _route("/{pipelineId}/stages/{stageId}", get_stage),
    ),
)


def _all(results: list[dict[str, Any]]) -> Reply:
    return pages.page(map(orjson.dumps, results), after=None)


def _pipelines(account: Account, call: Call) -> tuple[Pipeline, ...]:
    object_type = _type(account, call.path["objectType"])
    found = pipelines(account, object_type.id)
    if not found:
        raise bad_request(f"Object type {object_type.id} does not support pipelines")
    return found


def _type(account: Account, text: str) -> ObjectType:
    found = account.find_type(text)
    if found is None:
        raise bad_request(f"Unable to infer object type from: {text}")
    return found


def _pipeline(account: Account, call: Call) -> tuple[int, Pipeline]:
    """The pipeline that the path names, with its display order."""
    for order, found in enumerate(_pipelines(account, call)):
        if found.id == call.path["pipelineId"]:
            return order, found
    raise not_found(f"No pipeline with id {call.path['pipelineId']}")


def _pipeline_json(account: Account, found: Pipeline, order: int) -> dict[str, Any]:
    return {
        "id": found.id,
        "label": found.label,
        "displayOrder": order,
        "stages": _stages_json(account, found),
        **_times(account, found, archived=found.archived),
    }


def _stages_json(account: Account, found: Pipeline) -> list[dict[str, Any]]:
    return [
        {
            "id": stage.id,
            "label": stage.label,
            "displayOrder": order,
            "metadata": dict(stage.metadata),
            "writePermissions": stage.write_permissions,
            **_times(account, found, archived=found.archived or stage.archived),
        }
        for order, stage in enumerate(found.stages)
    ]


def _times(account: Account, found: Pipeline, *, archived: bool) -> dict[str, Any]:
    made = iso(created_ms(account, found))
    times: dict[str, Any] = {"createdAt": made, "updatedAt": made, "archived": archived}
    return times | ({"archivedAt": iso(account.started_ms)} if archived else {})

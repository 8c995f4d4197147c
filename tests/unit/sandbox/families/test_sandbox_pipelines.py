import pytest

from crmsnap.sandbox.api.pipelines import (
    FAMILY,
    get_pipeline,
    get_stage,
    list_pipelines,
    list_stages,
)
from crmsnap.sandbox.api.route import ApiError

TYPES = ("deals", "tickets", "leads", "orders", "services", "appointments", "listings", "courses")


@pytest.mark.parametrize("name", [*TYPES, "0-3", "deal", "pets"])
def test_a_type_with_pipelines_lists_them_with_their_stages(reader, name):
    """A type may be named in any of its ways; the custom type `pets` has pipelines too."""
    found = reader.all(list_pipelines, {"objectType": name})
    assert [one["displayOrder"] for one in found] == list(range(len(found)))
    assert any(one["stages"] for one in found)


@pytest.mark.parametrize("name", ["contacts", "notes", "0-142", "dogovory", "no_such_type"])
def test_a_type_without_pipelines_is_refused(reader, name):
    """A reader must take the refusal for `none`, not for a failure."""
    with pytest.raises(ApiError) as caught:
        reader.get(list_pipelines, {"objectType": name})
    assert caught.value.status == 400


def test_ids_are_unique_within_their_type_only(reader):
    """A key of the pipeline id alone would lose rows."""
    ids = [one["id"] for name in TYPES for one in reader.all(list_pipelines, {"objectType": name})]
    assert len(ids) > len(set(ids))
    assert {"default", "0", "12423846", "14a2e10e-5471-408a-906e-c51f3b04369e"} <= set(ids)


def test_archived_pipelines_and_stages_are_listed(reader):
    """They say so, and since when."""
    found = reader.all(list_pipelines, {"objectType": "deals"})
    archived = [one for one in found if one["archived"]]
    stages = [stage for one in found if not one["archived"] for stage in one["stages"]]
    assert archived
    assert any(stage["archived"] for stage in stages)
    assert all("archivedAt" in one for one in archived)


def test_metadata_are_maps_of_texts(reader):
    """A probability or a flag is text here, and some stages have none."""
    found = [
        stage["metadata"]
        for name in TYPES
        for one in reader.all(list_pipelines, {"objectType": name})
        for stage in one["stages"]
    ]
    assert {} in found
    assert {"isClosed": "true", "probability": "1.0"} in found
    assert all(isinstance(value, str) for metadata in found for value in metadata.values())


def test_a_pipeline_that_came_with_the_account_was_created_at_the_epoch(reader):
    """1970 is a time like any other, not a missing one."""
    default, renewals, _ = reader.all(list_pipelines, {"objectType": "deals"})
    assert default["createdAt"] == "1970-01-01T00:00:00.000Z"
    assert renewals["createdAt"] > "2025"


def test_single_pipelines_and_stages_are_those_of_the_list(reader):
    """Four routes, one truth."""
    for one in reader.all(list_pipelines, {"objectType": "deals"}):
        path = {"objectType": "deals", "pipelineId": one["id"]}
        assert reader.get(get_pipeline, path) == one
        assert reader.all(list_stages, path) == one["stages"]
        for stage in one["stages"]:
            assert reader.get(get_stage, path | {"stageId": stage["id"]}) == stage


@pytest.mark.parametrize("pipeline", ["nope", "0"])
def test_an_unknown_pipeline_is_not_found(reader, pipeline):
    """`0` is a pipeline of tickets, not of deals."""
    with pytest.raises(ApiError) as caught:
        reader.get(get_pipeline, {"objectType": "deals", "pipelineId": pipeline})
    assert caught.value.status == 404


def test_the_scope_is_that_of_the_type(reader):
    """A token for tickets reads the pipelines of tickets and no other."""
    scopes = FAMILY.routes[0].scopes
    assert callable(scopes)
    assert "tickets" in scopes(reader.account, reader.call({"objectType": "tickets"}))
    assert "tickets" not in scopes(reader.account, reader.call({"objectType": "deals"}))
    assert "crm.objects.custom.read" in scopes(reader.account, reader.call({"objectType": "pets"}))

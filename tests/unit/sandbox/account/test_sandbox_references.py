"""Ids inside property values lead somewhere: joins of a copy find what they name."""

import pytest

from crmsnap.sandbox.account.owners import owner, total_owners
from crmsnap.sandbox.account.pipelines import pipelines
from crmsnap.sandbox.account.teams import teams


def values(api, name, *properties):
    """The values of some properties, record by record, without the empty ones."""
    records = api.all_records(name, limit=100, properties=list(properties))
    texts = [record["properties"][one] for record in records for one in properties]
    return {part for text in texts if text for part in text.split(";")}


def owners(api):
    """Every owner of the account."""
    count = total_owners(api.account, api.now_ms)
    return [owner(api.account, index, api.now_ms) for index in range(count)]


@pytest.mark.parametrize("name", ["contacts", "deals", "tasks", "pets"])
def test_owner_properties_hold_ids_of_owners(api, name):
    """Of owners, not of users."""
    found = values(api, name, "hubspot_owner_id", "hs_all_owner_ids")
    assert found
    assert found <= {str(one.id) for one in owners(api)}


@pytest.mark.parametrize("name", ["contacts", "companies"])
def test_user_properties_hold_ids_of_users(api, name):
    """Only that of a queue, which has no user, leads nowhere."""
    found = values(api, name, "hs_created_by_user_id", "hs_user_ids_of_all_owners")
    users = {str(one.user_id) for one in owners(api) if one.user_id is not None}
    assert len(found - users) <= sum(one.user_id is None for one in owners(api))
    assert found & users


def test_team_properties_hold_ids_of_teams(api):
    """Contacts of a team."""
    assert values(api, "contacts", "hubspot_team_id") <= {str(one.id) for one in teams(api.account)}


@pytest.mark.parametrize(
    ("name", "pipeline", "stage"),
    [
        ("deals", "pipeline", "dealstage"),
        ("tickets", "hs_pipeline", "hs_pipeline_stage"),
        ("leads", "hs_pipeline", "hs_pipeline_stage"),
        ("orders", "hs_pipeline", "hs_pipeline_stage"),
        ("services", "hs_pipeline", "hs_pipeline_stage"),
        ("courses", "hs_pipeline", "hs_pipeline_stage"),
        ("listings", "hs_pipeline", "hs_pipeline_stage"),
        ("appointments", "hs_pipeline", "hs_pipeline_stage"),
    ],
)
def test_stages_and_pipelines_of_records_exist(api, name, pipeline, stage):
    """Ids, not labels."""
    known = pipelines(api.account, api.account.find_type(name).id)
    assert values(api, name, pipeline) <= {one.id for one in known}
    assert values(api, name, stage) <= {step.id for one in known for step in one.stages}
    assert values(api, name, stage)

"""What one call tells of a type: whether the objects API has opened it, whether it has associations."""

import pytest

from crmsnap.hubspot.endpoints.types import AssociationName, Schema, TypeCount
from crmsnap.hubspot.object_types import STANDARD_TYPES
from crmsnap.streams.documents import TypeDocument
from crmsnap.streams.other_types import OTHER_TYPES
from crmsnap.streams.types import Schemas, merge, tried
from tests.unit.hubspot.host import Reply
from tests.unit.streams.other_types.served import NOT_FOUND, HubSpot, listed

ADS = "/crm/objects/2026-09/0-33"
LABELS = "/crm/associations/2026-09/0-11/0-1/labels"
FORBIDDEN = Reply({"category": "MISSING_SCOPES", "message": "no", "errors": [
    {"context": {"requiredGranularScopes": ["ads.read"]}}]}, 403)  # fmt: skip
WRONG = Reply({"category": "VALIDATION_ERROR", "message": "AD not supported"}, 400)


def known(id_: str) -> TypeDocument:
    found = {one.id: one for one in merge({}, Schemas([], []), {})}
    return found[id_]


def test_a_type_without_an_api_is_read_where_the_objects_api_answers(hubspot: HubSpot):
    """HubSpot may open it any day; until somebody classifies its properties they stay closed."""
    hubspot.serve(ADS, listed())
    found = tried(hubspot.client, known("0-33"))
    assert (found.source, found.readable, found.unreadable_because) == ("crm", True, "")
    assert found.allows_sensitive


@pytest.mark.parametrize(
    ("answer", "why"),
    [(WRONG, "does not know"), (NOT_FOUND, "does not know"), (FORBIDDEN, "ads.read")],
)
def test_else_a_sentence_says_why_not(hubspot: HubSpot, answer: Reply, why: str):
    hubspot.serve(ADS, answer)
    found = tried(hubspot.client, known("0-33"))
    assert (found.source, found.readable) == ("no-api", False)
    assert found.unreadable_because.startswith("HubSpot's public API has no way to read ads")
    assert why in found.unreadable_because


@pytest.mark.parametrize(
    ("answer", "associable"),
    [(listed(), True), (FORBIDDEN, True), (WRONG, False), (NOT_FOUND, False)],
)
def test_the_associations_api_says_which_other_types_it_knows(
    hubspot: HubSpot, answer: Reply, associable: bool
):
    """A refused one is known: its pairs are then declared gaps."""
    hubspot.serve(LABELS, answer)
    assert tried(hubspot.client, known("0-11")).associable is associable


def test_only_types_whose_ids_are_those_of_records_are_asked_for_associations(hubspot: HubSpot):
    """List 9 is not record 9: its associations would be rows that look right and belong to another."""
    for other in OTHER_TYPES:
        hubspot.serve(LABELS.replace("0-11", other.id), listed())
    found = {other.id for other in OTHER_TYPES if tried(hubspot.client, known(other.id)).associable}
    assert found == {"0-11", "0-35", "0-72"}
    assert sorted(hubspot.asked) == [LABELS.replace("0-11", id_) for id_ in sorted(found)]


def test_every_type_is_read_in_one_way_or_says_why_not():
    """No type of the article is without a source."""
    others = {other.id for other in OTHER_TYPES}
    for found in merge({}, Schemas([], []), {}):
        assert (found.source == "other-api") == (found.id in others)
        assert found.readable != bool(found.unreadable_because)
    assert all(one.remark for one in STANDARD_TYPES if one.source == "no-api")


def test_the_object_library_does_not_switch_off_an_api_of_its_own():
    """It calls conversations disabled in accounts that use them: it speaks of the generic API."""
    off = merge({"0-11": False, "0-27": False}, Schemas([], []), {})
    readable = {found.id: found.readable for found in off}
    assert readable["0-11"]
    assert not readable["0-27"]


@pytest.mark.parametrize("source", ["library", "counts", "schemas"])
def test_a_type_that_appears_tomorrow_is_read_like_any_other(source: str):
    """Whichever of the three answers names it first."""
    count = {"0-999": TypeCount("0-999", "Robot", "Robots", 3)} if source == "counts" else {}
    schema = [Schema("0-999", "robot")] if source == "schemas" else []
    found = merge({"0-999": True} if source == "library" else {}, Schemas(schema, []), count)
    (robot,) = (one for one in found if one.id == "0-999")
    assert (robot.source, robot.readable) == ("crm", True)


def test_a_schema_names_the_associations_of_its_type():
    """The labels answer has no names, so they are carried over by type id."""
    named = AssociationName("77", "2-1", "0-1", "pet_to_owner")
    schema = Schema("2-1", "pets", associations=[named, AssociationName("78", "0-1", "2-1")])
    (pets,) = (one for one in merge({}, Schemas([schema], []), {}) if one.id == "2-1")
    assert pets.association_names == {"2-1 0-1 77": "pet_to_owner"}

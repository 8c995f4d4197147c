"""Associations: both directions, labels, inner paging, and 207 as the normal answer."""

import orjson
import pytest

from crmsnap.sandbox.api.route import ApiError


def path(source, target):
    """The batch read of a pair."""
    return f"/crm/v4/associations/{source}/{target}/batch/read"


def live_ids(api, name):
    """The ids of all live records of a type."""
    type_id = api.account.find_associable_type(name).id
    return [
        str(api.account.record_id(type_id, index)) for index in api.account.live_indexes(type_id)
    ]


def rows(api, source, target):
    """Every (from, to, category, type id) of a pair, inner pages followed."""
    found, inputs = set(), [{"id": number} for number in live_ids(api, source)]
    while inputs:
        body = api.post(path(source, target), {"inputs": inputs[:1000]})
        inputs = inputs[1000:]
        for result in body["results"]:
            for to in result["to"]:
                for kind in to["associationTypes"]:
                    found.add(
                        (
                            int(result["from"]["id"]),
                            to["toObjectId"],
                            kind["category"],
                            kind["typeId"],
                        )
                    )
            if "paging" in result:
                after = result["paging"]["next"]["after"]
                inputs.append({"id": result["from"]["id"], "after": after})
    return found


def test_every_pair_read_to_the_end_gives_exactly_the_truth(api):
    """Counted independently: by reading, and by walking through the rules."""
    answer = api.get("/_sandbox/truth")
    truth = answer["associations"] | answer["other_associations"]
    counted = {
        f"{source}/{target}": len(rows(api, source, target))
        for source, target in api.account.links.pairs()
    }
    assert {pair: count for pair, count in counted.items() if count} == truth


def test_both_directions_hold_the_same_pairs_with_inverse_types(api):
    """Types point one way: contact to company is 279, company to contact 280."""
    inverse = {
        (kind.from_type, kind.to_type, kind.category, kind.type_id): kind.inverse_id
        for kind in api.account.links.types
    }
    for source, target in (("0-1", "0-2"), ("0-3", "0-1"), ("0-1", "0-1"), ("0-2", "0-2")):
        turned = {
            (there, here, category, inverse[source, target, category, type_id])
            for here, there, category, type_id in rows(api, source, target)
        }
        assert turned == rows(api, target, source)
        assert turned


def test_one_association_has_several_types_of_several_categories(api):
    """One row per element: unlabelled, primary, and labels of people's own, with equal ids."""
    body = {"inputs": [{"id": str(api.account.record_id("0-1", 2))}]}
    result = api.post(path("contacts", "companies"), body)["results"][0]
    kinds = [(kind["category"], kind["typeId"]) for kind in result["to"][0]["associationTypes"]]
    assert kinds == [
        ("HUBSPOT_DEFINED", 1),
        ("HUBSPOT_DEFINED", 279),
        ("USER_DEFINED", 1),
        ("USER_DEFINED", 3),
        ("USER_DEFINED", 7),
    ]


def test_the_busiest_record_has_1_500_associations_on_three_pages(api):
    """500 a page; the cursor goes back in the input of the next request."""
    company = str(api.account.record_id("0-2", 3))
    sizes, after = [], {}
    while True:
        body = api.post(path("companies", "emails"), {"inputs": [{"id": company, **after}]})
        sizes.append(len(body["results"][0]["to"]))
        if "paging" not in body["results"][0]:
            break
        after = {"after": body["results"][0]["paging"]["next"]["after"]}
    assert sizes == [500, 500, 500]


def test_a_large_account_has_a_company_of_12_000_contacts(make_api):
    """25 pages within one record."""
    api = make_api(contacts=15_000)
    company = str(api.account.record_id("0-2", 3))
    found, after = [], {}
    while True:
        body = {"inputs": [{"id": company, **after}]}
        (result,) = api.post(path("companies", "contacts"), body)["results"]
        found += [to["toObjectId"] for to in result["to"]]
        if "paging" not in result:
            break
        after = {"after": result["paging"]["next"]["after"]}
    assert found == sorted(set(found))
    assert 12_000 <= len(found) < 12_100


def test_companies_are_associated_with_each_other_by_labels_of_both_kinds(api):
    """One type, two ends: a paired label, a label of one text, and one of HubSpot's own."""
    kinds = {(category, number) for *_, category, number in rows(api, "0-2", "0-2")}
    own = {13, 14, 450}
    assert kinds == {("HUBSPOT_DEFINED", number) for number in own} | {
        ("USER_DEFINED", number) for number in (41, 42, 43)
    }


def test_threads_are_associated_in_both_directions(api):
    """Their type is known here although the generic objects API refuses it."""
    for other in ("0-1", "0-5"):
        there, back = rows(api, "0-11", other), rows(api, other, "0-11")
        assert {(one, two) for one, two, *_ in there} == {(two, one) for one, two, *_ in back}
        assert there
        for pair in (("0-11", other), (other, "0-11")):
            assert api.get(f"/crm/associations/2026-09/{pair[0]}/{pair[1]}/labels")["results"]


def test_records_without_associations_are_errors_of_a_207(api):
    """The normal answer; also for records that do not exist."""
    body = {"inputs": [{"id": number} for number in [*live_ids(api, "contacts"), "999999999"]]}
    reply = api.reply("POST", path("contacts", "deals"), body)
    answer = orjson.loads(reply.body)
    assert reply.status == 207
    assert len(answer["results"]) + answer["numErrors"] == 201
    error = answer["errors"][-1]
    assert error["subCategory"] == "crm.associations.NO_ASSOCIATIONS_FOUND"
    assert error["context"]["fromObjectId"] == ["999999999"]


def test_ids_asked_for_are_texts_and_ids_found_are_numbers(api):
    """On the wire; beyond 2^53 too."""
    deal = str(api.account.record_id("0-3", 4))
    raw = api.reply("POST", path("deals", "line_items"), {"inputs": [{"id": deal}]}).body
    answer = orjson.loads(raw)["results"][0]
    assert answer["from"] == {"id": deal}
    assert all(to["toObjectId"] > 2**53 for to in answer["to"])
    assert b'"toObjectId":"' not in raw


def test_archived_records_have_no_associations_and_are_nobodys(api):
    """Neither end: no half pairs."""
    gone = {api.account.record_id("0-1", index) for index in (13, 37, 38, 63)}
    assert all(
        here not in gone and there not in gone for here, there, *_ in rows(api, "0-1", "0-1")
    )
    assert gone.isdisjoint(there for _, there, *_ in rows(api, "0-2", "0-1"))


def test_labels_of_a_pair_name_every_type_that_its_associations_have(api):
    """A reader joins the two."""
    for source, target in (("0-1", "0-2"), ("0-2", "0-1"), ("0-1", "0-1"), ("pets", "contacts")):
        labels = api.get(f"/crm/associations/2026-03/{source}/{target}/labels")["results"]
        known = {(kind["category"], kind["typeId"]) for kind in labels}
        assert {(category, number) for _, _, category, number in rows(api, source, target)} <= known


def test_a_paired_label_has_two_texts(api):
    """One for each end."""
    labels = api.get("/crm/v4/associations/contacts/contacts/labels")["results"]
    assert {"Manager", "Employee", "Colleague", None} == {kind["label"] for kind in labels}


def test_a_pair_that_cannot_be_associated_has_no_labels(api):
    """200 with nothing in it."""
    assert api.get("/crm/v4/associations/taxes/users/labels") == {"results": []}


def test_custom_types_are_associated_with_standard_and_custom_ones(api):
    """Custom pairs were what airbyte #28772 lost."""
    assert rows(api, "pets", "contacts")
    assert rows(api, "pets", "escape_room")
    assert rows(api, "pets", "pets")


def test_more_than_1_000_inputs_are_refused(api):
    """400."""
    with pytest.raises(ApiError) as refused:
        api.post(path("contacts", "deals"), {"inputs": [{"id": "1"}] * 1001})
    assert refused.value.status == 400


@pytest.mark.parametrize("scopes", [{"crm.objects.contacts.read"}, {"crm.objects.deals.read"}])
def test_a_token_needs_the_scopes_of_both_ends(make_api, scopes):
    """One of them is not enough to read, but enough to see the labels."""
    api = make_api(scopes=scopes)
    with pytest.raises(ApiError) as refused:
        api.post(path("contacts", "deals"), {"inputs": []})
    assert refused.value.status == 403
    assert api.get("/crm/v4/associations/contacts/deals/labels")["results"]


def test_one_records_associations_are_paged_by_their_own_limit(api):
    """The other way to read them."""
    company = api.account.record_id("0-2", 3)
    base = f"/crm/objects/2026-03/companies/{company}/associations/emails"
    first = api.get(base, limit=400)
    second = api.get(base, limit=400, after=first["paging"]["next"]["after"])
    assert len(first["results"]) == len(second["results"]) == 400
    assert first["results"][-1]["toObjectId"] < second["results"][0]["toObjectId"]


def test_limits_that_somebody_set_are_listed(api):
    """Limits only: the list of pairs does not come from here."""
    found = api.get("/crm/associations/2026-03/definitions/configurations/all")["results"]
    assert {(one["fromObjectTypeId"], one["toObjectTypeId"]) for one in found} == {
        ("0-3", "0-2"),
        ("0-1", "0-2"),
    }

"""Search: its rules, its cap, its two ways of ordering ids, its lag."""

import pytest

from crmsnap.sandbox.api.route import ApiError

PATH = "/crm/v3/objects/contacts/search"
DAY_MS = 86_400_000


def one(name, operator, **more):
    """The filter groups that hold a single filter."""
    return [{"filters": [{"propertyName": name, "operator": operator, **more}]}]


def ids(found):
    """The ids of a page."""
    return [record["id"] for record in found["results"]]


def find_all(api, body, limit=200):
    """Every record that a search finds, page after page."""
    records, after = [], {}
    while True:
        page = api.post(PATH, {**body, "limit": limit, **after})
        records += page["results"]
        if "paging" not in page:
            return records
        after = {"after": page["paging"]["next"]["after"]}


def test_a_search_for_everything_finds_every_live_record_and_no_archived_one(api):
    """With the total beside them, and an integer cursor."""
    page = api.post(PATH, {"limit": 7})
    assert page["total"] == 200
    assert page["paging"]["next"]["after"] == "7"
    found = {record["id"] for record in find_all(api, {}, limit=7)}
    assert found == {record["id"] for record in api.all_records("contacts", limit=100)}


def test_the_default_page_has_ten_results(api):
    """HubSpot's default."""
    assert len(api.post(PATH, {})["results"]) == 10


@pytest.mark.parametrize(
    ("name", "operator", "more", "holds"),
    [
        ("country", "EQ", {"value": "japan"}, lambda value: value == "Japan"),
        ("country", "NEQ", {"value": "Japan"}, lambda value: value not in (None, "Japan")),
        (
            "country",
            "IN",
            {"values": ["Japan", "India"]},
            lambda value: value in ("Japan", "India"),
        ),
        ("country", "NOT_IN", {"values": ["japan"]}, lambda value: value != "Japan"),
        ("country", "HAS_PROPERTY", {}, lambda value: value is not None),
        ("country", "NOT_HAS_PROPERTY", {}, lambda value: value is None),
        ("country", "CONTAINS_TOKEN", {"value": "unit*"}, lambda value: value == "United States"),
        ("num_notes", "GT", {"value": "30"}, lambda value: value is not None and int(value) > 30),
        ("num_notes", "LTE", {"value": "3"}, lambda value: value is not None and int(value) <= 3),
        (
            "num_notes",
            "BETWEEN",
            {"value": "5", "highValue": "9"},
            lambda value: value is not None and 5 <= int(value) <= 9,
        ),
    ],
)
def test_each_operator_finds_what_it_says(api, name, operator, more, holds):
    """Compared with the values of the list, read one by one."""
    expected = {
        record["id"]
        for record in api.all_records("contacts", limit=100, properties=name)
        if holds(record["properties"][name])
    }
    body = {"filterGroups": one(name, operator, **more), "limit": 200}
    assert set(ids(api.post(PATH, body))) == expected
    assert 0 < len(expected) < 200


def test_filters_of_a_group_all_hold_and_any_group_is_enough(api):
    """AND inside, OR between."""
    japan = {"propertyName": "country", "operator": "EQ", "value": "Japan"}
    phone = {"propertyName": "phone", "operator": "HAS_PROPERTY"}
    both = find_all(api, {"filterGroups": [{"filters": [japan, phone]}]})
    either = find_all(api, {"filterGroups": [{"filters": [japan]}, {"filters": [phone]}]})
    only_japan = find_all(api, {"filterGroups": [{"filters": [japan]}]})
    only_phone = find_all(api, {"filterGroups": [{"filters": [phone]}]})
    assert len(both) + len(either) == len(only_japan) + len(only_phone)


def test_changed_records_are_found_by_time_in_the_order_of_time(api):
    """What a daily run asks: milliseconds since the epoch, ascending."""
    since = api.now_ms - 100 * DAY_MS
    sort = [{"propertyName": "lastmodifieddate", "direction": "ASCENDING"}]
    body = {"filterGroups": one("lastmodifieddate", "GTE", value=str(since)), "sorts": sort}
    times = [record["updatedAt"] for record in find_all(api, body)]
    expected = [
        record["updatedAt"]
        for record in api.all_records("contacts", limit=100)
        if record["updatedAt"] >= "2026-06-13T13:33:20.000Z"
    ]
    assert times == sorted(expected)
    assert times


@pytest.mark.parametrize(("order", "key"), [("number", int), ("text", str)])
def test_ids_are_ordered_as_the_knob_says(api, order, key):
    """HubSpot does not say whether ids sort as numbers or as text: a keyset has to survive both."""
    api.post("/_sandbox/knobs", {"search_id_order": order})
    every = [record["id"] for record in api.all_records("contacts", limit=100)]
    sort = {"sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}], "limit": 200}
    assert ids(api.post(PATH, sort)) == sorted(every, key=key)
    last = sorted(every, key=key)[120]
    later = {**sort, "filterGroups": one("hs_object_id", "GT", value=last)}
    assert ids(api.post(PATH, later)) == sorted(every, key=key)[121:]


def test_ids_beyond_floats_are_compared_exactly(api):
    """A line item's neighbour differs in the last digit only."""
    number = api.account.record_id("0-8", 5)
    body = {"filterGroups": one("hs_object_id", "EQ", value=str(number))}
    found = api.post("/crm/v3/objects/line_items/search", body)
    assert ids(found) == [str(number)]


def test_results_end_at_the_cap_and_the_next_page_is_refused(api):
    """10,000 at HubSpot; lowered here."""
    api.post("/_sandbox/knobs", {"search_cap": 50})
    page = api.post(PATH, {"limit": 20, "after": 40})
    assert len(page["results"]) == 10
    assert page["total"] == 200
    assert page["paging"]["next"]["after"] == "50"
    with pytest.raises(ApiError) as refused:
        api.post(PATH, {"limit": 20, "after": 50})
    assert refused.value.status == 400


FILTER = {"propertyName": "phone", "operator": "HAS_PROPERTY"}


@pytest.mark.parametrize(
    "body",
    [
        {"limit": 201},
        {"after": "x"},
        {"filterGroups": [{"filters": [FILTER]}] * 6},
        {"filterGroups": [{"filters": [FILTER] * 7}]},
        {"filterGroups": [{"filters": [FILTER] * 5}] * 4},
        {"sorts": ["phone", "zip"]},
        {"filterGroups": one("no_such_property", "HAS_PROPERTY")},
        {"filterGroups": one("phone", "LIKE", value="1")},
        {"filterGroups": one("phone", "EQ")},
        {"filterGroups": one("num_notes", "BETWEEN", value="1")},
        {"filterGroups": one("country", "IN")},
        {"filterGroups": one("lastmodifieddate", "GTE", value="2026-01-01")},
        {"filterGroups": 5},
        {"query": "x" * 3_000},
    ],
)
def test_a_query_beyond_the_rules_is_refused(api, body):
    """400 with the category of a validation error."""
    with pytest.raises(ApiError) as refused:
        api.post(PATH, body)
    assert refused.value.status == 400
    assert refused.value.body["category"] == "VALIDATION_ERROR"


def test_the_names_of_wanted_properties_do_not_count_as_query(api):
    """Public readers name all of them in every search, far beyond 3,000 characters, and are answered."""
    wanted = ["phone", *(f"a_long_property_name_{number}" for number in range(400))]
    (found,) = api.post(PATH, {"limit": 1, "properties": wanted})["results"]
    assert "phone" in found["properties"]


def test_a_change_is_invisible_until_the_index_has_caught_up(api):
    """Values, and records made meanwhile; the list shows both at once."""
    api.post("/_sandbox/knobs", {"index_lag_ms": 60_000})
    api.account.update("0-1", 5, {"city": "Nowhere at all"}, api.now_ms)
    index = api.account.create("0-1", api.now_ms)
    body = {"filterGroups": one("city", "EQ", value="Nowhere at all")}
    newest = {
        "filterGroups": one("hs_object_id", "EQ", value=str(api.account.record_id("0-1", index)))
    }
    assert api.post(PATH, body)["total"] == api.post(PATH, newest)["total"] == 0
    api.now_ms += 60_000
    assert api.post(PATH, body)["total"] == api.post(PATH, newest)["total"] == 1


def test_free_text_is_looked_for_in_the_searchable_properties(api):
    """The `query` member."""
    found = find_all(api, {"query": "tanaka", "properties": ["lastname"]})
    assert found
    assert all(record["properties"]["lastname"] == "Tanaka" for record in found)

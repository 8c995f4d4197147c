"""Types with an API of their own, cell by cell: read again over plain HTTP, and flattened by other code.

What the account holds is real trouble: numbers beyond 2^53, HTML, fields that no client knows, times as
ISO 8601 and as milliseconds, submissions without an id.
"""

import csv
import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.request import Request as HttpRequest
from urllib.request import urlopen

import pytest

from tests.builders.command import Crmsnap
from tests.builders.sandbox_process import DAY, SandboxAccount, sandbox
from tests.builders.snapshot import manifest, rows
from tests.contracts.test_snapshot_equals_the_account import milliseconds

TYPES = "0-3,0-11,0-15,0-25,0-28,0-29,0-35,0-38,0-39,0-45,0-58,0-72"
TABLES = "OBJECTS,OBJECT_WITH_OBJECT_PROPERTIES,PROPERTY_DEFINITIONS,ASSOCIATIONS,ASSOCIATION_DEFINITIONS"


class Number(str):
    """A JSON number as it was written."""

    __slots__ = ()


@pytest.fixture(scope="module")
def account() -> Iterator[SandboxAccount]:
    with sandbox("--frozen", contacts=300) as running:
        yield running


@pytest.fixture(scope="module")
def day(account: SandboxAccount, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One copy of these types; deals are there for their splits."""
    csv.field_size_limit(16 * 2**20)  # a long thread is more than Python's 128 KiB
    crmsnap = Crmsnap(tmp_path_factory.mktemp("copy"), account)
    ended = crmsnap.sync("--types", TYPES, "--tables", TABLES)
    assert ended.exit_code == 0, ended.stderr
    return crmsnap.snapshots / DAY


def ask(account: SandboxAccount, path: str, body: object = None) -> Any:
    request = HttpRequest(
        account.url + path,
        None if body is None else json.dumps(body).encode(),
        {"Authorization": f"Bearer {account.token}", "Content-Type": "application/json"},
    )
    with urlopen(request) as answer:
        return json.loads(answer.read(), parse_int=Number, parse_float=Number)


def every(account: SandboxAccount, path: str) -> Iterator[dict[str, Any]]:
    """All results of a list."""
    after = ""
    while True:
        page = ask(account, path + after)
        yield from page["results"]
        if "paging" not in page:
            return
        after = f"{'&' if '?' in path else '?'}after={page['paging']['next']['after']}"


def text(value: Any) -> str:
    """What a JSON value is as the text of a property."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str) else canonical(value)


def canonical(value: Any) -> str:
    """Compact JSON, names sorted, numbers as they were."""
    if isinstance(value, dict):
        members = (f"{canonical(name)}:{canonical(value[name])}" for name in sorted(value))
        return f"{{{','.join(members)}}}"
    if isinstance(value, list):
        return f"[{','.join(map(canonical, value))}]"
    return value if isinstance(value, Number) else json.dumps(value, ensure_ascii=False)


def fields(item: dict[str, Any]) -> dict[str, str]:
    """The fields of an API's object as properties."""
    names = {name: re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower() for name in item}
    # A page's password and the key of an e-mail's preview open something, and are never copied.
    return {
        names[name]: text(value)
        for name, value in item.items()
        if value is not None and name not in ("password", "previewKey")
    }


def of_list(path: str, key: str, account: SandboxAccount) -> dict[str, dict[str, str]]:
    return {item[key]: fields(item) for item in every(account, path)}


def campaigns(account: SandboxAccount) -> dict[str, dict[str, str]]:
    names = (
        "hs_object_id,hs_name,hs_start_date,hs_end_date,hs_campaign_status,hs_audience,hs_goal,hs_notes,"
        "hs_owner,hs_created_by_user_id,hs_color_hex,hs_currency_code,hs_utm,"
        "hs_budget_items_sum_amount,hs_spend_items_sum_amount"
    )
    found = {}
    for item in every(account, f"/marketing/v3/campaigns?properties={names}"):
        properties = item.pop("properties")
        found[properties["hs_object_id"]] = fields(item) | properties
    return found


def threads(account: SandboxAccount) -> dict[str, dict[str, str]]:
    path = "/conversations/v3/conversations/threads"
    found = {}
    for item in every(account, f"{path}?association=TICKET"):
        messages = list(every(account, f"{path}/{item['id']}/messages"))
        found[item["id"]] = fields(item | {"messages": messages})
    return found


def lists(account: SandboxAccount) -> dict[str, dict[str, str]]:
    answer = ask(account, "/crm/v3/lists/search", {"count": 500, "offset": 0, "query": ""})
    found = {}
    for item in answer["lists"]:
        item["hs_list_name"] = item.pop("name")
        item["hs_created_by_user_id"] = item.pop("createdById")
        found[item["listId"]] = fields(item.pop("additionalProperties")) | fields(item)
    return found


def splits(account: SandboxAccount) -> dict[str, dict[str, str]]:
    deals = [item["id"] for item in every(account, "/crm/v3/objects/deals?limit=100")]
    found = {}
    for start in range(0, len(deals), 100):
        inputs = {"inputs": [{"id": id_} for id_ in deals[start : start + 100]]}
        for deal in ask(account, "/crm/objects/v3/deals/splits/batch/read", inputs)["results"]:
            for split in deal["splits"]:
                values = {k: v for k, v in split["properties"].items() if v is not None}
                found[split["id"]] = values | {"deal_id": deal["id"]}
    return found


READERS = {
    "0-11": threads,
    "0-25": partial(of_list, "/cms/v3/pages/landing-pages", "id"),
    "0-28": partial(of_list, "/marketing/v3/forms", "id"),
    "0-29": partial(of_list, "/marketing/v3/emails?includeStats=true", "id"),
    "0-35": campaigns,
    "0-38": partial(of_list, "/cms/v3/pages/site-pages", "id"),
    "0-39": partial(of_list, "/cms/v3/blogs/posts", "id"),
    "0-45": lists,
    "0-58": partial(of_list, "/automation/sequences/2026-09-beta/serviceaccounts/sequences", "id"),
    "0-72": splits,
}


def published(day: Path, object_type: str) -> dict[str, dict[str, str]]:
    """The records of a type by id, with their properties."""
    return {
        row["OBJECTID"]: json.loads(row["PROPERTIES"])
        for row in rows(day, "OBJECT_WITH_OBJECT_PROPERTIES")
        if row["OBJECTTYPEID"] == object_type
    }


def dates(day: Path, object_type: str) -> set[str]:
    """The properties of a type that hold times."""
    return {
        row["NAME"]
        for row in rows(day, "PROPERTY_DEFINITIONS")
        if row["OBJECTTYPEID"] == object_type and row["TYPE"] in ("date", "datetime")
    }


def in_milliseconds(values: dict[str, str], names: set[str]) -> dict[str, str]:
    return {n: milliseconds(v) if n in names else v for n, v in values.items()}


@pytest.mark.parametrize("object_type", READERS)
def test_every_record_has_exactly_the_fields_that_its_api_gives(account, day, object_type):
    """No field lost, none invented, and no number changed on the way."""
    names = dates(day, object_type)
    expected = {
        id_: in_milliseconds(values, names) for id_, values in READERS[object_type](account).items()
    }
    assert expected
    assert published(day, object_type) == expected


def without_marked(values: list[dict[str, str]]) -> list[dict[str, str]]:
    """What was sent, less what may be sensitive: such values have a marker."""
    return [one for one in values if not one["value"].startswith("SENSITIVE-CANARY-")]


def test_every_submission_is_there_with_what_was_sent(account, day):
    """Those with an id under it; those without by what was sent, twins of one millisecond too."""
    path = "/form-integrations/v1/submissions/forms"
    expected = [
        fields(item | {"values": without_marked(item["values"])}) | {"form_id": form["id"]}
        for form in every(account, "/marketing/v3/forms")
        for item in every(account, f"{path}/{form['id']}?limit=50")
    ]
    found = published(day, "0-15")
    assert sorted(map(canonical, found.values())) == sorted(map(canonical, expected))
    for id_, values in found.items():
        assert values.get("conversion_id", id_) == id_
        assert not id_.isdigit()
    assert any("conversion_id" not in values for values in found.values())


def test_each_type_has_as_many_records_as_the_account_says(account, day):
    """By its own count, in the table of all objects."""
    truth = account.get("/_sandbox/truth")
    found: dict[str, int] = {}
    for row in rows(day, "OBJECTS"):
        found[row["OBJECTTYPEID"]] = found.get(row["OBJECTTYPEID"], 0) + 1
    assert found == truth["other_types"] | {
        "0-45": len(truth["lists"]),
        "0-3": truth["types"]["0-3"],
    }


def test_hubspots_totals_stand_beside_our_counts(day):
    """Where an API says how many there are."""
    counts = {one["type"]: one for one in manifest(day)["crmsnap"]["counts"]}
    for object_type in ("0-25", "0-29", "0-35", "0-38", "0-39", "0-45"):
        assert counts[object_type]["hubspot"] == counts[object_type]["ours"] > 0
    assert counts["0-28"]["hubspot"] is None


def test_fields_are_defined_with_their_types(day):
    """So that columns are typed; names that nobody has declared are not lost for it."""
    defined = {
        (row["OBJECTTYPEID"], row["NAME"]): row["TYPE"] for row in rows(day, "PROPERTY_DEFINITIONS")
    }
    assert defined["0-25", "page_expiry_date"] == "datetime"
    assert defined["0-28", "archived"] == "bool"
    assert defined["0-29", "stats"] == "string"
    assert defined["0-35", "hs_budget_items_sum_amount"] == "number"
    assert defined["0-72", "hs_deal_split_amount"] == "number"


def test_nothing_of_these_is_missing(day):
    """With a token that may read them; but what was sent in fields that nobody defines stays out."""
    assert [gap["stream"] for gap in manifest(day)["crmsnap"]["gaps"]] == ["objects/0-15/values"]


def test_every_association_that_occurs_is_defined(account, day):
    """Threads take part; types with ids of their own do not."""
    key = ("FROMOBJECTTYPEID", "TOOBJECTTYPEID", "COMBINEDASSOCIATIONTYPEID")
    occurring = {tuple(row[name] for name in key) for row in rows(day, "ASSOCIATIONS")}
    defined = {tuple(row[name] for name in key) for row in rows(day, "ASSOCIATION_DEFINITIONS")}
    assert occurring <= defined
    assert {from_type for from_type, _, _ in defined}.isdisjoint({"0-15", "0-28", "0-29"})

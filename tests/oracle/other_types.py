"""The types that have an API of their own, read by plain HTTP and flattened a second time.

Numbers keep their own text, nested values become compact JSON with sorted names, null is absent.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tests.oracle.reading import Json, Reading

Flat = dict[str, str]


class Number(str):
    """A number of an answer, as it was written."""

    __slots__ = ()


class Other(NamedTuple):
    """One record: its id, its time of change as the API tells it, and its fields."""

    id: str
    updated_at: str | None
    values: Flat


def others(reading: Reading, object_type: str) -> list[Other]:
    """The live records of a type that the generic objects API does not serve."""
    return list(_READ[object_type](reading))


def flat(item: Json) -> Flat:
    """Names in snake_case, values as text."""
    return {
        re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower(): text
        for name, value in item.items()
        if (text := as_text(value)) is not None
    }


def as_text(value: Json) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return written(value)


def written(value: Json) -> str:
    """Compact JSON with sorted names; numbers as they came."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        members = (f"{_quoted(name)}:{written(value[name])}" for name in sorted(value))
        return "{" + ",".join(members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(written, value)) + "]"
    if isinstance(value, str):
        return _quoted(value)
    return json.dumps(value)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _listed(path: str, updated: str, **query: str) -> Callable[[Reading], Iterator[Other]]:
    def read(reading: Reading) -> Iterator[Other]:
        for item in reading.pages(path, limit=100, numbers=Number, **query):
            for name in ("password", "previewKey"):  # they open something: never copied
                item.pop(name, None)
            values = flat(item)
            yield Other(values["id"], values.get(updated), values)

    return read


def _campaigns(reading: Reading) -> Iterator[Other]:
    names = [
        "hs_start_date",
        "hs_end_date",
        "hs_color_hex",
        "hs_notes",
        "hs_audience",
        "hs_goal",
        "hs_owner",
        "hs_currency_code",
        "hs_created_by_user_id",
        "hs_campaign_status",
        "hs_object_id",
        "hs_name",
        "hs_utm",
        "hs_budget_items_sum_amount",
        "hs_spend_items_sum_amount",
    ]
    for item in reading.pages("/marketing/v3/campaigns", limit=100, properties=",".join(names)):
        properties = item.pop("properties")
        own = flat(item)
        yield Other(properties["hs_object_id"], own.get("updated_at"), own | properties)


def _threads(reading: Reading) -> Iterator[Other]:
    path = "/conversations/v3/conversations/threads"
    for item in reading.pages(path, limit=100, association="TICKET", numbers=Number):
        values = flat(item)
        messages = reading.pages(f"{path}/{values['id']}/messages", limit=100, numbers=Number)
        yield Other(values["id"], None, values | {"messages": written(list(messages))})


def _submissions(reading: Reading) -> Iterator[Other]:
    for form in reading.pages("/marketing/v3/forms", limit=100):
        path = f"/form-integrations/v1/submissions/forms/{form['id']}"
        for item in reading.pages(path, limit=50, numbers=Number):
            item["values"] = [one for one in item["values"] if _is_open(reading, one)]
            values = flat(item) | {"form_id": form["id"]}
            yield Other(values.get("conversion_id", ""), values["submitted_at"], values)


def _is_open(reading: Reading, sent: Json) -> bool:
    """A contact's or company's by its definition; of no type what is no contact's, however it is written."""
    type_id, name = sent.get("objectTypeId"), sent["name"]
    definitions = reading.definitions(type_id or "0-1")
    if type_id is None and name.rpartition("/")[2].lower() not in definitions:
        return True
    return name in definitions and reading.is_open(type_id or "0-1", definitions[name])


def _lists(reading: Reading) -> Iterator[Other]:
    more = [
        "hs_list_size",
        "hs_last_record_added_at",
        "hs_last_record_removed_at",
        "hs_folder_name",
        "hs_list_reference_count",
    ]
    page = reading.post(
        "/crm/v3/lists/search", {"count": 500, "additionalProperties": more}, numbers=Number
    )
    for item in page["lists"]:
        additional = item.pop("additionalProperties")
        own = flat(item)
        own["hs_list_name"] = own.pop("name")
        own["hs_created_by_user_id"] = own.pop("created_by_id")
        yield Other(own["list_id"], own.get("updated_at"), additional | own)


def _deal_splits(reading: Reading) -> Iterator[Other]:
    open_names = reading.open_names("0-72")
    deals = [{"id": deal["id"]} for deal in reading.records("0-3")]
    for start in range(0, len(deals), 100):
        body = {"inputs": deals[start : start + 100]}
        for deal in reading.post("/crm/objects/v3/deals/splits/batch/read", body)["results"]:
            for split in deal["splits"]:
                values = {
                    name: split["properties"][name]
                    for name in open_names
                    if split["properties"].get(name) is not None
                }
                yield Other(split["id"], split["updatedAt"], values | {"deal_id": deal["id"]})


_READ: dict[str, Callable[[Reading], Iterator[Other]]] = {
    "0-11": _threads,
    "0-15": _submissions,
    "0-25": _listed("/cms/v3/pages/landing-pages", "updated"),
    "0-28": _listed("/marketing/v3/forms", "updated_at"),
    "0-29": _listed("/marketing/v3/emails", "updated_at", includeStats="true"),
    "0-35": _campaigns,
    "0-38": _listed("/cms/v3/pages/site-pages", "updated"),
    "0-39": _listed("/cms/v3/blogs/posts", "updated"),
    "0-45": _lists,
    "0-72": _deal_splits,
    "0-58": _listed("/automation/sequences/2026-09-beta/serviceaccounts/sequences", "updated_at"),
}
OTHER_TYPES = tuple(_READ)

"""The sandbox account read by plain HTTP: nothing of the product, so that no mistake of it is repeated.

Slow, simple and whole: every page to its end, every record by batch read with all names in the body.
"""

import gzip
import json
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

ALLOW_SENSITIVE = ("0-1", "0-2", "0-3", "0-5", "0-421")
"""Standard types that can hold sensitive values (developers.hubspot.com: "Sensitive data")."""

Json = Any
Numbers = Callable[[str], Any] | None
"""What a number of an answer becomes."""


class Refused(Exception):
    """HubSpot answered with an error."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(status, body[:300])
        self.status = status


class Reading:
    """One account; every answer is asked for once."""

    def __init__(self, url: str, token: str) -> None:
        self._connection = HTTPConnection(urlsplit(url).netloc, timeout=60)
        self._headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "gzip"}

    def close(self) -> None:
        self._connection.close()

    def get(self, path: str, *, numbers: Numbers = None, **query: object) -> Json:
        return self._ask("GET", f"{path}?{urlencode(query, doseq=True)}", numbers=numbers)

    def post(self, path: str, body: Json, *, numbers: Numbers = None) -> Json:
        return self._ask("POST", path, json.dumps(body).encode(), numbers=numbers)

    def pages(self, path: str, *, numbers: Numbers = None, **query: object) -> Iterator[Json]:
        """The results of every page, followed by `paging.next.after`."""
        after: dict[str, object] = {}
        while True:
            page = self.get(path, numbers=numbers, **query, **after)
            yield from page["results"]
            following = (page.get("paging") or {}).get("next", {}).get("after")
            if following is None:
                return
            after = {"after": following}

    def _ask(
        self, method: str, path: str, body: bytes | None = None, *, numbers: Numbers = None
    ) -> Json:
        headers = self._headers | ({"Content-Type": "application/json"} if body else {})
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        data = response.read()
        if response.headers.get("Content-Encoding") == "gzip":
            data = gzip.decompress(data)
        if response.status >= 300:
            raise Refused(response.status, data)
        return json.loads(data, parse_int=numbers, parse_float=numbers)

    # What an account has

    @cache  # noqa: B019 - a reading lives as long as its test
    def truth(self) -> Json:
        return self.get("/_sandbox/truth")

    @cache  # noqa: B019 - a reading lives as long as its test
    def counts(self) -> dict[str, Json]:
        """What the usage endpoint says of each type: labels and numbers."""
        answer = self.get("/crm/v3/limits/records")
        return {
            found["objectTypeId"]: found
            for found in [
                *answer["hubspotDefinedObjectTypes"],
                *answer["customObjectTypes"]["byObjectType"],
            ]
        }

    @cache  # noqa: B019 - a reading lives as long as its test
    def schemas(self, archived: bool) -> list[Json]:
        return self.get(
            "/crm-object-schemas/v3/schemas",
            archived=str(archived).lower(),
            includeAssociationDefinitions="true",
        )["results"]

    @cache  # noqa: B019 - a reading lives as long as its test
    def crm_types(self) -> tuple[str, ...]:
        """The ids of the types that the generic objects API serves."""
        return tuple(sorted(self.truth()["types"]))

    @cache  # noqa: B019 - a reading lives as long as its test
    def definitions(self, object_type: str) -> dict[str, Json]:
        """Every property of a type by name; a live definition wins over an archived one."""
        found: dict[str, Json] = {}
        for query in (
            {"archived": "true"},
            {"archived": "false"},
            {"dataSensitivity": "sensitive", "archived": "true"},
            {"dataSensitivity": "sensitive"},
            {"dataSensitivity": "highly_sensitive", "archived": "true"},
            {"dataSensitivity": "highly_sensitive"},
        ):
            for definition in self.get(f"/crm/v3/properties/{object_type}", **query)["results"]:
                found[definition["name"]] = definition
        return found

    def is_open(self, object_type: str, definition: Json) -> bool:
        """Whether a value of this property may be copied."""
        if definition.get("sensitiveDataCategories"):
            return False
        sensitivity = definition.get("dataSensitivity")
        if sensitivity is not None:
            return bool(sensitivity == "non_sensitive")
        if object_type in ALLOW_SENSITIVE:
            return False
        return not any(
            schema["objectTypeId"] == object_type and schema.get("allowsSensitiveProperties")
            for schema in self.schemas(archived=False)
        )

    @cache  # noqa: B019 - a reading lives as long as its test
    def open_names(self, object_type: str) -> tuple[str, ...]:
        return tuple(
            sorted(
                name
                for name, definition in self.definitions(object_type).items()
                if not definition.get("archived") and self.is_open(object_type, definition)
            )
        )

    @cache  # noqa: B019 - a reading lives as long as its test
    def records(self, object_type: str) -> list[Json]:
        """Every live record, by id, with all open values and their histories."""
        if (
            object_type == "0-11"
        ):  # the generic API does not serve them, associations name their ids
            return list(self.pages("/conversations/v3/conversations/threads", limit=100))
        path = f"/crm/v3/objects/{object_type}"
        ids = [record["id"] for record in self.pages(path, limit=100)]
        names = self.open_names(object_type)
        found: list[Json] = []
        for some in _by(50, ids):
            answer = self.post(
                f"{path}/batch/read",
                {
                    "inputs": [{"id": id_} for id_ in some],
                    "properties": names,
                    "propertiesWithHistory": names,
                },
            )
            found += answer["results"]
        return sorted(found, key=lambda record: int(record["id"]))

    @cache  # noqa: B019 - a reading lives as long as its test
    def labels(self, from_type: str, to_type: str) -> list[Json]:
        try:
            return self.get(f"/crm/v4/associations/{from_type}/{to_type}/labels")["results"]
        except Refused:
            return []

    @cache  # noqa: B019 - a reading lives as long as its test
    def associations(self, from_type: str, to_type: str) -> list[tuple[str, str, str, int]]:
        """(from id, to id, category, type id) of every association of a pair, past every inner page."""
        rows = []
        inputs = [{"id": str(record["id"])} for record in self.records(from_type)]
        while inputs:
            asked, inputs = inputs[:1000], inputs[1000:]
            answer = self.post(
                f"/crm/v4/associations/{from_type}/{to_type}/batch/read", {"inputs": asked}
            )
            for result in answer["results"]:
                from_id = str(result["from"]["id"])
                rows += [
                    (from_id, str(target["toObjectId"]), kind["category"], kind["typeId"])
                    for target in result["to"]
                    for kind in target["associationTypes"]
                ]
                after = result.get("paging", {}).get("next", {}).get("after")
                if after is not None:
                    inputs.append({"id": from_id, "after": after})
        return sorted(set(rows))

    @cache  # noqa: B019 - a reading lives as long as its test
    def lists(self) -> list[Json]:
        found: list[Json] = []
        while True:
            page = self.post(
                "/crm/v3/lists/search",
                {"count": 3, "offset": len(found), "additionalProperties": ["hs_list_size"]},
            )
            found += page["lists"]
            if not page["hasMore"]:
                return found

    def members(self, list_id: str) -> list[Json]:
        return list(self.pages(f"/crm/v3/lists/{list_id}/memberships", limit=100))

    @cache  # noqa: B019 - a reading lives as long as its test
    def owners(self) -> list[Json]:
        return [
            owner
            for archived in ("false", "true")
            for owner in self.pages("/crm/v3/owners", limit=100, archived=archived)
        ]

    def teams(self) -> list[Json]:
        return self.get("/settings/v3/users/teams")["results"]

    @cache  # noqa: B019 - a reading lives as long as its test
    def pipelines(self, object_type: str) -> list[Json]:
        try:
            return self.get(f"/crm/v3/pipelines/{object_type}")["results"]
        except Refused:
            return []

    @cache  # noqa: B019 - a reading lives as long as its test
    def event_names(self) -> list[str]:
        return self.get("/events/v3/events/event-types")["eventTypes"]

    @cache  # noqa: B019 - a reading lives as long as its test
    def event_definitions(self) -> dict[str, Json]:
        return {
            found["fullyQualifiedName"]: found
            for found in self.pages(
                "/events/v3/event-definitions", limit=100, includeProperties="true"
            )
        }

    @cache  # noqa: B019 - a reading lives as long as its test
    def occurrences(self, event_name: str) -> list[Json]:
        return list(self.pages("/events/v3/events", eventType=event_name, limit=1000))

    @cache  # noqa: B019 - a reading lives as long as its test
    def email_events(self, numbers: Numbers = None) -> list[Json]:
        """Every marketing e-mail event, by `offset` and `hasMore`."""
        found: list[Json] = []
        after: dict[str, object] = {}
        while True:
            page = self.get("/email/public/v1/events", numbers=numbers, limit=1000, **after)
            found += page["events"]
            if not page["hasMore"]:
                return found
            after = {"offset": page["offset"]}


def _by(count: int, items: Sequence[Json]) -> Iterator[Sequence[Json]]:
    for start in range(0, len(items), count):
        yield items[start : start + count]

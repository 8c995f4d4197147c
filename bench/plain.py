"""The export as people write it in an afternoon: http, json, csv, gzip. What crmsnap is measured beside.

It keeps nothing, proves nothing and cannot go on after a crash. To be fair it drops nulls as crmsnap
does and compresses at gzip's fastest level, which gives about the same bytes.
"""

import argparse
import csv
import gzip
import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

LEVEL = 1


def main() -> None:
    """Read all contacts and write them in one of two shapes."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--url", required=True)
    arguments.add_argument("--token", required=True)
    arguments.add_argument("--to", type=Path, required=True)
    arguments.add_argument("--shape", choices=["three", "wide"], required=True)
    chosen = arguments.parse_args()
    chosen.to.mkdir(parents=True, exist_ok=True)
    api = Api(chosen.url, chosen.token)
    names = sorted(p["name"] for p in api.get("/crm/v3/properties/contacts", {})["results"])
    write = three if chosen.shape == "three" else wide
    write(contacts(api, names), names, chosen.to)


class Api:
    """One connection that is kept open."""

    def __init__(self, url: str, token: str) -> None:
        address = urlsplit(url)
        self._connection = http.client.HTTPConnection(str(address.hostname), address.port)
        self._headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "gzip"}

    def get(self, path: str, query: dict[str, Any]) -> Any:
        """The decoded answer."""
        self._connection.request("GET", f"{path}?{urlencode(query)}", headers=self._headers)
        response = self._connection.getresponse()
        body = response.read()
        if response.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        return json.loads(body)


def contacts(api: Api, names: list[str]) -> Iterator[dict[str, Any]]:
    """Every contact, page by page."""
    query = {"limit": 100, "properties": ",".join(names)}
    while True:
        page = api.get("/crm/v3/objects/contacts", query)
        yield from page["results"]
        if "paging" not in page:
            return
        query["after"] = page["paging"]["next"]["after"]


def three(records: Iterator[dict[str, Any]], _: list[str], folder: Path) -> None:
    """The three tables that crmsnap writes in this benchmark."""
    with (
        gzip.open(folder / "objects.csv.gz", "wt", LEVEL, newline="") as objects,
        gzip.open(folder / "with_properties.csv.gz", "wt", LEVEL, newline="") as with_properties,
        gzip.open(folder / "properties.csv.gz", "wt", LEVEL, newline="") as properties,
    ):
        rows, json_rows, long_rows = (
            csv.writer(objects),
            csv.writer(with_properties),
            csv.writer(properties),
        )
        for record in records:
            id_, updated_at = record["id"], record["updatedAt"]
            values = {k: v for k, v in record["properties"].items() if v is not None}
            rows.writerow(("0-1", id_, updated_at, ""))
            json_rows.writerow(("0-1", id_, json.dumps(values, ensure_ascii=False), updated_at, ""))
            for name, value in values.items():
                long_rows.writerow(("0-1", id_, name, value, "", ""))


def wide(records: Iterator[dict[str, Any]], names: list[str], folder: Path) -> None:
    """One table with a column for each property."""
    with gzip.open(folder / "contacts.csv.gz", "wt", LEVEL, newline="") as file:
        writer = csv.DictWriter(file, ["id", "updatedAt", *names], extrasaction="ignore")
        writer.writeheader()
        for record in records:
            writer.writerow(
                record["properties"] | {"id": record["id"], "updatedAt": record["updatedAt"]}
            )


if __name__ == "__main__":
    main()

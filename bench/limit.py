"""The physical limit of the same job: parse the bytes once, compress the result once, nothing else.

Prints the CPU seconds of both, measured on the very pages and parts of the run that it is compared with.
"""

import argparse
import json
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec
from isal import igzip, isal_zlib
from plain import Api

PAGES = 60
"""How many pages the parser is measured on."""


class Record(msgspec.Struct):
    """What ingest must see of a record; its properties are only delimited."""

    id: str
    updatedAt: str
    properties: msgspec.Raw


class Page(msgspec.Struct):
    """A page of the list."""

    results: list[Record]


def main() -> None:
    """Measure both halves."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--url", required=True)
    arguments.add_argument("--token", required=True)
    arguments.add_argument("--contacts", type=int, required=True)
    arguments.add_argument("--snapshot", type=Path, required=True)
    chosen = arguments.parse_args()
    api = Api(chosen.url, chosen.token)
    names = sorted(p["name"] for p in api.get("/crm/v3/properties/contacts", {})["results"])
    bodies = list(islice(_bodies(api, names), PAGES))
    pages = chosen.contacts / 100
    parse = _parse_seconds(bodies) / len(bodies) * pages
    size = sum(map(len, bodies)) / len(bodies) * pages
    gzip = sum(_gzip_seconds(part) for part in sorted(chosen.snapshot.rglob("*.csv.gz")))
    print(json.dumps({"json_bytes": round(size), "parse_s": parse, "gzip_s": gzip}))


def _bodies(api: Api, names: list[str]) -> Iterator[bytes]:
    """Pages as they come over the wire, unpacked."""
    query = {"limit": 100, "properties": ",".join(names)}
    while True:
        page = api.get("/crm/v3/objects/contacts", query)
        yield json.dumps(page, ensure_ascii=False, separators=(",", ":")).encode()
        if "paging" not in page:
            return
        query["after"] = page["paging"]["next"]["after"]


def _parse_seconds(bodies: list[bytes]) -> float:
    """Each page once: a page that is parsed again lies in the processor's cache."""
    decode = msgspec.json.Decoder(Page).decode
    started = time.process_time()
    for body in bodies:
        decode(body)
    return time.process_time() - started


def _gzip_seconds(part: Path) -> float:
    text = igzip.decompress(part.read_bytes())
    compressor = isal_zlib.compressobj(2, isal_zlib.DEFLATED, 31)
    started = time.process_time()
    for start in range(0, len(text), 500_000):
        compressor.compress(text[start : start + 500_000])
    compressor.flush()
    return time.process_time() - started


if __name__ == "__main__":
    main()

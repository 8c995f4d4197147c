"""How many contacts a second the sandbox serves from one core: is it ever the bottleneck?

    python bench/sandbox_throughput.py [seconds]

Starts `crmsnap sandbox` on a core of its own and pages through its contacts over one keep-alive
connection, 100 a page, the 60 properties that are set most often. The body is read and not decoded,
so that the client on the other core stays out of the figure. The server's CPU time is printed beside
the wall clock: it is what a page costs, whatever else the machine does.
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import urllib3

CONTACTS = 100_000
PAGE = 100
PROPERTIES = 60
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure with gzip and without, and print one line for each."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    with sandbox() as (process, address), urllib3.PoolManager() as pool:
        headers = {"authorization": f"Bearer {address['token']}"}
        names = set_most_often(pool, address["url"], headers)
        path = f"{address['url']}/crm/v3/objects/contacts?limit={PAGE}&properties={quote(','.join(names))}"
        for encoding in ("gzip", "identity"):
            measure(process.pid, pool, path, headers | {"accept-encoding": encoding}, seconds)


def measure(
    pid: int, pool: urllib3.PoolManager, path: str, headers: dict[str, str], seconds: float
) -> None:
    """Page through contacts for so many seconds, from the first again when the last was read."""
    pages = received = 0
    after = ""
    started, used = time.perf_counter(), cpu_seconds(pid)
    while time.perf_counter() - started < seconds:
        answer = pool.request("GET", path + after, headers=headers, preload_content=False)
        body = answer.read(decode_content=False)
        answer.release_conn()
        if answer.status != 200:
            raise SystemExit(f"{answer.status}: {body[:300]!r}")
        pages += 1
        received += len(body)
        after = f"&after={7_000_000_000 + pages}" if not after else next_after(after)
    wall, cpu = time.perf_counter() - started, cpu_seconds(pid) - used
    print(
        f"{headers['accept-encoding']:>8}: {pages * PAGE / wall:8,.0f} contacts/s of the wall clock, "
        f"{pages * PAGE / cpu:8,.0f} a CPU second of the server, "
        f"{cpu / pages * 1000:.2f} ms and {received / pages / 1000:,.0f} kB a page"
    )

"""How many contacts a second the sandbox serves from one core: is it ever the bottleneck?

    python bench/sandbox_throughput.py [seconds]

Starts `crmsnap sandbox` on a core of its own and reads pages of 100 contacts, the 60 properties that
are set most often, over four keep-alive connections. Bodies are received and not decoded, so that
the clients on the other cores stay out of the figure. The server's CPU time is printed beside the
wall clock: it is what a page costs, whatever else the machine does.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from urllib.parse import quote

import urllib3

CONTACTS = 200_000  # more pages than are read, so that nothing is served twice
PAGE = 100
PROPERTIES = 60
CONNECTIONS = 4
LIST = "/crm/v3/objects/contacts"
SERVER_CORE = 0


def main() -> None:
    """Measure with gzip and without, and print one line for each."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    with sandbox() as server:
        names = set_most_often(server)
        cursors = all_cursors(server)
        paths = [f"{LIST}?limit={PAGE}&properties={quote(','.join(names))}{at}" for at in cursors]
        for encoding in ("gzip", "identity"):
            print(f"{encoding:>8}: {measure(server, paths, encoding, seconds)}")


@dataclass(frozen=True)
class Server:
    """A running sandbox and a client of it."""

    pid: int
    url: str
    token: str
    pool: urllib3.PoolManager

    def get(self, path: str, encoding: str = "identity") -> bytes:
        """The body of an answer as it came over the wire."""
        headers = {"authorization": f"Bearer {self.token}", "accept-encoding": encoding}
        answer = self.pool.request("GET", self.url + path, headers=headers, decode_content=False)
        if answer.status != 200:
            raise SystemExit(f"{answer.status}: {answer.data[:300]!r}")
        return answer.data

    def cpu_seconds(self) -> float:
        """CPU time of the server so far, user and system."""
        fields = (
            Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        )
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(server: Server, paths: list[str], encoding: str, seconds: float) -> str:
    """Read pages over all connections for so many seconds; the figures in words."""
    sizes: list[int] = []
    until = time.perf_counter() + seconds

    def read(number: int) -> None:
        for path in islice(cycle(paths), number * len(paths) // CONNECTIONS, None):
            if time.perf_counter() >= until:
                return
            sizes.append(len(server.get(path, encoding)))

    started, used = time.perf_counter(), server.cpu_seconds()
    readers = [threading.Thread(target=read, args=(number,)) for number in range(CONNECTIONS)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    wall, cpu = time.perf_counter() - started, server.cpu_seconds() - used
    pages = len(sizes)
    return (
        f"{pages * PAGE / wall:,.0f} contacts/s, {pages * PAGE / cpu:,.0f} a CPU second of the server; "
        f"a page is {sum(sizes) / pages / 1000:,.0f} kB and costs {cpu / pages * 1000:.2f} ms"
    )


def set_most_often(server: Server) -> list[str]:
    """The names of the properties that most contacts have a value for."""
    every = json.loads(server.get("/crm/v3/properties/contacts"))["results"]
    names = quote(",".join(one["name"] for one in every))
    page = json.loads(server.get(f"{LIST}?limit={PAGE}&properties={names}"))["results"]
    counts = Counter(
        name for one in page for name, value in one["properties"].items() if value is not None
    )
    return [name for name, _ in counts.most_common(PROPERTIES)]


def all_cursors(server: Server) -> list[str]:
    """What to add to the path for each page."""
    cursors = [""]
    while True:
        page = json.loads(server.get(f"{LIST}?limit={PAGE}{cursors[-1]}"))
        if "paging" not in page:
            return cursors
        cursors.append(f"&after={page['paging']['next']['after']}")


@contextmanager
def sandbox() -> Iterator[Server]:
    """A sandbox with one core to itself, where the machine has more than one."""
    command = [sys.executable, "-m", "crmsnap", "sandbox", "--contacts", str(CONTACTS)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(process.pid, {SERVER_CORE})
    os.sched_setaffinity(0, cores - {SERVER_CORE} or cores)
    with process, urllib3.PoolManager(maxsize=CONNECTIONS, block=True) as pool:
        try:
            address = json.loads(process.stdout.readline())
            yield Server(process.pid, address["url"], address["token"], pool)
        finally:
            process.terminate()


if __name__ == "__main__":
    main()

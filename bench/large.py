"""`make bench-large`: a first day and a second day of a large account, measured from outside.

Memory is the kernel's own high-water mark of every process (`VmHWM`), read while the processes live: the
figure that `wait4` gives is the largest of a process and of its children, which are asked for apart here.
Calls are the sandbox's own count, not the product's. Nothing here is a test.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import urllib3
from run import TABLES, sandbox

SAMPLE_SECONDS = 0.2
CONTROL_SECONDS = 600
"""So long the sandbox may take to let a day pass over a million records; urllib3 would wait three seconds."""
SHARE_CHANGED = 0.02
MIB_AIM = 250


@dataclass(frozen=True)
class Day:
    """What one sync cost."""

    cpu_s: float
    wall_s: float
    main_mib: float
    worker_mib: float
    """Of the largest child; 0: there was none."""
    calls: Mapping[str, int]
    """By family, without the control of the sandbox."""
    rows: int
    bytes: int
    state_bytes: int


def main() -> None:
    """Measure both days and print them."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--contacts", type=int, default=1_000_000)
    arguments.add_argument("--tables", default=TABLES, help="as for `crmsnap sync`; empty: all")
    arguments.add_argument("--executor", help="as for `crmsnap sync`")
    arguments.add_argument("--folder", type=Path, help="where to work; else the temporary folder")
    arguments.add_argument("--json", action="store_true", help="print the figures as JSON")
    chosen = arguments.parse_args()
    options = ["--tables", chosen.tables] if chosen.tables else []
    options += ["--executor", chosen.executor] if chosen.executor else []
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        days = measure(Path(folder), chosen.contacts, options)
    if chosen.json:
        print(json.dumps([asdict(day) for day in days], indent=1))
    else:
        print(report(chosen.contacts, days))


def measure(folder: Path, contacts: int, options: list[str]) -> tuple[Day, ...]:
    """The first day, and the day after a share of the records changed."""
    with sandbox(contacts) as (url, token):
        first = _day(folder, url, token, options)
        _post(f"{url}/_sandbox/advance", {"days": 1, "changed": SHARE_CHANGED})
        return first, _day(folder, url, token, options)


def report(contacts: int, days: tuple[Day, ...]) -> str:
    """The figures for people."""
    lines = [
        f"{contacts:,} contacts, 60 of 150 properties set, {SHARE_CHANGED:.0%} changed on the second day",
        f"{_processor()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}",
    ]
    for name, day in zip(("first", "second"), days, strict=True):
        lines += [
            "",
            f"{name} day: {day.cpu_s:.1f} CPU s, {day.wall_s:.0f} s, {contacts / day.cpu_s:,.0f} records/s a core",
            f"  peak memory: main process {day.main_mib:.0f} MiB (aim: {MIB_AIM}),"
            f" largest worker {day.worker_mib:.0f} MiB",
            f"  published: {day.rows:,} rows in {day.bytes / 1e6:,.1f} MB; state {day.state_bytes / 1e6:,.1f} MB",
            f"  calls: {sum(day.calls.values()):,}: "
            + ", ".join(f"{family} {number:,}" for family, number in day.calls.items()),
        ]
    return "\n".join(lines)


def _day(folder: Path, url: str, token: str, options: list[str]) -> Day:
    _post(f"{url}/_sandbox/stats/reset", {})
    command = [sys.executable, "-m", "crmsnap", "sync", "--to", str(folder / "snapshots")]
    command += ["--base-url", url, "--home", str(folder / "home"), "--types", "contacts", "--json"]
    began_at = time.monotonic()
    with subprocess.Popen(
        [*command, *options],
        env=os.environ | {"HUBSPOT_TOKEN": token},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        peaks = Peaks(process.pid)
        report = _last_line(process)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        of_main, of_workers = peaks.end()
    if process.returncode:
        sys.exit(f"crmsnap sync ended with {process.returncode}: {report}")
    return Day(
        cpu_s=usage.ru_utime + usage.ru_stime,
        wall_s=time.monotonic() - began_at,
        main_mib=of_main,
        worker_mib=max(of_workers, default=0),
        calls=_calls(url),
        rows=report["rows"],
        bytes=report["bytes"],
        state_bytes=sum(f.stat().st_size for f in (folder / "home").rglob("*") if f.is_file()),
    )


class Peaks:
    """Looks again and again how much memory a process and its children have ever had."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._peaks: dict[int, float] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def end(self) -> tuple[float, list[float]]:
        """MiB of the process, and of each of its children."""
        self._over.set()
        self._thread.join()
        return self._peaks.pop(self._pid, 0.0), list(self._peaks.values())

    def _watch(self) -> None:
        while not self._over.wait(SAMPLE_SECONDS):
            for pid in (self._pid, *_children(self._pid)):
                self._peaks[pid] = max(self._peaks.get(pid, 0.0), _peak_mib(pid))


def _children(pid: int) -> Iterator[int]:
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        for task in tasks:
            yield from map(int, (task / "children").read_text().split())
    except (FileNotFoundError, ProcessLookupError):
        return


def _peak_mib(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    kib = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(kib[0]) / 1024 if kib else 0.0


def _last_line(process: "subprocess.Popen[str]") -> dict[str, Any]:
    """The report; what comes before are events, which a large account has many of."""
    last = "{}"
    for line in process.stdout or ():
        last = line
    found: dict[str, Any] = json.loads(last)
    return found


def _calls(url: str) -> dict[str, int]:
    requests = urllib3.request("GET", f"{url}/_sandbox/stats", timeout=CONTROL_SECONDS).json()[
        "requests"
    ]
    return {family: sum(by_status.values()) for family, by_status in sorted(requests.items())}


def _post(url: str, body: object) -> None:
    answer = urllib3.request("POST", url, json=body, timeout=CONTROL_SECONDS)
    if answer.status != HTTPStatus.OK:
        sys.exit(f"{url} answered {answer.status}: {answer.data.decode()}")


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


if __name__ == "__main__":
    main()

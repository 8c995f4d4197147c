"""`make bench`: what a sync costs, as ratios measured in one run on this machine.

Whole processes are measured from outside: CPU seconds (user and system, children included) and the
peak memory of the largest process. Rivals run in turn, and the ratio is taken pair by pair, because a
machine's speed drifts. Nothing here is a test: a slow machine must not fail a build.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

BENCH = Path(__file__).parent
TABLES = "OBJECTS,OBJECT_WITH_OBJECT_PROPERTIES,OBJECT_PROPERTIES"


@dataclass(frozen=True)
class Cost:
    """What one process cost."""

    cpu_s: float
    peak_mib: float


def main() -> None:
    """Run the three comparisons and print them."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--contacts", type=int, default=20_000)
    arguments.add_argument("--pairs", type=int, default=3)
    arguments.add_argument("--json", action="store_true", help="print the figures as JSON")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), chosen.contacts, chosen.pairs)
    print(json.dumps(figures, indent=1) if chosen.json else report(figures))


def measure(folder: Path, contacts: int, pairs: int) -> dict[str, Any]:
    """All figures of the benchmark."""
    runs: dict[str, list[Cost]] = {"crmsnap": [], "three": [], "wide": []}
    with sandbox(contacts) as (url, token):
        for number in range(pairs + 1):  # the first round only warms caches and bytecode
            for name, costs in runs.items():
                cost = _run(name, url, token, folder)
                if number:
                    costs.append(cost)
        limit = json.loads(
            _output(
                [
                    sys.executable,
                    str(BENCH / "limit.py"),
                    "--url",
                    url,
                    "--token",
                    token,
                    "--contacts",
                    str(contacts),
                    "--snapshot",
                    str(folder / "crmsnap"),
                ]
            )
        )
    with sandbox(contacts * 10) as (url, token):
        large = _run("crmsnap", url, token, folder)
    ours = runs["crmsnap"]
    limit_s = limit["parse_s"] + limit["gzip_s"]
    return {
        "machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores,"
        f" load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}",
        "contacts": contacts,
        "crmsnap": _middle(ours),
        "plain_three_tables": _middle(runs["three"]),
        "plain_one_wide_table": _middle(runs["wide"]),
        "cpu_ratio_to_plain": median(
            o.cpu_s / p.cpu_s for o, p in zip(ours, runs["three"], strict=True)
        ),
        "cpu_ratio_to_wide": median(
            o.cpu_s / p.cpu_s for o, p in zip(ours, runs["wide"], strict=True)
        ),
        "limit": limit | {"cpu_s": limit_s},
        "cpu_ratio_to_limit": _middle(ours)["cpu_s"] / limit_s,
        "ten_times": {"cpu_s": large.cpu_s, "peak_mib": large.peak_mib},
        "ten_times_cpu_ratio": large.cpu_s / _middle(ours)["cpu_s"],
        "ten_times_memory_ratio": large.peak_mib / _middle(ours)["peak_mib"],
    }


def report(figures: dict[str, Any]) -> str:
    """The figures for people, beside what they aim at."""
    ours, plain, wide = (
        figures[n] for n in ("crmsnap", "plain_three_tables", "plain_one_wide_table")
    )
    ten = figures["ten_times"]
    return "\n".join(
        [
            f"{figures['contacts']:,} contacts, 60 of 150 properties set; {figures['machine']}",
            "",
            f"(a) crmsnap, three tables      {ours['cpu_s']:6.2f} CPU s {ours['peak_mib']:6.0f} MiB   aim: 5 CPU s, 120 MiB",
            f"    plain code, three tables   {plain['cpu_s']:6.2f} CPU s {plain['peak_mib']:6.0f} MiB   crmsnap / plain = {figures['cpu_ratio_to_plain']:.2f}",
            f"    plain code, one wide table {wide['cpu_s']:6.2f} CPU s {wide['peak_mib']:6.0f} MiB   crmsnap / wide  = {figures['cpu_ratio_to_wide']:.2f}",
            f"(b) parse once, compress once  {figures['limit']['cpu_s']:6.2f} CPU s              crmsnap / limit = {figures['cpu_ratio_to_limit']:.1f}   aim: 7",
            f"(c) ten times the contacts     {ten['cpu_s']:6.2f} CPU s {ten['peak_mib']:6.0f} MiB   CPU x {figures['ten_times_cpu_ratio']:.1f} (aim 10.5), memory x {figures['ten_times_memory_ratio']:.2f} (aim 1.10)",
        ]
    )


@contextmanager
def sandbox(contacts: int) -> Iterator[tuple[str, str]]:
    """A sandbox account in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "crmsnap", "sandbox", "--port", "0", "--contacts", str(contacts)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        ready = json.loads(process.stdout.readline())  # type: ignore[union-attr]  # PIPE was asked for
        yield ready["url"], ready["token"]
    finally:
        process.terminate()
        process.wait()


def _run(name: str, url: str, token: str, folder: Path) -> Cost:
    to = folder / name
    for old in (to, folder / "home"):
        shutil.rmtree(old, ignore_errors=True)
    if name == "crmsnap":
        command = [
            sys.executable,
            "-m",
            "crmsnap",
            "sync",
            "--to",
            str(to),
            "--base-url",
            url,
            "--quiet",
        ]
        command += ["--home", str(folder / "home"), "--types", "contacts", "--tables", TABLES]
    else:
        command = [sys.executable, str(BENCH / "plain.py"), "--url", url, "--token", token]
        command += ["--to", str(to), "--shape", name]
    return _cost(command, os.environ | {"HUBSPOT_TOKEN": token})


def _cost(command: list[str], environment: dict[str, str]) -> Cost:
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{' '.join(command[:4])} ended with status {status}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def _output(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _middle(costs: list[Cost]) -> dict[str, float]:
    return {
        "cpu_s": median(cost.cpu_s for cost in costs),
        "peak_mib": median(cost.peak_mib for cost in costs),
    }


if __name__ == "__main__":
    main()

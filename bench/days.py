"""`make bench-days`: how many calls the second day takes of those that the first took, by family.

An account of 100,000 contacts and what belongs to them is copied, lives for a day in which 2 % of its records
change, and is copied again. Calls are counted, not seconds, so the machine does not matter. Families that
do not follow from changes are set apart: see `crmsnap/hubspot/families.py`. Of the others the second day may
take a tenth; the last line says PASS or FAIL, and so does the exit code.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path

import urllib3
from run import sandbox

from crmsnap.hubspot.families import FAMILIES, SET_APART

AT_MOST = 0.10
"""Of the first day's calls, where they follow from what changed."""


def main() -> None:
    """Copy the two days, print both, and fail when the second costs too much."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--contacts", type=int, default=100_000)
    arguments.add_argument("--json", action="store_true", help="print the figures as JSON")
    chosen = arguments.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        sandbox(chosen.contacts) as (url, token),
    ):
        first = sync(Path(folder), url, token)
        post(url, "/_sandbox/advance", {"days": 1, "changed": 0.02})
        second = sync(Path(folder), url, token)
    share = following(second) / following(first)
    if chosen.json:
        print(json.dumps({"first": first, "second": second, "share": share}, indent=1))
    else:
        print(table(chosen.contacts, first, second))
        print(verdict(share))
    sys.exit(share > AT_MOST)


def following(calls: Mapping[str, int]) -> int:
    """The calls that follow from what there is, or what changed."""
    return sum(number for family, number in calls.items() if family not in SET_APART)


def table(contacts: int, first: Mapping[str, int], second: Mapping[str, int]) -> str:
    """Both days by family, for people."""

    def line(name: str, one: int, other: int) -> str:
        share = f"{other / one:8.1%}" if one else ""
        return f"  {name:<28}{one:>10,}{other:>12,}{share}"

    parts = [f"{contacts:,} contacts; calls{'first day':>24}{'second day':>12}"]
    for is_apart in (False, True):
        names = [name for name in FAMILIES if (name in SET_APART) is is_apart]
        parts += [line(name, first.get(name, 0), second.get(name, 0)) for name in names]
        sums = (sum(day.get(name, 0) for name in names) for day in (first, second))
        parts += [line("= set apart" if is_apart else "= what changed", *sums), ""]
    return "\n".join(parts)


def verdict(share: float) -> str:
    """Whether the second day took few enough, and where that was found."""
    said = "FAIL" if share > AT_MOST else "PASS"
    machine = f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores"
    return (
        f"{said}: {share:.1%} of the first day's calls, at most {AT_MOST:.0%}"
        f" ({machine}, Python {platform.python_version()})"
    )


def sync(folder: Path, url: str, token: str) -> dict[str, int]:
    """Copy the account and return the calls by family."""
    command = [sys.executable, "-m", "crmsnap", "sync", "--json", "--base-url", url]
    ended = subprocess.run(
        [*command, "--to", str(folder / "to")],
        env={**os.environ, "HUBSPOT_TOKEN": token, "CRMSNAP_HOME": str(folder / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        sys.exit(ended.stderr)
    calls: dict[str, int] = json.loads(ended.stdout.splitlines()[-1])["calls"]
    return calls


def post(url: str, path: str, body: object) -> None:
    """Ask the sandbox's control for something."""
    answer = urllib3.request("POST", url + path, json=body, timeout=600)
    if answer.status != HTTPStatus.OK:
        sys.exit(f"the sandbox answered {answer.status} to {path}")


if __name__ == "__main__":
    main()

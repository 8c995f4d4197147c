"""What a day costs to publish when nothing changed, or only the newest records did, beside the first day.

CPU seconds of publishing alone, in one process, as ratios of one run: the state is written here through the
product's own stream files, contacts with 60 properties each, and published to a local folder. Nothing here is a
test: a slow machine must not fail a build.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import orjson

from crmsnap.bootstrap.executor import InlineExecutor
from crmsnap.destinations.folder import Folder
from crmsnap.model import Progress
from crmsnap.publish.manifest import RunFacts
from crmsnap.publish.publish import publish
from crmsnap.publish.tally import Tally
from crmsnap.state.folder import open_reader, open_stream
from crmsnap.state.published import PublishedRanges
from crmsnap.state.stream_file import RunMark
from crmsnap.tables.engagements import without_engagements
from crmsnap.tables.object_properties import OBJECT_PROPERTIES
from crmsnap.tables.object_with_object_properties import OBJECT_WITH_OBJECT_PROPERTIES
from crmsnap.tables.objects import OBJECTS

TABLES = tuple(
    map(without_engagements, (OBJECTS, OBJECT_WITH_OBJECT_PROPERTIES, OBJECT_PROPERTIES))
)
CONTACTS = "objects/0-1"
PROPERTIES = 60
PAGE = 100


class _Clock:
    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        return None


def main() -> None:
    """Publish three days and print them."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--contacts", type=int, default=50_000)
    arguments.add_argument("--json", action="store_true", help="print the figures as JSON")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), chosen.contacts)
    print(json.dumps(figures, indent=1) if chosen.json else report(figures))


def measure(folder: Path, contacts: int) -> dict[str, Any]:
    """All figures of the benchmark."""
    random = Random(7)  # noqa: S311 - texts to compress, the same in every run
    newest = range(contacts - contacts // 100 + 1, contacts + 1)
    days = {
        "first": (1, range(1, contacts + 1)),
        "unchanged": (2, range(0)),
        "newest_1_percent": (3, newest),
    }
    found: dict[str, Any] = {"contacts": contacts}
    for name, (day, changed) in days.items():
        run = RunMark(f"run-{day}", f"2026-11-{day:02d} 02:00:00.000")
        began = time.process_time()
        _read(folder / "state", run, changed, random)
        read = time.process_time()
        tally = _publish(folder, run)
        ended = time.process_time()
        total = tally.copied.bytes + tally.built.bytes
        found[name] = {
            "state_cpu_s": read - began,
            "publish_cpu_s": ended - read,
            "bytes": total,
            "copied_share": tally.copied.bytes / total,
        }
    first = found["first"]["publish_cpu_s"]
    for name in days:
        found[name]["publish_cpu_ratio"] = found[name]["publish_cpu_s"] / first
    return found


def report(figures: dict[str, Any]) -> str:
    """The figures for people, beside what they aim at."""
    aims = {
        "first": "",
        "unchanged": "aim: below 5 % of the CPU, all copied",
        "newest_1_percent": "aim: 90 % copied",
    }
    lines = [f"{figures['contacts']:,} contacts with {PROPERTIES} properties, three tables", ""]
    for name, aim in aims.items():
        day = figures[name]
        lines.append(
            f"{name.replace('_', ' '):18} {day['publish_cpu_s']:7.2f} CPU s"
            f" {day['publish_cpu_ratio']:7.1%} {day['copied_share']:7.1%} copied   {aim}".rstrip()
        )
    return "\n".join(lines)


def _read(state: Path, run: RunMark, ids: range, random: Random) -> None:
    with open_stream(state, CONTACTS, run) as file:
        for start in range(0, len(ids), PAGE):
            rows = [(id_, run.ingested_at, _body(random)) for id_ in ids[start : start + PAGE]]
            file.save(rows, f"{start}")
        file.finish(keeps=run.run_id != "run-1")


def _body(random: Random) -> bytes:
    values = {f"property_{n:02d}": f"{random.getrandbits(40):x}" for n in range(PROPERTIES)}
    return orjson.dumps(values)


def _publish(folder: Path, run: RunMark) -> Tally:
    tally = Tally(_nobody)
    facts = RunFacts(
        run=run.run_id,
        connection="bench",
        account="1",
        day=run.ingested_at[:10],
        window_start=run.ingested_at,
        window_end=run.ingested_at,
    )
    publish(
        TABLES,
        open_reader(folder / "state", (CONTACTS,), run.run_id),
        Folder(folder / "snapshots"),
        facts=facts,
        remember=_forget,
        open_executor=_inline,
        observe=tally.take,
        stop=_Clock(),
        memory=PublishedRanges(folder / "state", "snapshots"),
    )
    return tally


@contextmanager
def _inline(_: int) -> Iterator[InlineExecutor]:
    yield InlineExecutor(_Clock())


def _nobody(_: Progress) -> None:
    return None


def _forget(_: object) -> None:
    return None


if __name__ == "__main__":
    main()

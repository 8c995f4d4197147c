"""Passes over streams day by day, as the engine makes them, against a HubSpot of a few answers."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from crmsnap.extract.read import save_page
from crmsnap.model import Refresh
from crmsnap.state.folder import open_as_is, open_reader, open_stream
from crmsnap.state.stream_file import RunMark
from crmsnap.streams.documents import TypeDocument
from crmsnap.streams.other_types.keeping import keeping_of
from crmsnap.streams.other_types.other_type import OtherType
from crmsnap.streams.stream import Page, Scope, Task
from tests.builders.account_state import AccountState, scope_of
from tests.unit.streams.other_types.served import HubSpot

SECOND = RunMark("run-2", "2026-11-23 02:00:00.000")
WEEK_LATER = RunMark("run-3", "2026-11-29 02:00:00.000")


class Days:
    """An account of a few answers, and passes over it day by day, as the engine makes them."""

    def __init__(self, hubspot: HubSpot, state: AccountState) -> None:
        self.hubspot = hubspot
        self.folder = state.reader.folder

    def scope(self, run: RunMark, *streams: str, **refresh: Any) -> Scope:
        for stream in ("types", *streams):
            with open_stream(self.folder, stream, run) as file:
                if not file.done:
                    file.finish(keeps=True)
        reader = open_reader(self.folder, ("types", *streams), run.run_id)
        return scope_of(reader, started_at=run.ingested_at, refresh=Refresh(**refresh))

    def read(self, task: Task, run: RunMark, *, again: bool = False) -> list[Page]:
        """One pass, and what was asked for is forgotten before it, unless this goes on with another one."""
        if not again:
            self.hubspot.asked.clear()
        pages = []
        with open_stream(self.folder, task.stream, run, text_ids=task.text_ids) as file:
            if again:
                file.start_again()
            for page in task.read(self.hubspot.client, file.position):
                save_page(file, page)
                pages.append(page)
            file.finish(task.asked, keeps=task.keeps)
        return pages

    def read_other(
        self, other: OtherType, run: RunMark, *, streams: Sequence[str] = (), **refresh: Any
    ) -> list[Page]:
        scope = self.scope(run, *streams, **refresh)
        keeping = keeping_of(scope, TypeDocument(other.id, other.id, source="other-api"))

        def pages(client: Any, position: str | None) -> Any:
            return other.read(scope, keeping, client, position)

        stream = f"objects/{other.id}"
        task = Task(stream, pages, text_ids=True, keeps=other.keeps, asked=keeping.asked)
        return self.read(task, run)

    def ids(self, other: OtherType) -> list[int | str]:
        return [row.id for row in open_as_is(self.folder).records(f"objects/{other.id}")]


def asked(days: Days) -> Counter[str]:
    return Counter(path.split(" ")[0] for path in days.hubspot.asked)

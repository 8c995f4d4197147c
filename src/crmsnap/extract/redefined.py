"""Definitions that moved while records were read by them: such a type is read once more.

A property that somebody makes, archives or retypes in the middle of a run would else be a column whose
values were never asked for, or values without a column. One call for each type tells; only a run that
met a change pays for more.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from crmsnap.errors import MissingScope, NotFound
from crmsnap.extract.read import Reading, read_tasks
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import properties as endpoint
from crmsnap.model import Gap
from crmsnap.streams.defined import document
from crmsnap.streams.documents import PropertyDocument, TypeDocument
from crmsnap.streams.known_types import is_open, properties, readable_types
from crmsnap.streams.objects import OBJECTS
from crmsnap.streams.properties import PROPERTIES
from crmsnap.streams.stream import Scope, Task


def read_redefined(scope: Scope, reading: Reading) -> None:
    """Read again what was defined otherwise when its records had been read; each type at most once.

    A type whose definitions have moved even then is a declared gap: its rows are those of the definitions
    that are published beside them, and the next run reads what came after.
    """
    # A run that was killed between the two readings has new definitions, and rows of the old ones.
    read_tasks(_behind(scope), reading, again=True)
    moved = _moved(scope, reading, _read(scope))
    if not moved:
        return
    ids = {known.id for known in moved}
    read_tasks(_of(PROPERTIES.tasks(scope), "properties", ids), reading, again=True)
    read_tasks(_behind(scope), reading, again=True)
    for known in _moved(scope, reading, moved):
        reading.declare(_moving(known))


def _read(scope: Scope) -> list[TypeDocument]:
    """The types whose records were read by their properties."""
    streams = scope.reader.streams
    return [
        known
        for known in readable_types(scope)
        if {f"objects/{known.id}", f"properties/{known.id}"}.issubset(streams)
    ]


def _behind(scope: Scope) -> Iterator[Task]:
    """The passes over types whose rows were read for other properties than are defined now."""
    for task in OBJECTS.tasks(scope):
        finished = scope.reader.finished(task.stream)
        if task.stream in scope.reader.streams and finished and finished.asked != task.asked:
            yield task


def _of(tasks: Iterable[Task], family: str, ids: set[str]) -> list[Task]:
    return [task for task in tasks if task.stream in {f"{family}/{id_}" for id_ in ids}]


def _moved(scope: Scope, reading: Reading, types: list[TypeDocument]) -> list[TypeDocument]:
    """Those of these types that HubSpot defines otherwise by now."""
    with ThreadPoolExecutor(reading.workers, thread_name_prefix="defined") as pool:
        answers = pool.map(partial(_is_otherwise, scope, reading.client), types)
        return [known for known, otherwise in zip(types, answers, strict=True) if otherwise]


def _is_otherwise(scope: Scope, client: Client, known: TypeDocument) -> bool:
    try:
        found = endpoint.definitions(client, known.id, archived=False)
    except (MissingScope, NotFound):
        return False  # the type went: what was read of it is what there was
    documents = {one.name: document(known.id, one) for one in found}
    before = {one.name: one for one in properties(scope, known.id)}
    open_before = {name for name, one in before.items() if _is_open(known, one)}
    # The list of open properties: an older path names the closed ones too, without saying so.
    open_now = {name for name, one in documents.items() if _is_open(known, one)}
    closed = {name for name, one in before.items() if not one.archived} - open_before
    unsaid = {name for name in open_now & closed if documents[name].data_sensitivity is None}
    names = open_now - unsaid
    return names != open_before or any(before[name] != documents[name] for name in names)


def _is_open(known: TypeDocument, definition: PropertyDocument) -> bool:
    return not definition.archived and is_open(definition, allows_sensitive=known.allows_sensitive)


def _moving(known: TypeDocument) -> Gap:
    return Gap(
        f"properties/{known.id}/moving",
        "not-available",
        "somebody changed the properties of this type while it was read, and again while it was read once"
        " more: the snapshot holds it as it was defined in between",
    )

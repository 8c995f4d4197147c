"""From a connection to how its state is kept: tidied behind each run, and carried where it has a `state_url`."""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from crmsnap.bootstrap.connections import Known
from crmsnap.bootstrap.destination import destination_of
from crmsnap.config import S3Settings
from crmsnap.destinations.interface import Destination
from crmsnap.model import Clock
from crmsnap.state.carry import carried
from crmsnap.state.compaction import tidy_up


@contextmanager
def kept_state(known: Known, clock: Clock, folder: Path) -> Iterator[None]:
    """The state of a connection, brought here before the block, tidied and sent behind it.

    The caller holds the folder's lock.
    """
    store = state_store(known, clock)
    with ExitStack() as stack:
        if store is not None:
            stack.enter_context(carried(folder, store, folder.name, _new_id))
        stack.callback(tidy_up, folder)
        yield


def state_store(known: Known, clock: Clock) -> Destination | None:
    """Where a connection's state is carried to, None if it stays on its machine."""
    settings = known.settings
    if settings.state_url is None:
        return None
    moved = settings.model_copy(update={"to": settings.state_url, "s3": _own(settings.s3)})
    return destination_of(replace(known, settings=moved), clock)


def _own(s3: S3Settings) -> S3Settings:
    """How our own bucket is reached: with our own keys, whatever role opens the customer's."""
    if s3.role_arn is None:
        return s3
    ours = {"endpoint_url", "profile", "addressing_style", "allow_http", "if_match"}
    return S3Settings(**s3.model_dump(include=ours))


def _new_id() -> str:
    return secrets.token_hex(16)

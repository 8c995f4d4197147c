"""From HubSpot's refusals to declared gaps."""

from crmsnap.errors import HubSpotError, MissingScope, NotFound
from crmsnap.model import Gap
from crmsnap.streams.stream import Task


def gap_of(task: Task, error: HubSpotError) -> Gap:
    """The gap that the refusal of a task leaves; an error that is no refusal is raised again."""
    return gap_for(task.gap or task.stream, error)


def gap_for(stream: str, error: HubSpotError) -> Gap:
    """The gap that a refusal leaves; an error that is no refusal is raised again."""
    if isinstance(error, MissingScope):
        return Gap(stream, "missing-scope", error.cause, error.scopes)
    if isinstance(error, NotFound):
        return Gap(stream, "not-available", error.message)
    raise error

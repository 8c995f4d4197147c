"""From HubSpot's refusals to declared gaps."""

from dataclasses import replace

from crmsnap.errors import BadRequest, HubSpotError, MissingScope, NotFound
from crmsnap.model import Gap
from crmsnap.streams.stream import Task


def gap_found(task: Task, error: HubSpotError) -> Gap:
    """The same while it is found out what there is: a type that HubSpot calls wrong is not there to read."""
    if isinstance(error, BadRequest):
        detail = f"{error.message}: {error.cause}" if error.cause else error.message
        return Gap(task.gap or task.stream, "not-available", detail + task.consequence)
    return gap_of(task, error)


def gap_of(task: Task, error: HubSpotError) -> Gap:
    """The gap that the refusal of a task leaves; an error that is no refusal is raised again."""
    gap = gap_for(task.gap or task.stream, error)
    return replace(gap, detail=gap.detail + task.consequence)


def gap_for(stream: str, error: HubSpotError) -> Gap:
    """The gap that a refusal leaves; an error that is no refusal is raised again."""
    if isinstance(error, MissingScope):
        return Gap(stream, "missing-scope", error.cause, error.scopes)
    if isinstance(error, NotFound):
        return Gap(stream, "not-available", error.message)
    raise error

"""From HubSpot's refusals to declared gaps."""

from dataclasses import replace

from crmsnap.errors import BadRequest, HubSpotError, MissingScope, NotFound
from crmsnap.model import Gap
from crmsnap.streams.stream import Task


def gap_found(task: Task, error: HubSpotError) -> Gap:
    """The same while it is found out what there is: a type that HubSpot calls wrong is not there to read."""
    gap = gap_found_for(task.gap or task.stream, error)
    return replace(gap, detail=gap.detail + task.consequence)


def gap_found_for(stream: str, error: HubSpotError) -> Gap:
    """The same for what is no task of its own."""
    if isinstance(error, BadRequest):
        detail = f"{error.message}: {error.cause}" if error.cause else error.message
        return Gap(stream, "not-available", detail)
    return gap_for(stream, error)


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

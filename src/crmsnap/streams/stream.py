"""The type of a declared stream: what is read, from where, and what a table needs it for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stream:
    """One thing read from HubSpot, or a family of them (`objects/<type>`)."""

    name: str
    """`owners`; a family has a placeholder: `objects/<type>`, `associations/<from>__<to>`."""
    description: str
    endpoint: str
    """Where it comes from, as HubSpot's documentation names it: `GET /crm/owners/{version}`."""
    scopes: tuple[str, ...]
    """Any one of these lets a token read it; `<type>` stands for the object type's name."""
    after: tuple["Stream", ...] = ()
    """Streams that have to be read before this one, because it asks by their ids."""

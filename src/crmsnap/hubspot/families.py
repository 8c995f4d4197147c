"""What calls are for: the families in which a report counts them.

One place for their names: reports, `crmsnap runs show` and the documentation use these. Most are named
after what is asked; `catalogue`, `probes` and `sweeps` are named after why.
"""

from collections.abc import Mapping
from types import MappingProxyType

PROBES = "probes"
SWEEPS = "sweeps"

FAMILIES: Mapping[str, str] = MappingProxyType(
    {
        "catalogue": "What the account has: types, properties, pipelines, event types, counts, limits.",
        PROBES: "One question for each thing: may it be read, did it ever occur, is there anything new?",
        "association-labels": "Which types of association each pair of object types has.",
        "associations": "Who is associated with whom, a thousand records a call.",
        SWEEPS: "Ids of a type read whole, because counts disagree or its turn has come.",
        "search": "Which records have changed.",
        "objects": "Records, with values and histories; archived ones by id.",
        "owners": "Owners and teams.",
        "lists": "Lists.",
        "memberships": "Who is in the lists whose members have changed.",
        "events": "What occurred, by event type.",
        "email-events": "What became of marketing e-mails.",
        "conversations": "Threads of the inbox and their messages.",
        "forms": "Forms and what was sent through them.",
        "content": "Pages, blog posts, marketing e-mails, campaigns and sequences.",
        "deal-splits": "Deal splits.",
    }
)
"""Every family and what it counts, in the order in which they are shown."""

SET_APART = frozenset({"catalogue", PROBES, "association-labels", "associations", SWEEPS})
"""Calls that do not follow from what changed: they are the same each day, or follow from a setting."""

_OF_NAMES = {
    **dict.fromkeys(
        (
            "account",
            "object-library",
            "schemas",
            "record-counts",
            "properties",
            "pipelines",
            "event-types",
            "event-definitions",
        ),
        "catalogue",
    ),
    "teams": "owners",
    "form-submissions": "forms",
    **dict.fromkeys(
        ("pages", "blog-posts", "marketing-emails", "campaigns", "sequences"), "content"
    ),
}
"""Names of endpoints that share a family; the others are families by themselves."""


def family_of(name: str) -> str:
    """The family of an endpoint or of a purpose, by its name."""
    return _OF_NAMES.get(name, name)

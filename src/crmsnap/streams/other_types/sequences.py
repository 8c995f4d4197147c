"""Sequences (0-58). A beta lists everybody's; without it they are asked for user by user, each kept once."""

from collections.abc import Iterator
from functools import partial
from operator import attrgetter

from crmsnap.errors import BadRequest, MissingScope, NoSuchPath, NotFound
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import owners, sequences
from crmsnap.hubspot.paging import follow
from crmsnap.model import Gap
from crmsnap.streams.other_types.fields import fields
from crmsnap.streams.other_types.keeping import Found, Keeping
from crmsnap.streams.other_types.other_type import By, OtherType
from crmsnap.streams.stream import END, Page, Scope

EVERYBODY = "everybody"

SEQUENCE_FIELDS = fields("""
    id          string    Id of the sequence
    name        string    Name
    user_id     string    User whose it is
    folder_id   string    Folder
    created_at  datetime  When it was made
    updated_at  datetime  When it was last changed
""")


def read(scope: Scope, keeping: Keeping, client: Client, position: str | None) -> Iterator[Page]:
    """The sequences from a position on: `everybody <cursor>`, or `<user> <cursor>` (none: user is done)."""
    del scope
    whose, _, after = (position or " ").partition(" ")
    if whose == EVERYBODY or (not whose and _has_beta(client)):
        fetch = partial(sequences.of_everybody, client)
        for page in follow(fetch, attrgetter("after"), after or None):
            behind = END if page.after is None else f"{EVERYBODY} {page.after}"
            yield keeping.page(filter(None, map(_record, page.results)), behind)
    else:
        yield from _by_user(keeping, client, int(whose or 0), after)


def probe(client: Client) -> None:
    """One sequence of everybody's, or of the first user."""
    if not _has_beta(client):
        for user in _users(client)[:1]:
            sequences.of_user(client, str(user), None, limit=1)


SEQUENCES = OtherType(
    id="0-58",
    description="Sequences of sales e-mails and tasks.",
    endpoint="GET /automation/sequences/2026-09-beta/serviceaccounts/sequences,"
    " GET /automation/sequences/{version}?userId=",
    fields=SEQUENCE_FIELDS,
    read=read,
    probe=probe,
)

_record = By("id", "updated_at")


def _has_beta(client: Client) -> bool:
    try:
        sequences.of_everybody(client, None, limit=1)
    except (BadRequest, MissingScope, NoSuchPath, NotFound):
        return False
    return True


def _by_user(keeping: Keeping, client: Client, last: int, after: str) -> Iterator[Page]:
    seen: set[str] = set()
    for user in _users(client):
        if user < last or (user == last and not after):
            continue
        start = after if user == last else None
        fetch = partial(sequences.of_user, client, str(user))
        try:
            for page in follow(fetch, attrgetter("after"), start):
                fresh = [one for one in map(_record, page.results) if _is_new(one, seen)]
                yield keeping.page(filter(None, fresh), f"{user} {page.after or ''}")
        except NotFound:
            yield Page([], f"{user} ")  # somebody who was removed meanwhile sees nothing
        except BadRequest as refused:
            if start:
                raise  # the cursor of an earlier run may have expired: the engine begins anew
            yield Page([], f"{user} ", gaps=[_gap(user, refused)])


def _gap(user: int, refused: BadRequest) -> Gap:
    return Gap(
        f"objects/{SEQUENCES.id}/{user}",
        "not-available",
        f"HubSpot refuses to list the sequences that user {user} sees: {refused.cause}",
    )


def _is_new(found: Found | None, seen: set[str]) -> bool:
    if found is None or found.id in seen:
        return False
    seen.add(found.id)
    return True


def _users(client: Client) -> list[int]:
    """The ids of all users, ascending: every user is an owner too."""
    fetch = partial(_owners_page, client)
    pages = follow(fetch, attrgetter("after"), None)
    return sorted({one.user_id for page in pages for one in page.results if one.user_id})


def _owners_page(client: Client, after: str | None) -> owners.OwnerPage:
    return owners.page(client, archived=False, after=after)

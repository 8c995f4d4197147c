"""Sequences of sales e-mails and tasks.

What is stable lists the sequences that one user sees; everybody's are a beta for service keys.
(developers.hubspot.com: "Sequences".)
"""

from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints.raw_pages import RawPage, raw_page
from crmsnap.hubspot.paths import ALL_SEQUENCES, SEQUENCES

PAGE_SEQUENCES = 100


def of_everybody(client: Client, after: str | None, limit: int = PAGE_SEQUENCES) -> RawPage:
    """A page of all sequences of the account."""
    return raw_page(client, ALL_SEQUENCES, after, limit=limit)


def of_user(client: Client, user: str, after: str | None, limit: int = PAGE_SEQUENCES) -> RawPage:
    """A page of the sequences that a user sees, own ones and shared ones."""
    return raw_page(client, SEQUENCES, after, limit=limit, query=[("userId", user)])

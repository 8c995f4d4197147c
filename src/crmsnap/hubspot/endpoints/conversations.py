"""Threads of the conversations inbox, and the messages of each.

(developers.hubspot.com: "Conversations inbox and messages".)
"""

from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints.raw_pages import RawPage, raw_page
from crmsnap.hubspot.paths import THREAD_MESSAGES, THREADS

PAGE_THREADS = 100
PAGE_MESSAGES = 100


def threads(client: Client, after: str | None, limit: int = PAGE_THREADS) -> RawPage:
    """A page of the live threads, each with the ticket that it belongs to."""
    return raw_page(client, THREADS, after, limit=limit, query=[("association", "TICKET")])


def messages(client: Client, thread: str, after: str | None) -> RawPage:
    """A page of a thread's messages of every kind; `NotFound` for a thread that is gone."""
    return raw_page(client, THREAD_MESSAGES, after, limit=PAGE_MESSAGES, path={"thread": thread})

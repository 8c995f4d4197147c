"""Readings of what has an API of its own: conversations, sequences, deal splits, events of mails."""

from collections.abc import Callable, Iterator
from typing import Any

from hubspot import HubSpot
from hubspot_sdk import HubSpot as HubSpotSdk

from tests.contracts.official_clients.reading import Reading, Truth, all_pages, ids, raw, raw_pages

THREADS = "/conversations/{}/threads"
EVENTS = "/email/public/v1/events"


def legacy_conversations(client: HubSpot) -> list[str]:
    """Live and archived threads, seven at a time."""
    return threads(lambda path, **query: list(raw_pages(client, path, **query)), "v3/conversations")


def dated_conversations(client: HubSpotSdk) -> list[str]:
    """Live and archived threads, seven at a time."""
    return threads(
        lambda path, **query: list(dated_pages(client, path, **query)), "conversations/2026-09"
    )


def threads(read: Callable[..., list[Any]], version: str) -> list[str]:
    """The live ones; the archived ones too must be there."""
    path = THREADS.format(version)
    assert read(path, limit="7", archived="true")
    return [
        f"{one['id']} {one['status']} {one.get('associatedContactId')}"
        for one in read(path, limit="7")
    ]


def legacy_messages(client: HubSpot) -> list[str]:
    """Of every thread, one thread after the other."""
    return messages(
        lambda path, **query: list(raw_pages(client, path, **query)), "v3/conversations"
    )


def dated_messages(client: HubSpotSdk) -> list[str]:
    """Of every thread, one thread after the other."""
    return messages(
        lambda path, **query: list(dated_pages(client, path, **query)), "conversations/2026-09"
    )


def messages(read: Callable[..., list[Any]], version: str) -> list[str]:
    """By thread, with what tells one message from another."""
    path = THREADS.format(version)
    return [
        f"{one['id']} {message['id']} {message['type']} {message['createdAt']}"
        for one in read(path, limit="100")
        for message in read(f"{path}/{one['id']}/messages", limit="50")
    ]


def legacy_sequences(client: HubSpot) -> list[str]:
    """What any user sees, each once."""
    users = ids(all_pages(client.settings.users.users_api.get_page, limit=100))
    seen = (
        f"{one['id']} {one['name']}"
        for user in users
        for one in raw_pages(client, "/automation/v4/sequences", userId=user, limit="5")
    )
    return sorted(set(seen))


def dated_sequences(client: HubSpotSdk) -> list[str]:
    """What any user sees, each once."""
    users = ids(client.settings.users.list(limit=100))
    seen = (
        f"{one.id} {one.name}"
        for user in users
        for one in client.automation.sequences.list(user_id=user, limit=5)
    )
    return sorted(set(seen))


def legacy_splits(client: HubSpot) -> list[str]:
    """Of every deal, 100 deals at a time."""
    deals, found = ids(client.crm.deals.get_all()), []
    for first in range(0, len(deals), 100):
        body = {"inputs": [{"id": deal} for deal in deals[first : first + 100]]}
        path = "/crm/objects/v3/deals/splits/batch/read"
        answer = client.api_request({"path": path, "method": "POST", "body": body})
        found += [
            f"{one['id']} {split['id']} {split['properties']['hs_deal_split_amount']}"
            for one in answer.json()["results"]
            for split in one["splits"]
        ]
    return found


def dated_splits(client: HubSpotSdk) -> list[str]:
    """Of every deal, 100 deals at a time."""
    deals, found = ids(client.crm.objects.generic_objects.list("deals", limit=100)), []
    for first in range(0, len(deals), 100):
        inputs = [{"id": deal} for deal in deals[first : first + 100]]
        found += [
            f"{one.id} {split.id} {split.properties['hs_deal_split_amount']}"
            for one in client.crm.deal_splits.batch.read(inputs=inputs).results
            for split in one.splits
        ]
    return found


def legacy_email_events(client: HubSpot) -> list[str]:
    """All of them, 50 at a time."""
    return email_events(lambda **query: raw(client, EVENTS, **query))


def dated_email_events(client: HubSpotSdk) -> list[str]:
    """All of them, 50 at a time: there is no dated path."""
    return email_events(lambda **query: dated_raw(client, EVENTS, **query))


def email_events(read: Callable[..., Any]) -> list[str]:
    """Page after page, until one says that there is no more."""
    found: list[str] = []
    query: dict[str, str] = {"limit": "50"}
    while True:
        page = read(**query)
        found += [f"{one['id']} {one['type']} {one['created']}" for one in page["events"]]
        if not page["hasMore"]:
            return found
        query["offset"] = page["offset"]


def dated_raw(client: HubSpotSdk, path: str, **query: str) -> Any:
    """The JSON of a raw request of hubspot-sdk."""
    return client.get(path, cast_to=object, options={"params": query})


def dated_pages(client: HubSpotSdk, path: str, **query: str) -> Iterator[Any]:
    """The results of every page, by raw requests of hubspot-sdk."""
    while True:
        page = dated_raw(client, path, **query)
        yield from page["results"]
        if "paging" not in page:
            return
        query["after"] = page["paging"]["next"]["after"]


def other(type_id: str) -> Callable[[Truth], int]:
    """The account's own count of a type that the generic endpoint does not serve."""
    return lambda truth: truth["other_types"][type_id]


OTHER_APIS = (
    Reading(
        "conversations",
        legacy_conversations,
        dated_conversations,
        other("0-11"),
        legacy_is_raw=True,
        dated_is_raw=True,
    ),
    Reading(
        "conversations: messages",
        legacy_messages,
        dated_messages,
        legacy_is_raw=True,
        dated_is_raw=True,
    ),
    Reading("sequences", legacy_sequences, dated_sequences, other("0-58"), legacy_is_raw=True),
    Reading(
        "deal-splits",
        legacy_splits,
        dated_splits,
        other("0-72"),
        legacy_is_raw=True,
        unlike_the_models="an empty property is null, the model says it is a string",
    ),
    Reading(
        "email-events",
        legacy_email_events,
        dated_email_events,
        lambda truth: sum(truth["email_events"].values()),
        legacy_is_raw=True,
        dated_is_raw=True,
    ),
)

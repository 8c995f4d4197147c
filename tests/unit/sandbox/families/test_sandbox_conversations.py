"""Conversations: threads by id, their messages newest first, and what a day adds to both."""

import pytest

from crmsnap.sandbox.account.advance import Advance, advance
from crmsnap.sandbox.account.conversations import BUSY_INDEX, BUSY_MESSAGES, MessageType
from crmsnap.sandbox.account.other_types import THREAD
from crmsnap.sandbox.account.times import DAY_MS
from crmsnap.sandbox.account.truth import truth
from crmsnap.sandbox.api.conversations import get_thread, list_messages, list_threads
from crmsnap.sandbox.api.route import ApiError


def history(reader, thread):
    """Every message of a thread, its pages followed."""
    return reader.all(list_messages, {"threadId": thread["id"]}, limit=50)


def test_every_live_thread_is_listed_once_by_ascending_id(reader):
    """As many as the account counts, whatever the size of a page."""
    ids = [int(one["id"]) for one in reader.all(list_threads, limit=7)]
    assert ids == sorted(set(ids))
    assert len(ids) == truth(reader.account, reader.now_ms)["other_types"][THREAD]


def test_archived_threads_are_a_list_of_their_own(reader):
    """With their messages, for who asks for archived ones there too."""
    (archived,) = reader.all(list_threads, archived="true")
    assert archived["archived"] is True
    path = {"threadId": archived["id"]}
    assert reader.get(list_messages, path, archived="true")["results"]
    with pytest.raises(ApiError) as refused:
        reader.get(list_messages, path)
    assert refused.value.status == 404


def test_one_thread_is_longer_than_any_page(reader):
    """A reader that takes the first page of messages only loses most of it."""
    busy = str(reader.account.record_id(THREAD, BUSY_INDEX))
    pages = list(reader.pages(list_messages, {"threadId": busy}, limit=100))
    assert [len(page) for page in pages] == [100, 100, BUSY_MESSAGES - 200]


def test_messages_come_newest_first_and_each_once(reader):
    """Within one thread, and with ids that no other thread has."""
    seen = set()
    for thread in reader.all(list_threads, limit=100):
        times = [one["createdAt"] for one in history(reader, thread)]
        assert times == sorted(times, reverse=True)
        seen |= {one["id"] for one in history(reader, thread)}
    total = sum(len(history(reader, one)) for one in reader.all(list_threads, limit=100))
    assert len(seen) == total


def test_every_type_of_message_is_there_with_the_fields_of_its_own(reader):
    """Not each has a text: who asks for it in all of them fails."""
    found = {
        one["type"]: one
        for thread in reader.all(list_threads, limit=100)
        for one in history(reader, thread)
    }
    assert set(found) == set(MessageType)
    assert {"text", "direction", "channelId", "truncationStatus"} <= set(found["MESSAGE"])
    assert "direction" not in found["COMMENT"]
    assert "text" not in found["ASSIGNMENT"]
    assert found["THREAD_STATUS_CHANGE"]["newStatus"] in ("OPEN", "CLOSED")
    assert {"fromInboxId", "toInboxId"} <= set(found["THREAD_INBOX_CHANGE"])


def test_a_changed_thread_has_more_messages_and_the_old_ones_stay(reader):
    """History is never written anew: what was read yesterday is still true."""
    before = {one["id"]: history(reader, one) for one in reader.all(list_threads, limit=100)}
    advance(reader.account, Advance(changed=1.0, archived=0, merged=0), reader.now_ms)
    reader.now_ms += DAY_MS
    grown = 0
    for thread in reader.all(list_threads, limit=100):
        if thread["id"] not in before:
            continue
        old, new = before[thread["id"]], history(reader, thread)
        assert new[len(new) - len(old) :] == old
        grown += len(new) > len(old)
    assert grown > 5


def test_what_is_said_between_two_pages_shifts_nothing(reader):
    """The cursor is a place in the thread, not a count from its end."""
    path = {"threadId": str(reader.account.record_id(THREAD, BUSY_INDEX))}
    first = reader.get(list_messages, path, limit=100)
    whole = reader.all(list_messages, path, limit=100)
    reader.account.update(THREAD, BUSY_INDEX, {"status": "CLOSED"}, reader.now_ms)
    second = reader.get(list_messages, path, limit=100, after=first["paging"]["next"]["after"])
    assert first["results"] + second["results"] == whole[:200]


def test_a_thread_names_its_contact_and_on_request_its_ticket(reader):
    """The same that the associations API knows."""
    thread = next(
        one for one in reader.all(list_threads, association="TICKET") if "threadAssociations" in one
    )
    index = reader.account.index_of(THREAD, int(thread["id"]))
    for name, type_id in ((thread["associatedContactId"], "0-1"),
                          (thread["threadAssociations"]["associatedTicketId"], "0-5")):  # fmt: skip
        ((target, _),) = reader.account.associated(THREAD, index, type_id)
        assert name == str(reader.account.record_id(type_id, target))
    assert "threadAssociations" not in reader.get(get_thread, {"threadId": thread["id"]})


def test_a_filter_that_is_not_served_is_refused(reader):
    """Ignored, it would look as if every thread passed it."""
    with pytest.raises(ApiError) as refused:
        reader.get(list_threads, latestMessageTimestampAfter="2026-01-01T00:00:00Z")
    assert refused.value.status == 400

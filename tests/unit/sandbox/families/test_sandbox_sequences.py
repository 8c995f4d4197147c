"""Sequences: one user's at a time, several users' in common, everybody's on a path in beta."""

from collections import Counter

import pytest

from crmsnap.sandbox.account.owners import users_from
from crmsnap.sandbox.account.sequences import KNOWN_IDS
from crmsnap.sandbox.account.times import DAY_MS
from crmsnap.sandbox.api.route import ApiError
from crmsnap.sandbox.api.sequences import (
    get_sequence,
    list_sequences,
    list_sequences_of_everybody,
)


def users(reader):
    """The ids of all users."""
    return [user.id for _, user in users_from(reader.account, 0, reader.now_ms)]


def of_users(reader):
    """How many users see each sequence."""
    return Counter(
        one["id"]
        for user in users(reader)
        for one in reader.all(list_sequences, userId=user, limit=3)
    )


def test_without_a_user_the_answer_is_400_with_a_text_for_an_error(reader):
    """A reader that expects objects in `errors` must not fail over it."""
    with pytest.raises(ApiError) as refused:
        reader.get(list_sequences)
    assert refused.value.status == 400
    assert refused.value.body["errors"] == ["query param userId may not be null"]


def test_one_sequence_is_seen_by_several_users(reader):
    """Read user by user it comes again and again, and has to be kept once."""
    seen = of_users(reader)
    assert max(seen.values()) == len(users(reader))
    assert min(seen.values()) < len(users(reader))


def test_all_users_together_see_all_that_everybodys_path_lists(reader):
    """Whichever way a reader takes, it finds the same."""
    everybody = reader.all(list_sequences_of_everybody, limit=4)
    assert {one["id"] for one in everybody} == set(of_users(reader))
    assert len({one["id"] for one in everybody}) == len(everybody)


def test_the_total_is_that_of_the_whole_list(reader):
    """Not of the page."""
    page = reader.get(list_sequences_of_everybody, limit=4)
    assert (len(page["results"]), page["total"]) == (4, 14)


def test_ids_that_events_name_are_there(reader):
    """One of them is larger than any float tells."""
    ids = {one["id"] for one in reader.all(list_sequences_of_everybody)}
    assert {str(known) for known in KNOWN_IDS} <= ids


def test_a_user_who_is_nobody_sees_nothing(reader):
    """An empty list; a text that is no number is 400."""
    assert reader.get(list_sequences, userId="1")["results"] == []
    with pytest.raises(ApiError) as refused:
        reader.get(list_sequences, userId="me")
    assert refused.value.status == 400


def test_one_sequence_has_its_steps(reader):
    """For a user who sees it."""
    user = users(reader)[0]
    one = reader.all(list_sequences, userId=user)[0]
    whole = reader.get(get_sequence, {"sequenceId": one["id"]}, userId=user)
    assert {**whole, **one} == whole
    assert [step["stepOrder"] for step in whole["steps"]] == list(range(len(whole["steps"])))


def test_a_sequence_of_others_is_not_there(reader):
    """404 for a user who does not see it."""
    user = users(reader)[0]
    seen = {one["id"] for one in reader.all(list_sequences, userId=user)}
    hidden = next(id_ for id_ in of_users(reader) if id_ not in seen)
    with pytest.raises(ApiError) as refused:
        reader.get(get_sequence, {"sequenceId": hidden}, userId=user)
    assert refused.value.status == 404


def test_a_day_brings_a_sequence_and_another_name(reader):
    """And nothing else changes."""
    before = {one["id"]: one for one in reader.all(list_sequences_of_everybody)}
    reader.now_ms += DAY_MS
    after = {one["id"]: one for one in reader.all(list_sequences_of_everybody)}
    assert len(after) == len(before) + 1
    changed = [id_ for id_, one in before.items() if after[id_] != one]
    assert len(changed) == 1
    assert after[changed[0]]["name"] != before[changed[0]]["name"]
    assert after[changed[0]]["updatedAt"] > before[changed[0]]["updatedAt"]

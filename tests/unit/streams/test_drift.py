"""What has to be read again when other properties are wanted than rows were read for."""

from dataclasses import replace

import pytest

from crmsnap.streams.changed.drift import ADDED_MAX, READ_AGAIN, Drift, drift_of
from crmsnap.streams.record_rows import Wanted

WANTED = Wanted(
    "0-1",
    names=("born", "city", "zip"),
    types=("date", "string", "string"),
    dates=frozenset({"born"}),
    history_names=("city",),
    sources=True,
)
NOTHING = Drift()


def with_names(wanted: Wanted, *names: str) -> Wanted:
    """The same, with more names at its end."""
    return replace(
        wanted, names=(*wanted.names, *names), types=(*wanted.types, *["string"] * len(names))
    )


def since(before: Wanted, now: Wanted, *recent: str) -> Drift:
    return drift_of(before.asked, now, frozenset(recent))


def test_what_is_no_longer_wanted_is_not_read():
    """Names, histories and sources leave the rows without a call."""
    less = replace(
        WANTED,
        names=("city", "zip"),
        types=("string", "string"),
        dates=frozenset(),
        history_names=(),
        sources=False,
    )
    assert since(WANTED, less) == since(WANTED, WANTED) == NOTHING


def test_another_type_or_another_form_of_dates_is_read_where_there_is_a_value():
    """HubSpot may say another text for it, and a date is kept as milliseconds or as it came."""
    number = replace(WANTED, types=("date", "string", "number"))
    assert since(WANTED, number) == Drift(retyped=frozenset({"zip"}))
    assert since(WANTED, replace(WANTED, dates=frozenset())) == Drift(retyped=frozenset({"born"}))


def test_a_new_name_is_searched():
    """By what it is now: who had a value before it was wanted is not known here."""
    assert since(WANTED, with_names(WANTED, "shoe_size")) == Drift(added=("shoe_size",))


def test_a_property_that_was_made_anew_under_its_name_is_another_one():
    """Purged and defined again: the type and the name are the same, the values are not."""
    assert since(WANTED, WANTED, "zip") == Drift(retyped=frozenset({"zip"}), added=("zip",))


def test_a_history_of_a_property_that_was_there_needs_every_record():
    """Who had a value that was taken away has a history of it, and search finds values only."""
    more = replace(WANTED, history_names=("city", "zip"))
    assert since(WANTED, more) == READ_AGAIN
    new = with_names(more, "shoe_size")
    new = replace(new, history_names=("city", "shoe_size"))
    assert since(WANTED, new) == READ_AGAIN
    assert since(WANTED, new, "shoe_size") == Drift(added=("shoe_size",))


def test_sources_that_were_not_kept_need_every_record():
    """Each version has one."""
    without = replace(WANTED, sources=False)
    assert since(without, WANTED) == READ_AGAIN
    assert since(replace(without, history_names=()), replace(WANTED, history_names=())) == NOTHING


def test_many_new_names_are_read_from_the_list():
    """Each would be a search of its own, of which five a second are all that an account has."""
    names = [f"new_{number:02}" for number in range(ADDED_MAX + 1)]
    assert since(WANTED, with_names(WANTED, *names)) == READ_AGAIN
    assert len(since(WANTED, with_names(WANTED, *names[1:])).added) == ADDED_MAX


@pytest.mark.parametrize("asked", ["", "{}", '{"form": 0}'])
def test_rows_of_which_nobody_knows_are_read_again(asked: str):
    """A run with another selection was left in the middle, or another version read them."""
    assert drift_of(asked, WANTED, frozenset()) == READ_AGAIN


def test_rows_of_another_form_are_read_again():
    """They keep other things of the same answers."""
    other = WANTED.asked.replace('"form":1', '"form":2')
    assert other != WANTED.asked
    assert drift_of(other, WANTED, frozenset()) == READ_AGAIN

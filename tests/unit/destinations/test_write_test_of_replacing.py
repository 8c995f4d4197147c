"""Whether a day can be replaced safely is tried before anything is read: no run may fail at its very end."""

import pytest
from obstore.store import MemoryStore

from crmsnap.destinations.answer import Unsupported
from crmsnap.destinations.habits import Habits
from crmsnap.destinations.write_test import try_to_replace
from crmsnap.errors import DestinationError
from tests.unit.publish.made_up_days import Watched, files, over, put


def test_a_store_that_replaces_what_is_unchanged_passes_and_nothing_is_left():
    """As S3 does with If-Match."""
    destination = over(MemoryStore())
    try_to_replace(destination)
    assert files(destination) == {}


def test_a_store_that_cannot_be_asked_is_refused_with_what_to_do():
    """Some stores know no condition on a write, or take it for granted."""
    with pytest.raises(Unsupported, match="could not replace") as refused:
        try_to_replace(over(MemoryStore(), Habits(if_match="none")))
    assert refused.value.cause == "the store cannot be asked to replace only what is unchanged"
    assert "use a store with conditional writes" in refused.value.remedy


def test_a_store_that_takes_the_condition_for_granted_is_refused():
    """rclone's server answers 200 to every condition: of two revisions at once one would be lost unseen."""

    class Deaf(Watched):
        def replace(self, key: str, data: bytes, *, sha256: str, e_tag: str) -> None:
            self.delete(key)
            put(self, key, data)

    with pytest.raises(DestinationError, match="although it was changed meanwhile") as refused:
        try_to_replace(Deaf(over(MemoryStore()), lambda operation, key: None))
    assert refused.value.cause == "the store ignores If-Match"
    assert "use a store with conditional writes" in refused.value.remedy

"""The account is a function of its seed: two processes that never met agree on every byte."""

from concurrent.futures import ProcessPoolExecutor
from hashlib import sha256
from multiprocessing import get_context

import orjson
import pytest

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.advance import Advance, advance
from crmsnap.sandbox.account.pages import Selection
from crmsnap.sandbox.account.times import iso

STARTED_MS = 1_790_000_000_000


def fingerprint(seed, contacts=300):
    """A hash of every record of three types, histories included, before and after a day."""
    account = Account(seed, contacts, STARTED_MS)
    digest = sha256()
    for _ in range(2):
        for type_id in ("0-1", "0-3", account.find_type("pets").id):
            names = tuple(account.properties(type_id))
            shown = account.render(type_id, account.live_indexes(type_id), Selection(names, names))
            digest.update(b"".join(shown))
        advance(account, Advance(associated=0.1), STARTED_MS)
    return digest.hexdigest()


def test_the_same_seed_gives_the_same_bytes_in_another_process():
    """Python's own hash changes from process to process; nothing may depend on it."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as processes:
        assert processes.submit(fingerprint, 7).result() == fingerprint(7)


def test_another_seed_gives_another_account():
    """Else a seed would be no choice."""
    assert fingerprint(7) != fingerprint(8)


@pytest.mark.parametrize("type_id", ["0-1", "0-2", "0-5", "0-8"])
def test_the_short_way_to_a_page_says_what_the_long_way_says(api, type_id):
    """Pages are joined from prepared fragments; the same record read value by value must agree."""
    account = api.account
    names = tuple(account.properties(type_id))
    for index in range(account.size(type_id)):
        record = orjson.loads(account.render(type_id, [index], Selection(names, names))[0])
        view = account.view(type_id, index)
        assert record["properties"] == {name: view.value(name) for name in names}
        for name in names:
            told = [
                (one["value"], one["timestamp"]) for one in record["propertiesWithHistory"][name]
            ]
            assert told == [(one.value, iso(one.at_ms)) for one in view.versions(name)]

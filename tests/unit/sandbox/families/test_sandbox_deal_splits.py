"""Deal splits by the ids of deals: the same records that the generic endpoint gives as type 0-72."""

import pytest

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.advance import Advance, advance
from crmsnap.sandbox.account.deal_splits import DEAL, DEAL_SPLIT
from crmsnap.sandbox.account.truth import truth
from crmsnap.sandbox.api.deal_splits import batch_read
from crmsnap.sandbox.api.route import ApiError


def splits(reader):
    """The splits of every live deal, asked for 100 deals at a time."""
    account = reader.account
    deals = [str(account.record_id(DEAL, index)) for index in account.live_indexes(DEAL)]
    return {
        one["id"]: [split["id"] for split in one["splits"]]
        for first in range(0, len(deals), 100)
        for one in reader.get(
            batch_read, body={"inputs": [{"id": deal} for deal in deals[first : first + 100]]}
        )["results"]
    }


@pytest.mark.parametrize("contacts", [1, 200, 3_000])
def test_the_deals_together_have_every_split_once(reader, contacts):
    """At any size of the account."""
    reader.account = Account(seed=5, contacts=contacts, now_ms=reader.now_ms)
    found = [split for some in splits(reader).values() for split in some]
    live = [
        str(reader.account.record_id(DEAL_SPLIT, index))
        for index in reader.account.live_indexes(DEAL_SPLIT)
    ]
    assert sorted(found, key=int) == live


def test_most_deals_have_no_split_and_some_have_two(reader):
    """A deal without any is a result without any, not an error."""
    sizes = [len(some) for some in splits(reader).values()]
    assert set(sizes) == {0, 2}


def test_splits_of_deals_that_are_gone_are_gone_too(reader):
    """The account counts what a reader finds that way."""
    reader.account = Account(seed=5, contacts=3_000, now_ms=reader.now_ms)
    advance(reader.account, Advance(created=0.5, archived=0.3), reader.now_ms)
    found = [split for some in splits(reader).values() for split in some]
    assert (
        len(found) == len(set(found)) == truth(reader.account, reader.now_ms)["other_types"]["0-72"]
    )
    assert len(found) < reader.account.live_count(DEAL_SPLIT)


def test_a_deal_that_is_not_there_is_an_error_of_a_207(reader):
    """The others are answered."""
    deal = str(reader.account.record_id(DEAL, 0))
    reply = batch_read(reader.account, reader.call(body={"inputs": [{"id": deal}, {"id": "1"}]}))
    assert reply.status == 207
    assert b'"context":{"ids":["1"]}' in reply.body


def test_more_than_100_deals_are_refused(reader):
    """400."""
    with pytest.raises(ApiError) as refused:
        reader.get(batch_read, body={"inputs": [{"id": "1"}] * 101})
    assert refused.value.status == 400

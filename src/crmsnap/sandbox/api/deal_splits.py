"""`/deal-splits/batch/read`: the splits of deals, asked for by the ids of the deals.

The records are those of type 0-72. A deal without splits is a result without any. Source: the
models of `hubspot-sdk`.
"""

from typing import Any

import orjson

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.deal_splits import DEAL, DEAL_SPLIT, splits_of_deal
from crmsnap.sandbox.account.pages import Selection
from crmsnap.sandbox.api.number import whole_number
from crmsnap.sandbox.api.objects import batch_reply, input_ids
from crmsnap.sandbox.api.route import Call, Family, Reply, Route

SCOPES = frozenset({"crm.dealsplits.read_write"})
INPUTS_MAX = 100


def batch_read(account: Account, call: Call) -> Reply:
    """The splits of up to 100 deals; deals that are not there are errors of a 207."""
    selection = Selection(_names(account))
    results, failures = [], []
    for text in input_ids(call.body or {}, INPUTS_MAX):
        number = whole_number(text)
        deal = None if number is None else account.index_of(DEAL, number)
        if deal is None or not account.is_live(DEAL, deal):
            failures.append(_missing(text))
            continue
        splits = account.render(DEAL_SPLIT, splits_of_deal(account, deal), selection)
        results.append(b'{"id":%b,"splits":[%b]}' % (orjson.dumps(text), b",".join(splits)))
    return batch_reply(results, failures, call)


def _names(account: Account) -> tuple[str, ...]:
    """Every property of a split that needs no scope of its own: they come unasked."""
    every = account.properties(DEAL_SPLIT).values()
    return tuple(
        one.name for one in every if not one.archived and one.sensitivity == "non_sensitive"
    )


def _missing(text: str) -> dict[str, Any]:
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "message": f"Could not get deal splits of deal {text}",
        "context": {"ids": [text]},
    }


FAMILY = Family(
    name="deal-splits",
    limit="burst",
    routes=(
        Route(
            "POST",
            ("/crm/objects/v3/deals/splits/batch/read", "/deal-splits/{version}/batch/read"),
            batch_read,
            SCOPES,
        ),
    ),
)

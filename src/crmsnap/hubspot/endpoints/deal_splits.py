"""The splits of deals: whose share of a deal is how large. They are asked for by the ids of deals.

(developers.hubspot.com: "Deal splits".)
"""

from collections.abc import Sequence

import msgspec

from crmsnap.errors import UnexpectedAnswer
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints.objects import Record
from crmsnap.hubspot.paths import DEAL_SPLITS

BATCH_DEALS = 100


class DealSplits(msgspec.Struct, frozen=True):
    """The splits of one deal."""

    id: str
    """The deal's."""
    splits: list[Record]


def batch_read(client: Client, deals: Sequence[str]) -> list[DealSplits]:
    """The live splits of up to 100 deals; deals that are gone do not come."""
    answer = client.ask(DEAL_SPLITS, _decode, body={"inputs": [{"id": id_} for id_ in deals]})
    for error in answer.errors:
        if error.category != "OBJECT_NOT_FOUND":
            raise UnexpectedAnswer(
                "HubSpot could not read the splits of all deals",
                cause=f"a deal has an error of category {error.category or 'unknown'}",
                remedy="sync again; if it stays, report this",
            )
    return answer.results


class _Error(msgspec.Struct):
    category: str | None = None


class _Answer(msgspec.Struct):
    results: list[DealSplits]
    errors: list[_Error] = []


_decode = msgspec.json.Decoder(_Answer).decode

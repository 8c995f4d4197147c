"""The ids of marketing assets: numbers for what is a page or a mail, GUIDs for forms and campaigns.

Ids of site pages differ in length, so that text and number sort them differently; ids of emails pass
2^53, where a reader that goes through floats loses the last digit.
"""

from typing import TYPE_CHECKING

from crmsnap.sandbox.account.assets import (
    BLOG_POST,
    CAMPAIGN,
    FORM,
    LANDING_PAGE,
    MARKETING_EMAIL,
    SITE_PAGE,
    AssetKind,
    asset_count,
)
from crmsnap.sandbox.account.guids import GuidSpace
from crmsnap.sandbox.account.ids import IdSpace, mix

if TYPE_CHECKING:
    from crmsnap.sandbox.account.account import Account

NUMBERS = {
    LANDING_PAGE: (90_071_992_547, 1_009),
    SITE_PAGE: (98_000, 1_013),
    BLOG_POST: (5_100_000_001, 97),
    MARKETING_EMAIL: (9_007_199_254_740_900, 13),
}
"""The first id of a kind, and how many numbers each index owns."""
WITH_GUIDS = (FORM, CAMPAIGN)


def asset_id(account: "Account", kind: AssetKind, index: int) -> str:
    """The id of the asset with this index."""
    if kind in WITH_GUIDS:
        return _guids(account, kind).guid(index)
    return str(_numbers(account, kind).record_id(index))


def asset_index(account: "Account", kind: AssetKind, id_: str, now_ms: int) -> int | None:
    """The index of the asset with this id, None when there never was one."""
    if kind in WITH_GUIDS:
        index = _guids(account, kind).index_of(id_)
    elif id_.isascii() and id_.isdigit():
        index = _numbers(account, kind).index_of(int(id_))
    else:
        return None
    return index if index is not None and index < asset_count(account, kind, now_ms) else None


def _numbers(account: "Account", kind: AssetKind) -> IdSpace:
    first, step = NUMBERS[kind]
    return IdSpace(first, step, mix(account.seed, first))


def _guids(account: "Account", kind: AssetKind) -> GuidSpace:
    return GuidSpace(account.seed, kind.salt)

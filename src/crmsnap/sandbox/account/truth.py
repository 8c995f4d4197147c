"""What a complete copy of the account must hold, counted record by record rather than predicted."""

from typing import TYPE_CHECKING, Any

from crmsnap.sandbox.account import (
    asset_counts,
    deal_splits,
    email_events,
    events,
    lists,
    owners,
    sequences,
)

if TYPE_CHECKING:
    from crmsnap.sandbox.account.account import Account


def truth(account: "Account", now_ms: int) -> dict[str, Any]:
    """The live counts of everything, as `GET /_sandbox/truth` gives them."""
    rows = association_rows(account)
    others = {found.id for found in account.other_types()}
    of_others = {pair: count for pair, count in rows.items() if others & set(pair.split("/"))}
    return {
        "types": {found.id: live_records(account, found.id) for found in account.types()},
        "other_types": other_types(account, now_ms),
        "associations": {pair: count for pair, count in rows.items() if pair not in of_others},
        "other_associations": of_others,
        "lists": lists.truth(account, now_ms),
        "events": events.truth(account, now_ms),
        "email_events": email_events.truth(account, now_ms),
        "owners": owners.truth(account, now_ms),
    }


def other_types(account: "Account", now_ms: int) -> dict[str, int]:
    """The live things of each type that has an API of its own instead of the generic one."""
    counted = {found.id: live_records(account, found.id) for found in account.other_types()}
    counted |= asset_counts.truth(account, now_ms)
    counted[sequences.TYPE_ID] = sequences.truth(account, now_ms)
    counted[deal_splits.DEAL_SPLIT] = deal_splits.truth(account)
    return dict(sorted(counted.items()))


def live_records(account: "Account", type_id: str) -> int:
    """The live records of a type, counted one by one."""
    return sum(1 for _ in account.live_indexes(type_id))


def association_rows(account: "Account") -> dict[str, int]:
    """For each ordered pair that has any: how many (from, to, association type) have live ends."""
    counted: dict[tuple[str, str], int] = {}
    for from_type, to_type in account.links.pairs():
        if (to_type, from_type) in counted:
            # Every association type has an inverse, so both directions have the same number of rows.
            counted[from_type, to_type] = counted[to_type, from_type]
        elif account.links.has_inverse_rules(from_type, to_type) and from_type != to_type:
            counted[from_type, to_type] = _count(account, to_type, from_type)
        else:
            counted[from_type, to_type] = _count(account, from_type, to_type)
    return {f"{one}/{other}": rows for (one, other), rows in sorted(counted.items()) if rows}


def _count(account: "Account", from_type: str, to_type: str) -> int:
    targets, is_live = account.links.targets, account.is_live
    return sum(
        len(kinds)
        for index in account.live_indexes(from_type)
        for target, kinds in targets(from_type, index, to_type).items()
        if is_live(to_type, target)
    )

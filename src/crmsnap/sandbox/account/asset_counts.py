"""How many marketing assets a complete copy of the account must hold."""

from typing import TYPE_CHECKING

from crmsnap.sandbox.account import assets, form_submissions

if TYPE_CHECKING:
    from crmsnap.sandbox.account.account import Account


def truth(account: "Account", now_ms: int) -> dict[str, int]:
    """The live assets of each type, and the submissions of the live forms, by type id."""
    return {
        form_submissions.TYPE_ID: form_submissions.live_count(account, now_ms),
        **{kind.type_id: assets.live_count(account, kind, now_ms) for kind in assets.ASSET_KINDS},
    }

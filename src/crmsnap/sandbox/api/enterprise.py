"""What only the highest subscription has: the events API needs an Enterprise hub of any kind."""

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.api.errors import missing_scopes

WITHOUT_EVENTS = frozenset({"starter", "professional"})


def require_enterprise(account: Account, scopes: frozenset[str]) -> None:
    """Pass an Enterprise account; raise 403 for a smaller one, whose tokens cannot get these scopes."""
    if account.tier in WITHOUT_EVENTS:
        raise missing_scopes(scopes)

"""Who may call what: the tokens of the sandbox account and the two shapes of HubSpot's refusal.

A private app or service key is told which scopes would have been enough; an OAuth token asking for
the properties of a type gets a body without any category. A token whose name starts with `oauth-`
is of the second kind.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from crmsnap.sandbox.api import errors
from crmsnap.sandbox.api.route import ApiError

EVERYTHING = frozenset({"*"})
OAUTH_PREFIX = "oauth-"


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token and what it may do; `*` is every scope but those for sensitive properties."""

    text: str
    scopes: frozenset[str]

    @classmethod
    def parse(cls, text: str) -> "Token":
        """`NAME` may do everything, `NAME=scope,scope` only that; `NAME=` nothing at all."""
        name, equals, scopes = text.partition("=")
        if not name:
            raise ValueError(f"a token needs a name: {text!r}")
        if not equals:
            return cls(name, EVERYTHING)
        return cls(name, frozenset(filter(None, scopes.split(","))))

    @property
    def is_oauth(self) -> bool:
        """Whether HubSpot would answer it as the token of a public app."""
        return self.text.startswith(OAUTH_PREFIX)

    def lacks(self, required: frozenset[str]) -> bool:
        """Whether none of the required scopes is there; no requirement is always met."""
        return bool(required) and "*" not in self.scopes and not (required & self.scopes)


class Tokens:
    """The tokens that the account knows at this moment."""

    def __init__(self, tokens: Iterable[Token]) -> None:
        self._known = {token.text: token for token in tokens}

    def authenticate(self, authorization: str) -> Token:
        """The token of an `Authorization` header; raises 401 for none and for an unknown one."""
        kind, _, text = authorization.partition(" ")
        token = self._known.get(text.strip())
        if kind.lower() != "bearer" or token is None:
            raise errors.unauthorized()
        return token

    def revoke(self, token: Token) -> None:
        """Forget a token: from now on it gets 401."""
        self._known.pop(token.text, None)


def refusal(
    token: Token, family: str, required: frozenset[str], type_name: str, portal_id: int
) -> ApiError:
    """The 403 that this kind of token gets from this family."""
    if token.is_oauth and family == "properties":
        return errors.no_permission("view_schema", type_name, required, portal_id)
    return errors.missing_scopes(required)

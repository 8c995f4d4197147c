"""Keys on their way to obstore, which asks for new ones about five minutes before they end."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from crmsnap.errors import CrmsnapError

if TYPE_CHECKING:
    from obstore.store import S3Credential


@dataclass(frozen=True, slots=True)
class AwsKeys:
    """What signs requests: a key pair, with a token when it is a session's."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None
    """With time zone; new keys are asked for about five minutes earlier. None: they stay."""


class KeySource:
    """Hands keys over to obstore.

    The first ones are asked for here, so that their errors stay ours; obstore turns the errors of
    later ones into texts, so the last one is kept.
    """

    def __init__(self, keys: Callable[[], AwsKeys]) -> None:
        self._keys = keys
        self._first: AwsKeys | None = keys()
        self._refused: CrmsnapError | None = None

    def __call__(self) -> "S3Credential":
        keys = self._first or self._asked()
        self._first = None
        return {
            "access_key_id": keys.access_key_id,
            "secret_access_key": keys.secret_access_key,
            "token": keys.token,
            "expires_at": keys.expires_at,
        }

    def refused(self) -> CrmsnapError | None:
        """Why there are no new keys; None while there are."""
        return self._refused

    def _asked(self) -> AwsKeys:
        try:
            keys = self._keys()
        except CrmsnapError as error:
            self._refused = error
            raise
        self._refused = None
        return keys

"""Keys on their way to obstore, which asks for new ones about five minutes before they end."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
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
    """Hands keys over to obstore's clients, the same ones to all of them.

    The first keys are asked for here, so that their errors stay ours; obstore turns the errors of
    later ones into texts, so the last one is kept.
    """

    def __init__(self, keys: Callable[[], AwsKeys]) -> None:
        self._keys = keys
        self._latest = keys()
        self._refused: CrmsnapError | None = None
        self._asking = Lock()

    def client(self) -> "Callable[[], S3Credential]":
        """What one client asks for keys; whoever asks again for the same ones gets new ones."""
        taken: AwsKeys | None = None

        def credential() -> "S3Credential":
            nonlocal taken
            taken = self._other_than(taken)
            return {
                "access_key_id": taken.access_key_id,
                "secret_access_key": taken.secret_access_key,
                "token": taken.token,
                "expires_at": taken.expires_at,
            }

        return credential

    def refused(self) -> CrmsnapError | None:
        """Why there are no new keys; None while there are."""
        return self._refused

    def _other_than(self, taken: AwsKeys | None) -> AwsKeys:
        with self._asking:
            if self._latest is taken:
                try:
                    self._latest = self._keys()
                except CrmsnapError as error:
                    self._refused = error
                    raise
                self._refused = None
            return self._latest

"""The keys that tokens are encrypted with; whoever has the registry alone can read none of them.

Fernet (cryptography.io, "Fernet") encrypts and signs. It binds a text to nothing, so the connection is
encrypted along with its token: a row that somebody copies to another connection is refused.
"""

import json
import string
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from crmsnap.errors import ConfigError, RegistryError

KEY_VARIABLE = "CRMSNAP_SECRET_KEY"
NEW_KEY_COMMAND = "crmsnap secrets new-key"

_KEY_BYTES = 32
_DIFFERENT_BYTES_MIN = 16
"""Random bytes repeat so much in one key of 10**16; keys that somebody typed often do."""
_TYPED = frozenset(string.printable.encode())


@dataclass(frozen=True, slots=True)
class Encrypted:
    """A secret as the registry keeps it."""

    connection: str
    name: str
    """Which secret of the connection: `token`."""
    key_id: str
    ciphertext: str
    changed_at: str


class SecretKeys:
    """One or several keys: the first encrypts, each of them decrypts.

    Raises `ConfigError` for keys that are missing, ill-formed or easy to guess; `in_use` are the ids of
    those that the registry's secrets need, which a new key could not replace.
    """

    def __init__(self, keys: Sequence[str], *, in_use: Iterable[str] = ()) -> None:
        if not keys:
            raise _missing(sorted(set(in_use)))
        self._ids = tuple(_checked(key) for key in keys)
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    @property
    def current(self) -> str:
        """The id of the key that encrypts: it tells keys apart and opens nothing."""
        return self._ids[0]

    def encrypted(self, connection: str, name: str, secret: str, *, now: str) -> Encrypted:
        """A secret, readable only with these keys and only for its connection."""
        plain = json.dumps({"connection": connection, "name": name, "secret": secret})
        ciphertext = self._fernet.encrypt(plain.encode()).decode("ascii")
        return Encrypted(connection, name, self.current, ciphertext, now)

    def decrypted(self, stored: Encrypted) -> str:
        """The secret itself. Raise `ConfigError` without its key, `RegistryError` when it was changed."""
        try:
            plain = json.loads(self._fernet.decrypt(stored.ciphertext.encode()))
        except InvalidToken:
            raise self._unreadable(stored) from None
        if (plain["connection"], plain["name"]) != (stored.connection, stored.name):
            raise _tampered(stored, f"it was encrypted for connection {plain['connection']}")
        secret: str = plain["secret"]
        return secret

    def _unreadable(self, stored: Encrypted) -> ConfigError | RegistryError:
        if stored.key_id in self._ids:
            return _tampered(stored, f"it does not fit key {stored.key_id}, which encrypted it")
        return ConfigError(
            f"the {stored.name} of connection {stored.connection} cannot be decrypted",
            cause=f"it needs key {stored.key_id}, and {KEY_VARIABLE} holds {', '.join(self._ids)}",
            remedy="add that key behind the others, separated by a comma, or enter the token again:"
            f" crmsnap secrets set {stored.connection}",
        )


def new_key() -> str:
    """A new random key."""
    return Fernet.generate_key().decode("ascii")


def _checked(key: str) -> str:
    """The key's id."""
    try:
        raw = urlsafe_b64decode(key.encode("ascii"))
    except ValueError:  # no base64, or letters beyond ASCII
        raw = b""
    # Decoding skips foreign letters, so the way back has to give the same text.
    if len(raw) != _KEY_BYTES or urlsafe_b64encode(raw).decode() != key:
        raise _refused("it is no 32 bytes in URL-safe base64 (44 characters)")
    if len(set(raw)) < _DIFFERENT_BYTES_MIN or _TYPED.issuperset(raw):
        raise _refused("it is not random: it would be guessed")
    return sha256(b"crmsnap key id\n" + raw).hexdigest()[:8]


def _missing(in_use: Sequence[str]) -> ConfigError:
    if in_use:
        return ConfigError(
            f"{KEY_VARIABLE} is not set",
            cause=f"the tokens in the registry are encrypted with key {', '.join(in_use)}",
            remedy="set it to that key; it is where it was put when it was made, and a new one opens nothing",
        )
    return ConfigError(
        f"{KEY_VARIABLE} is not set",
        cause="tokens in the registry are encrypted with a key that is kept outside of it",
        remedy=f"make one with `{NEW_KEY_COMMAND}`, keep it where your other secrets are, and set it",
    )


def _refused(cause: str) -> ConfigError:
    return ConfigError(
        f"a key in {KEY_VARIABLE} cannot be used",
        cause=cause,
        remedy=f"{NEW_KEY_COMMAND} makes one",
    )


def _tampered(stored: Encrypted, cause: str) -> RegistryError:
    return RegistryError(
        f"the {stored.name} of connection {stored.connection} was changed in the registry",
        cause=cause,
        remedy="find out who may write to the registry, then enter the token again:"
        f" crmsnap secrets set {stored.connection}",
    )

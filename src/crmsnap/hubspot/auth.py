"""The token of a service key or private app: static, sent as a bearer token, never shown."""


class StaticToken:
    """A token that does not expire; only `header()` gives it away."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def header(self) -> str:
        """The value of the Authorization header."""
        return f"Bearer {self._value}"

    def redacted(self, body: bytes) -> bytes:
        """A body without the token, in case a host sends it back in its message."""
        return body.replace(self._value.encode(), b"***") if self._value else body

    def __repr__(self) -> str:
        return "StaticToken(***)"

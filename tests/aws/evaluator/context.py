"""What is known of a request when its policies are judged: condition keys and their values.

A key that a request does not carry is absent, not empty: `s3:prefix` exists only for a list request
that has a prefix, and `sts:ExternalId` only for an AssumeRole that sends one.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tests.aws.evaluator.patterns import literal

VARIABLE = re.compile(r"\$\{\s*([^},]+?)\s*(?:,\s*'([^']*)'\s*)?\}")
SPECIAL = ("*", "?", "$")


@dataclass(frozen=True, slots=True)
class Context:
    """Condition keys of one request; names are compared without regard to case."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def get(self, key: str) -> tuple[str, ...] | None:
        """Return the key's values, or None where the request does not have the key."""
        return self.values.get(key.lower())

    def filled(self, text: str) -> str | None:
        """Replace the policy variables in a text; None where one has no value and no default."""
        pieces: list[str] = []
        end = 0
        for match in VARIABLE.finditer(text):
            value = self._variable(match.group(1), match.group(2))
            if value is None:
                return None
            pieces += [text[end : match.start()], literal(value)]
            end = match.end()
        return "".join(pieces) + text[end:]

    def _variable(self, name: str, default: str | None) -> str | None:
        if name in SPECIAL:
            return name
        values = self.get(name)
        # A key with several values cannot stand in a variable.
        return values[0] if values is not None and len(values) == 1 else default


def context(pairs: Mapping[str, str | Iterable[str]]) -> Context:
    """Make a context from keys with one value (a text) or several."""
    return Context(
        {
            key.lower(): (value,) if isinstance(value, str) else tuple(value)
            for key, value in pairs.items()
        }
    )

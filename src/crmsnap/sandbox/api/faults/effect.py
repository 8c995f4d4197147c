"""What an effect is: one way in which an answer goes wrong, decoded from a plan's JSON.

An effect may act at four points of a request and does nothing at the others: on the call before the
handler sees it, instead of the handler, on the body of a good answer, and on the wire.
"""

import re
from dataclasses import dataclass
from typing import Any

import msgspec

from crmsnap.sandbox.api.answer import Answer, Wire
from crmsnap.sandbox.api.limits import Limits
from crmsnap.sandbox.api.route import Call
from crmsnap.sandbox.api.scopes import Token, Tokens


@dataclass(frozen=True, slots=True)
class Situation:
    """What an effect may look at, and pull, when it answers instead of the handler."""

    token: Token
    tokens: Tokens
    limits: Limits
    required: frozenset[str]
    """Scopes of which any one lets the call through."""
    now_ms: int
    correlation_id: str


class Effect(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag_field="kind",
    tag=lambda name: re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower(),
):
    """One way to go wrong; its fields are the parameters, its name in snake case is its `kind`."""

    @property
    def lasts(self) -> bool:
        """Whether a rule for the nth request goes on for all later ones."""
        return False

    @property
    def is_silent(self) -> bool:
        """Whether the client never gets a status."""
        return False

    @property
    def needs_results(self) -> bool:
        """Whether an error answer leaves it nothing to act on."""
        return False

    def alter(self, call: Call) -> Call:
        """The call as the handler shall see it."""
        return call

    def instead(self, situation: Situation) -> Answer | None:
        """The answer without asking the handler; raises `ApiError` for HubSpot's own bodies."""
        return None

    def rewrite(self, call: Call, body: bytes, memory: dict[str, Any]) -> bytes | None:
        """Another body for a good answer, or None when it does not suit; `memory` is this path's."""
        return body

    async def send(self, wire: Wire, answer: Answer) -> None:
        """Put the answer on the wire."""
        await wire.send_whole(answer)

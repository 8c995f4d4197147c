"""Teams of the account's users; the answer has them all."""

import msgspec

from crmsnap.hubspot.client import Client
from crmsnap.hubspot.paths import TEAMS


class Team(msgspec.Struct, frozen=True, rename="camel"):
    """A team and the users in it."""

    id: str
    name: str
    user_ids: list[str] = []
    secondary_user_ids: list[str] = []


def teams(client: Client) -> list[Team]:
    """All teams; those without owners too."""
    return client.ask(TEAMS, _decode).results


class _Answer(msgspec.Struct):
    results: list[Team]


_decode = msgspec.json.Decoder(_Answer).decode

"""How many calls are foreseen, against an account that counts those that come: the sandbox over HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from crmsnap.bootstrap import Known, RunClock, open_client
from crmsnap.config import ConnectionSettings
from crmsnap.extract.calls import Calls, calls_for
from crmsnap.extract.outlook import outlook
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints.conversations import PAGE_THREADS
from crmsnap.model import Choice, Selection
from crmsnap.sandbox.server import Options, running
from crmsnap.streams.records import OTHER_RECORDS

(CONVERSATIONS,) = (stream for stream in OTHER_RECORDS if stream.name == "objects/0-11")


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """An account with more conversations than a page holds."""
    options = Options(contacts=1_200, frozen=True, tokens=("rich",))
    with running(options) as account:
        settings = ConnectionSettings(
            token=SecretStr("rich"), base_url=account.url, allow_other_host=True
        )
        with open_client(Known(None, settings), RunClock()) as client:
            yield client


def foreseen(client: Client, folder: Path, selection: Selection) -> Calls:
    scope = outlook(selection, client, folder, 8).plan.scope
    return calls_for(CONVERSATIONS, scope, client)


@pytest.mark.parametrize(
    "selection",
    [
        Selection(types=("0-11",), tables=("OBJECTS",)),
        Selection(types=("0-11",), properties=Choice(never=("conversations.messages",))),
    ],
    ids=["ids alone", "no messages"],
)
def test_without_their_messages_conversations_take_a_call_for_each_page(
    client: Client, tmp_path: Path, selection: Selection
) -> None:
    """Only messages are asked for thread by thread. How many pages there are, no page says."""
    assert foreseen(client, tmp_path, selection) == Calls(2, None)


def test_with_their_messages_conversations_take_a_call_for_each(
    client: Client, tmp_path: Path
) -> None:
    """One at least; how long a conversation is, nobody says before."""
    selection = Selection(types=("0-11",), tables=("OBJECTS_CONVERSATIONS",))
    assert foreseen(client, tmp_path, selection) == Calls(1 + PAGE_THREADS, None)

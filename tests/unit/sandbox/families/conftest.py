"""A small account, and a reader that pages through a handler as a client would."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.api.route import Call, Reply

NOW_MS = 1_795_651_200_000

Handler = Callable[[Account, Call], Reply]


@dataclass(slots=True)
class Reader:
    """Asks handlers of one account, as the server would after authenticating and routing."""

    account: Account
    now_ms: int = NOW_MS

    def call(
        self, path: Mapping[str, str] | None = None, body: Any = None, **query: object
    ) -> Call:
        return Call(
            path=path or {},
            query={name.replace("__", "."): (str(value),) for name, value in query.items()},
            body=body,
            scopes=frozenset({"*"}),
            now_ms=self.now_ms,
        )

    def get(
        self,
        handler: Handler,
        path: Mapping[str, str] | None = None,
        body: Any = None,
        **query: object,
    ) -> Any:
        return json.loads(handler(self.account, self.call(path, body, **query)).body)

    def pages(
        self, handler: Handler, path: Mapping[str, str] | None = None, **query: object
    ) -> Iterator[list[dict[str, Any]]]:
        after: dict[str, object] = {}
        while True:
            answer = self.get(handler, path, **query, **after)
            yield answer["results"]
            if "paging" not in answer:
                return
            after = {"after": answer["paging"]["next"]["after"]}

    def all(
        self, handler: Handler, path: Mapping[str, str] | None = None, **query: object
    ) -> list[dict[str, Any]]:
        return [result for page in self.pages(handler, path, **query) for result in page]


@pytest.fixture
def reader() -> Reader:
    """A reader of the smallest account that has every trap."""
    account = Account(seed=1, contacts=200, now_ms=NOW_MS)
    account.tier = "unlimited"
    return Reader(account)

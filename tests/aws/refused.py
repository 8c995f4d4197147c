"""Expecting a refusal: the status and the code in one line."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError


@dataclass(slots=True)
class Refused:
    """What the server answered, once the block is over."""

    response: dict[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The error's text."""
        return str(self.response["Error"].get("Message", ""))

    @property
    def headers(self) -> dict[str, str]:
        """The answer's headers, in small letters."""
        return dict(self.response["ResponseMetadata"]["HTTPHeaders"])


@contextmanager
def refused(status: int, code: str | None = None) -> Iterator[Refused]:
    """Expect a call to be refused; without a body (HEAD) there is no code but the status."""
    answer = Refused()
    with pytest.raises(ClientError) as caught:
        yield answer
    answer.response = dict(caught.value.response)
    actual = (
        answer.response["ResponseMetadata"]["HTTPStatusCode"],
        answer.response["Error"]["Code"],
    )
    assert actual == (status, code or str(status))

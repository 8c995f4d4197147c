"""How AWS says no: the bodies of errors, in S3's XML and in the XML of STS and IAM."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

REQUEST_ID = "CRMSNAPTEST00001"


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole response; a fault may cut its body short or send it byte by byte."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut_after: int | None = None
    seconds_per_byte: float = 0.0


class Refusal(Exception):
    """A request is refused, with AWS's status, code and message; `details` are more XML elements."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        details: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.details = details or {}
        self.headers = headers or {}

    def for_s3(self, method: str) -> Answer:
        """S3's error; a HEAD has no body, so its code cannot be read."""
        body = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in self._elements())
        text = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{body}</Error>'
        return self._answer(text, method)

    def for_query(self) -> Answer:
        """The error of STS, IAM and the other services of the query protocol."""
        text = (
            '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error>'
            f"<Type>Sender</Type><Code>{self.code}</Code>"
            f"<Message>{escape(self.message)}</Message></Error>"
            f"<RequestId>{REQUEST_ID}</RequestId></ErrorResponse>"
        )
        return self._answer(text, "POST")

    def for_json(self) -> Answer:
        """The error of the JSON protocols, where a denial is a 400 with a name of its own."""
        denied = self.code == "AccessDenied"
        kind = "AccessDeniedException" if denied else self.code
        text = json.dumps({"__type": kind, "Message": self.message})
        headers = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-requestid": REQUEST_ID}
        return Answer(400 if denied else self.status, headers, text.encode())

    def _elements(self) -> list[tuple[str, str]]:
        base = {"Code": self.code, "Message": self.message}
        return [*base.items(), *self.details.items(), ("RequestId", REQUEST_ID)]

    def _answer(self, text: str, method: str) -> Answer:
        body = b"" if method == "HEAD" else text.encode()
        headers = {"Content-Type": "application/xml", "x-amz-request-id": REQUEST_ID}
        return Answer(self.status, {**headers, **self.headers}, body)


def access_denied(message: str = "Access Denied") -> Refusal:
    """The 403 that every missing right ends in."""
    return Refusal(403, "AccessDenied", message)

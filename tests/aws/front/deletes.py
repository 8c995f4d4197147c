"""DeleteObjects: one request, a right and an answer for each key."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

from tests.aws.front.operations import Need
from tests.aws.front.refusal import Answer, Refusal
from tests.aws.front.request import Request

NAMESPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"
RESULT_END = b"</DeleteResult>"


@dataclass(frozen=True, slots=True)
class Denied:
    """A key that may not be deleted, and why."""

    key: str
    message: str


def delete_objects(
    request: Request,
    judge: Callable[[Need], str | None],
    ask: Callable[[Request], Answer],
) -> Answer:
    """Delete the keys that may be deleted and name the others; `judge` returns why not."""
    if not any(h == "content-md5" or h.startswith("x-amz-checksum-") for h in request.headers):
        raise Refusal(
            400, "InvalidRequest", "Missing required header for this request: Content-MD5"
        )
    root = ET.fromstring(request.body)  # noqa: S314 - what a test sent, on loopback
    denied: list[Denied] = []
    for item in root.findall(f"{NAMESPACE}Object") + root.findall("Object"):
        need = _need(item, request.bucket)
        why = judge(need)
        if why is not None:
            denied.append(Denied(need.key, why))
            root.remove(item)
    if not (root.findall(f"{NAMESPACE}Object") or root.findall("Object")):
        return _answer(b"<DeleteResult></DeleteResult>", denied)
    answer = ask(replace(request, body=_bytes(root)))
    return replace(answer, body=_with(answer.body, denied))


def _need(item: ET.Element, bucket: str) -> Need:
    texts = {child.tag.removeprefix(NAMESPACE): child.text or "" for child in item}
    action = "s3:DeleteObjectVersion" if texts.get("VersionId") else "s3:DeleteObject"
    return Need(action, bucket, texts["Key"])


def _bytes(root: ET.Element) -> bytes:
    for element in root.iter():
        element.tag = element.tag.removeprefix(NAMESPACE)
    return ET.tostring(root)


def _answer(body: bytes, denied: list[Denied]) -> Answer:
    return Answer(200, {"Content-Type": "application/xml"}, _with(body, denied))


def _with(body: bytes, denied: list[Denied]) -> bytes:
    errors = "".join(
        f"<Error><Key>{escape(one.key)}</Key><Code>AccessDenied</Code>"
        f"<Message>{escape(one.message)}</Message></Error>"
        for one in denied
    )
    return body.replace(RESULT_END, errors.encode() + RESULT_END)

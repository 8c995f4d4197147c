"""An STS on loopback that answers what a test says, and keeps what it was asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from tests.builders.serving import serving

EXPIRATION = "2099-01-01T02:00:00+02:00"
SESSION = f"""<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<Credentials><AccessKeyId>ASIASESSION</AccessKeyId><SecretAccessKey>session secret</SecretAccessKey>
<SessionToken>session token</SessionToken><Expiration>{EXPIRATION}</Expiration></Credentials>
</AssumeRoleResult></AssumeRoleResponse>"""


def refused(code: str, message: str = "as the test says") -> str:
    """An error of STS's form."""
    return (
        '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>'
        f"<Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
    )


@dataclass
class ScriptedSts:
    url: str
    asked: list[dict[str, str]] = field(default_factory=list)
    """The form of each request."""
    headers: list[dict[str, str]] = field(default_factory=list)
    answers: list[tuple[int, str]] = field(default_factory=list)
    """Used up one by one; after the last, every request gets a session."""
    answer_headers: dict[str, str] = field(default_factory=dict)


@contextmanager
def scripted_sts() -> Iterator[ScriptedSts]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    script = ScriptedSts(f"http://127.0.0.1:{server.server_port}")
    server.script = script  # type: ignore[attr-defined]  # handlers know only their server
    with serving(server):
        yield script


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        script: ScriptedSts = self.server.script  # type: ignore[attr-defined]  # as above
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        script.asked.append({name: values[0] for name, values in parse_qs(body).items()})
        script.headers.append({name.lower(): value for name, value in self.headers.items()})
        status, text = script.answers.pop(0) if script.answers else (200, SESSION)
        data = text.encode()
        self.send_response(status)
        for name, value in script.answer_headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    do_POST = do_HEAD = answer

    def log_message(self, format: str, *args: object) -> None:
        return None

"""What is printed, by whomever, has passed the redactor."""

import io
import subprocess
import sys

import pytest

from crmsnap.redaction.output import RedactedStream, behind
from crmsnap.redaction.redactor import Redactor
from tests.builders.command import environment

SECRET = "canary-canary-canary-7f3a"


@pytest.fixture
def redactor() -> Redactor:
    redactor = Redactor()
    redactor.learn(SECRET)
    return redactor


@pytest.fixture
def sink() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def stream(sink: io.StringIO, redactor: Redactor) -> RedactedStream:
    return RedactedStream(sink, redactor)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 11, 24])
@pytest.mark.parametrize("end", ["\n", ""])
def test_a_secret_written_piece_by_piece_is_hidden(
    stream: RedactedStream, sink: io.StringIO, size: int, end: str
) -> None:
    """`print` writes the text and its line break apart, and a log handler may write less at once."""
    text = f"before {SECRET} after{end}"
    for at in range(0, len(text), size):
        stream.write(text[at : at + size])
    stream.end()
    assert sink.getvalue() == f"before *** after{end}"


def test_a_secret_that_begins_in_one_write_and_ends_in_the_next_is_hidden(
    stream: RedactedStream, sink: io.StringIO
) -> None:
    """Also over a line break, and although each write is flushed."""
    for piece in (f"a {SECRET[:12]}\n", f"{SECRET[12:]} b\n"):
        stream.write(piece)
        stream.flush()
    assert sink.getvalue() == "a ***\n b\n"


def test_whole_lines_are_shown_at_once_and_a_flush_shows_the_rest(
    stream: RedactedStream, sink: io.StringIO
) -> None:
    """A question without a line break has to be seen before its answer."""
    stream.write("one\ntwo? ")
    assert sink.getvalue() == "one\n"
    stream.flush()
    assert sink.getvalue() == "one\ntwo? "


def test_what_looks_like_the_beginning_of_a_secret_is_shown_in_the_end(
    stream: RedactedStream, sink: io.StringIO
) -> None:
    """Held back is not lost."""
    stream.write("a canary\n")
    stream.flush()
    stream.write("sings\n")
    stream.write("a canary")
    stream.end()
    assert sink.getvalue() == "a canary\nsings\na canary"


def test_behind_the_guard_text_stays_in_its_order(
    stream: RedactedStream, sink: io.StringIO
) -> None:
    """What was redacted value by value goes past the guard, after all that was written before."""
    stream.write(f"a {SECRET}")
    behind(stream).write(" b: Bearer 12345678901234567890\n")
    stream.write("c\n")
    assert sink.getvalue() == "a *** b: Bearer 12345678901234567890\nc\n"
    assert behind(sink) is sink


WRITERS = """
import sys, threading, traceback, warnings
import typer
from rich.console import Console
from crmsnap.redaction.output import redacted_output
from crmsnap.redaction.redactor import Redactor

def fail(secret):
    raise ValueError(f"no such token: {secret}")

secret = sys.stdin.read()
redactor = Redactor()
redactor.learn(secret)
with redacted_output(redactor):
    print("printed", secret)
    typer.echo(f"echoed {secret}")
    Console(file=sys.stderr, force_terminal=True, width=30).print(f"rich {secret} [b]{secret}")
    try:
        fail(secret)
    except ValueError as error:
        traceback.print_exception(error)
    warnings.warn(f"warned {secret}")
    thread = threading.Thread(target=fail, args=(secret,))
    thread.start()
    thread.join()
    class Dying:
        def __del__(self):
            fail(secret)
    Dying()
"""


def test_everything_that_writes_is_redacted() -> None:
    """Tracebacks, warnings, rich and threads know nothing of a redactor."""
    ended = subprocess.run(
        [sys.executable, "-c", WRITERS],
        input=SECRET,
        capture_output=True,
        text=True,
        env=environment(),
        check=True,
    )
    assert ended.stdout == "printed ***\nechoed ***\n"
    for word in (
        "rich",
        "ValueError: no such token: ***",
        "warned ***",
        "Exception in thread",
        "Exception ignored",
    ):
        assert word in ended.stderr
    assert "canary" not in ended.stderr

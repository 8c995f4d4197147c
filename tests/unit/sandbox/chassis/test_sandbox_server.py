"""`crmsnap sandbox` as a process, and its twin inside a test."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import urllib3

from crmsnap.sandbox.server import Address, Options, running

COMMAND = [sys.executable, "-m", "crmsnap", "sandbox"]


@contextmanager
def started(*options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """The process and its first line."""
    process = subprocess.Popen(
        [*COMMAND, "--contacts", "200", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    with process:
        try:
            assert process.stdout
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_is_in_one_line_and_ends_cleanly(number: signal.Signals) -> None:
    """Scripts read the line, use the address, and stop the process."""
    with started("--token", "mine", "--token", "narrow=scope") as (process, address):
        assert address == {"url": address["url"], "token": "mine"}
        with urllib3.PoolManager() as pool:
            answer = pool.request("GET", address["url"] + "/nowhere")
            assert answer.status == 404
            process.send_signal(number)
            output, errors = process.communicate(timeout=10)
    assert (process.returncode, output, errors) == (0, "", "")


def test_it_ends_within_seconds_while_an_answer_hangs() -> None:
    """A hanging client must not keep it."""
    with started() as (process, address), urllib3.PoolManager() as pool:
        host, port = address["url"].removeprefix("http://").split(":")
        headers = {"authorization": f"Bearer {address['token']}"}
        plan = '[{"effect": {"kind": "hang"}}]'
        pool.request("POST", address["url"] + "/_sandbox/faults", body=plan)
        with socket.create_connection((host, int(port))) as waiting:
            waiting.sendall(
                b"GET /crm/v3/owners HTTP/1.1\r\nhost: x\r\n"
                + f"authorization: {headers['authorization']}\r\n\r\n".encode()
            )
            process.terminate()
            process.communicate(timeout=5)
    assert process.returncode == 0


def test_a_taken_port_is_a_clear_error() -> None:
    """With what to do next."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run("--port", port)
    assert done.returncode == 2
    assert f"port {port} of 127.0.0.1 cannot be used" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("options", [("--now", "tomorrow"), ("--token", "=x"), ("--tier", "gold")])
def test_a_senseless_option_is_a_clear_error(options: tuple[str, ...]) -> None:
    """Usage errors exit with 2."""
    done = run(*options)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_the_clock_option_reaches_the_date_header() -> None:
    """A frozen day for repeatable runs."""
    options = ("--now", "2026-03-01T10:00:00Z", "--frozen")
    with started(*options) as (_, address), urllib3.PoolManager() as pool:
        answer = pool.request("GET", address["url"] + "/nowhere")
    assert answer.headers["date"] == "Sun, 01 Mar 2026 10:00:00 GMT"


def test_it_runs_inside_a_test_too() -> None:
    """The same server in a thread, gone when the block ends."""
    with running(Options(contacts=200, tokens=("one=scope", "two"))) as address:
        assert address == Address(address.url, "one")
        with urllib3.PoolManager() as pool:
            assert pool.request("GET", address.url + "/_sandbox/stats").status == 200
    port = int(address.url.rpartition(":")[2])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port)).close()


def run(*options: str) -> subprocess.CompletedProcess[str]:
    """The command, run to its end."""
    return subprocess.run(
        [*COMMAND, *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )


def test_a_missing_extra_is_a_clear_error() -> None:
    """The sandbox is an extra, and the message says how to get it."""
    program = (
        "import sys; sys.modules['uvicorn'] = None\n"
        "sys.argv = ['crmsnap', 'sandbox']\n"
        "from crmsnap.cli import main; main()"
    )
    done = python(program)
    assert done.returncode == 2
    assert "the sandbox needs uvicorn" in done.stderr
    assert "pip install 'crmsnap[sandbox]'" in done.stderr


def test_the_command_line_does_not_import_the_server_before_it_is_asked_to() -> None:
    """`crmsnap --help` has to be quick, and must work without the extra."""
    done = python("import crmsnap.cli, sys; print('uvicorn' in sys.modules)")
    assert done.stdout == "False\n"


def python(program: str) -> subprocess.CompletedProcess[str]:
    """A Python program, run to its end."""
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )

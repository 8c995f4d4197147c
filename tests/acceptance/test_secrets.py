"""Tokens that the registry keeps: typed unseen or piped in, listed by name, rotated, removed."""

import os
import pty
import resource
import subprocess
import sys

import pytest

from tests.builders.command import PATIENCE_SECONDS, Crmsnap, Ended, assert_refused, environment

TOKEN = "pat-sandbox"


@pytest.fixture
def acme(crmsnap: Crmsnap) -> Crmsnap:
    """A connection without a token."""
    crmsnap.write_config(
        f'[connections.acme]\nto = "./snapshots"\nbase_url = "{crmsnap.account.url}"\n'
        'allow_other_host = true\ntables = ["OWNERS"]\n'
    )
    return crmsnap


def new_key(crmsnap: Crmsnap) -> str:
    ended = crmsnap("secrets", "new-key")
    assert ended.exit_code == 0
    return ended.stdout.strip()


def set_token(crmsnap: Crmsnap, key: str, given: str) -> Ended:
    ended = subprocess.run(
        [sys.executable, "-m", "crmsnap", "secrets", "set", "acme"],
        input=given,
        capture_output=True,
        text=True,
        cwd=crmsnap.folder,
        env=environment(CRMSNAP_HOME=str(crmsnap.home), CRMSNAP_SECRET_KEY=key),
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def test_a_key_that_is_missing_is_named_where_a_new_one_would_not_help(acme: Crmsnap) -> None:
    """Whoever follows the advice to make a key has two keys and still no token."""
    first = set_token(acme, "", TOKEN)
    assert_refused(first, "configuration", 4, "is not set", "crmsnap secrets new-key")
    assert set_token(acme, new_key(acme), TOKEN).exit_code == 0
    (kept,) = acme("secrets", "list", "--json").json
    for ended in (acme("sync", "acme"), acme("secrets", "rotate"), set_token(acme, "", TOKEN)):
        assert_refused(ended, "configuration", 4, "is not set", f"key {kept['key_id']}")
        assert "new-key" not in ended.stderr


def test_a_piped_token_is_kept_used_rotated_and_removed(acme: Crmsnap) -> None:
    """The whole life of a token, as the how-to page tells it."""
    old = new_key(acme)
    kept = set_token(acme, old, f"{TOKEN}\n")
    assert "encrypted with key" in kept.stdout, kept.stderr
    synced = acme("sync", "acme", CRMSNAP_SECRET_KEY=old, HUBSPOT_TOKEN="pat-of-nobody")
    assert synced.exit_code == 0, synced.stderr
    before = acme("secrets", "list", "--json").json
    new = new_key(acme)
    rotated = acme("secrets", "rotate", CRMSNAP_SECRET_KEY=f"{new},{old}")
    assert "1 secret encrypted anew" in rotated.stdout
    (listed,) = acme("secrets", "list", "--json").json
    assert (listed["connection"], listed["name"]) == ("acme", "token")
    assert listed["key_id"] != before[0]["key_id"]
    assert_refused(
        acme("sync", "acme", CRMSNAP_SECRET_KEY=old), "configuration", 4, "cannot be decrypted"
    )
    assert acme("config", "check", CRMSNAP_SECRET_KEY=new).exit_code == 0
    assert "1 secret of acme forgotten" in acme("secrets", "remove", "acme").stdout
    assert "keeps no secrets" in acme("secrets", "list").stdout
    assert_refused(acme("secrets", "remove", "acme"), "usage", 2, "secrets list")


def test_a_typed_token_is_not_shown(acme: Crmsnap) -> None:
    """On a terminal it is asked for, and the terminal does not repeat it."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(acme.folder)
        variables = environment(CRMSNAP_HOME=str(acme.home), CRMSNAP_SECRET_KEY=KEY)
        os.execve(
            sys.executable, [sys.executable, "-m", "crmsnap", "secrets", "set", "acme"], variables
        )
    said = read_until(terminal, b"HubSpot token of acme: ")
    os.write(terminal, f"{TOKEN}\n".encode())
    said += read_until(terminal, b"is kept")
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    os.close(terminal)
    assert TOKEN.encode() not in said
    assert acme("secrets", "list", "--json").json[0]["connection"] == "acme"


KEY = "q0Zr1n9Yk3vB7dX5sWm2tJ8uLc4hPfEoGi6aTbNxVyA="


def read_until(terminal: int, words: bytes) -> bytes:
    said = b""
    while words not in said:
        said += os.read(terminal, 1024)
    return said


@pytest.mark.parametrize(
    ("arguments", "code", "exit_code", "word"),
    [
        (("set", "acme"), "configuration", 4, "no HubSpot token"),
        (("set", "acne"), "configuration", 4, "did you mean 'acme'"),
        (("rotate",), "configuration", 4, "crmsnap secrets new-key"),
    ],
)
def test_what_cannot_be_done_is_told(
    acme: Crmsnap, arguments: tuple[str, ...], code: str, exit_code: int, word: str
) -> None:
    """Nothing piped in, a connection that there is not, no key."""
    assert_refused(acme("secrets", *arguments), code, exit_code, word)


def test_a_token_cannot_be_an_option(acme: Crmsnap) -> None:
    """Every user of the machine could read it."""
    ended = acme("secrets", "set", "acme", "--token", TOKEN)
    assert ended.exit_code == 2
    assert acme("secrets", "set", "acme", TOKEN).exit_code == 2


def test_a_key_that_can_be_guessed_is_refused(acme: Crmsnap) -> None:
    """With the command that makes a good one."""
    ended = set_token(acme, "secret", TOKEN)
    assert_refused(ended, "configuration", 4, "crmsnap secrets new-key")


def allow_core_dumps() -> None:
    """As far as this machine does."""
    limit = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (limit, limit))


def test_a_core_dump_of_a_command_is_empty(acme: Crmsnap) -> None:
    """It would hold every secret of the process; the limit is read from a command that waits."""
    process = subprocess.Popen(
        [sys.executable, "-m", "crmsnap", "secrets", "set", "acme"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=acme.folder,
        env=environment(CRMSNAP_HOME=str(acme.home)),
        preexec_fn=allow_core_dumps,
    )
    with process:
        limits = ""
        while "Max core file size        0 " not in limits and process.poll() is None:
            with open(f"/proc/{process.pid}/limits") as file:  # noqa: PTH123 - no file of ours
                limits = file.read()
        process.communicate("", timeout=PATIENCE_SECONDS)
    assert "Max core file size        0 " in limits

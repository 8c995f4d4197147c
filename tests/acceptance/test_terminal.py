"""What a person sees on a terminal: bars while it runs, colours only where they are wanted."""

import os
import pty
import re
import subprocess
import sys
import threading

from tests.builders.command import Crmsnap, environment

COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-7]m")


def on_a_terminal(crmsnap: Crmsnap, *arguments: str, **variables: str) -> str:
    """What a command writes to stderr when that is a terminal."""
    ours, theirs = pty.openpty()
    drawn: list[bytes] = []

    def read() -> None:
        try:
            while data := os.read(ours, 65536):
                drawn.append(data)
        except OSError:
            return  # the other end was closed

    reader = threading.Thread(target=read)
    reader.start()
    try:
        subprocess.run(
            [sys.executable, "-m", "crmsnap", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=theirs,
            cwd=crmsnap.folder,
            env=environment(TERM="xterm-256color", CRMSNAP_HOME=str(crmsnap.home), **variables),
            timeout=60,
            check=False,
        )
    finally:
        os.close(theirs)
        reader.join()
        os.close(ours)
    return b"".join(drawn).decode(errors="replace")


def test_a_running_sync_shows_bars_rates_and_the_calls_used(crmsnap: Crmsnap):
    """One bar per stream that is being read, and the share of the day's calls."""
    drawn = on_a_terminal(
        crmsnap,
        *("sync", "--to", "./s", "--base-url", crmsnap.account.url, "--types", "contacts,deals"),
        HUBSPOT_TOKEN=crmsnap.account.token,
    )
    assert re.search(
        r"extract.* streams? read, [\d,]+ rows?.*[\d,]+ calls?, \d+% of the day's ", drawn
    )
    assert "events/" in drawn
    assert "read owners:" not in drawn


def test_errors_are_coloured_unless_no_color_is_set(crmsnap: Crmsnap):
    """https://no-color.org: any value switches colours off."""
    assert COLOUR.search(on_a_terminal(crmsnap, "sync", "nobody"))
    assert not COLOUR.search(on_a_terminal(crmsnap, "sync", "nobody", NO_COLOR="1"))


def test_a_reader_that_goes_away_is_no_error(crmsnap: Crmsnap):
    """`crmsnap tables | head -1` ends without a traceback."""
    with crmsnap.start("tables", "--json") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""


def test_names_from_hubspot_cannot_steer_the_terminal(crmsnap: Crmsnap):
    """An escape sequence in what is shown is written out, not obeyed."""
    ended = crmsnap("verify", "./\x1b[31mred")
    assert "\x1b" not in ended.stderr
    assert "\\x1b[31mred" in ended.stderr

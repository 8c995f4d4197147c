"""Errors as people read them."""

import pytest

from crmsnap.cli import failure
from crmsnap.cli.session import Session
from crmsnap.errors import BadToken


def test_an_error_is_what_why_and_what_next(capsys: pytest.CaptureFixture[str]):
    """On stderr, since stdout is the result's."""
    error = BadToken("no", cause="because", remedy="do this")
    failure.show(error, Session(), subject="acme")
    captured = capsys.readouterr()
    assert captured.err.splitlines() == [
        "error[hubspot-token]: acme: no",
        "  cause: because",
        "  remedy: do this",
    ]
    assert captured.out == ""


def test_brackets_and_control_characters_are_shown_as_they_are(capsys: pytest.CaptureFixture[str]):
    """Messages quote names from HubSpot, which are neither markup nor orders to the terminal."""
    failure.show(BadToken("[bold]\x1b[2J[/bold]"), Session())
    assert capsys.readouterr().err == "error[hubspot-token]: [bold]\\x1b[2J[/bold]\n"


def test_a_bug_says_where_and_nothing_of_the_data(capsys: pytest.CaptureFixture[str]):
    """An exception's own text may hold a customer's record; --debug shows it to who asks."""
    try:
        {}["jane@example.com"]
    except KeyError as error:
        found = failure.bug(error)
    failure.show(found, Session())
    said = capsys.readouterr().err
    assert "error[bug]: this is a bug in crmsnap: KeyError in test_failure.py, line " in said
    assert "--debug" in said
    assert "jane" not in said
    failure.show(found, Session(debug=True))
    assert "jane" in capsys.readouterr().err

"""`crmsnap check`: whether a connection works, question by question, and what to change where it does not."""

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from crmsnap.cli import options
from crmsnap.cli.chosen import check_tables, chosen, complete, known_connections, placed
from crmsnap.cli.text import count, escaped

if TYPE_CHECKING:
    from crmsnap.check import CheckReport
    from crmsnap.connection.check import Check

SIGNS = {"ok": "✓", "warning": "!", "failed": "✗", "skipped": "-"}
CHECK_AGAIN = "check again: it begins anew, and a check changes nothing"
"""What helps whoever stopped it."""
PLAIN_SIGNS = {"ok": "+", "warning": "!", "failed": "x", "skipped": "-"}
"""For terminals that know no others."""


def check(
    context: typer.Context,
    connection: Annotated[
        str | None,
        typer.Argument(
            metavar="[CONNECTION]",
            help="A connection; not needed when there is one, or with HUBSPOT_TOKEN and --to.",
            autocompletion=complete,
        ),
    ] = None,
    *,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="URL", help="Where snapshots would go."),
    ] = None,
    base_url: options.BaseUrl = None,
    config: options.Config = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Ask one question for each right that a sync needs, and say what to change.

    Of HubSpot: the token, and which tables its scopes open. Of a bucket: the role and its external id,
    the region, every right, conditional writes, encryption, owner and clock. A few small files are
    written below the path and removed again. Exits 0 also with warnings, 5 when a right is missing, 4
    for a wrong setting.

    Example: crmsnap check acme
    """
    from crmsnap import bootstrap
    from crmsnap import config as configuration
    from crmsnap.check import run_check

    context.obj.json = as_json
    redactor = context.obj.redactor
    said = {key: new for key, new in {"to": to, "base_url": base_url}.items() if new is not None}
    known = known_connections(config, home, redactor)
    (picked,) = chosen(
        known, () if connection is None else (connection,), everyone=False, redactor=redactor
    )
    picked = placed(known, picked, said)
    check_tables(picked.settings)
    with (
        bootstrap.stoppable("the check", CHECK_AGAIN) as clock,
        bootstrap.check_subject(picked, configuration.home_folder(home), clock) as subject,
    ):
        report = run_check(subject, _ignore if as_json else print_check)
    if as_json:
        print(json.dumps(report.as_dict(), indent=2))
    else:
        _print_verdict(report)
    if report.exit_code:
        raise typer.Exit(report.exit_code)


def print_check(check: "Check") -> None:
    """One answer: a sign, the word, the question, what was found; below it what to change."""
    encoding = (sys.stdout.encoding or "ascii").lower()
    sign = (SIGNS if encoding.startswith("utf") else PLAIN_SIGNS)[check.verdict]
    print(
        f"{sign} {check.verdict:<7}  {check.name}: {check.question} {escaped(check.answer)}",
        flush=True,
    )
    if check.advice:
        print(f"           to do: {escaped(check.advice)}", flush=True)


def _print_verdict(report: "CheckReport") -> None:
    failed = sum(check.verdict == "failed" for check in report.checks)
    warnings = sum(check.verdict == "warning" for check in report.checks)
    if failed:
        print(f"\n{count(failed, 'question')} failed: a sync would not work, or must not")
    elif warnings:
        print(f"\na sync can work, with {count(warnings, 'warning')}")
    else:
        print("\neverything is as it should be")


def _ignore(_: "Check") -> None:
    return None

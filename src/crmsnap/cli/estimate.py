"""`crmsnap estimate`: what a first run will take of the day's calls, before anything is copied."""

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crmsnap.cli import options
from crmsnap.cli.chosen import check_tables, complete, one_connection
from crmsnap.cli.text import columns, count

if TYPE_CHECKING:
    from crmsnap.bootstrap import Known
    from crmsnap.extract.calls import Calls
    from crmsnap.extract.estimate import Estimate


def estimate(
    context: typer.Context,
    connection: Annotated[
        str | None,
        typer.Argument(
            metavar="[CONNECTION]",
            help="A connection; not needed when there is one, or with HUBSPOT_TOKEN and no file.",
            autocompletion=complete,
        ),
    ] = None,
    *,
    base_url: options.BaseUrl = None,
    config: options.Config = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Tell the calls, the minutes and the share of the day that a first run takes.

    From HubSpot's own counts: no record is copied. Events, conversations and what was sent through forms
    are counted by nobody, and stand apart as a range from a first page.
    It takes some hundred calls itself, and tells how many: those with which a run begins too, a first page
    of what nobody counts, and at most 8 for each object type to find out what can be associated.

    Example: crmsnap estimate acme
    """
    context.obj.json = as_json
    picked = one_connection(connection, base_url, config, home, context.obj.redactor)
    found = _estimated(picked)
    if as_json:
        print(json.dumps(_as_dict(found), indent=2))
    else:
        _print(found)


def _estimated(known: "Known") -> "Estimate":
    from crmsnap import bootstrap
    from crmsnap.extract.estimate import estimate
    from crmsnap.extract.outlook import outlook

    settings = known.settings
    check_tables(settings)
    with (
        tempfile.TemporaryDirectory(prefix="crmsnap-estimate-") as folder,
        bootstrap.stoppable("the command", "run it again: nothing was changed") as clock,
        bootstrap.open_client(known, clock) as client,
    ):
        selection = bootstrap.selection_of(settings)
        return estimate(
            lambda: outlook(selection, client, Path(folder), settings.workers),
            client,
            clock,
            daily_share=settings.daily_share,
        )


def _as_dict(found: "Estimate") -> dict[str, object]:
    return {
        "calls": found.calls,
        "minutes": found.minutes,
        "share_of_day": found.share,
        "days": found.days,
        "daily_limit": found.daily_limit,
        "daily_used": found.daily_used,
        "known": {item.what: item.calls.low for item in found.known},
        "apart": {
            "low": found.apart.low,
            "high": found.apart.high,
            "ranges": {
                item.what: {"low": item.calls.low, "high": item.calls.high} for item in found.ranges
            },
        },
        "spent": found.spent,
    }


def _print(found: "Estimate") -> None:
    rows = [("CALLS", "FOR")]
    rows += [(f"{item.calls.low:,}", item.what) for item in found.known]
    rows.append((f"{found.calls:,}", "together"))
    print(columns(rows, right=(0,)))
    print(f"\nabout {count(found.minutes, 'minute')}, at the speed that HubSpot allows today")
    if found.share is not None:
        used = "" if found.daily_used is None else f", {found.daily_used:,} are used today"
        print(f"{found.share:.1%} of the day's {found.daily_limit:,} calls{used}")
    if found.days is not None and found.days > 1:
        print(
            f"it goes on for {found.days} days: at most {found.daily_share:.0%} of a day's calls are used"
        )
    if found.ranges:
        print("\napart from that, by a first page, because nobody counts them:")
        for item in found.ranges:
            print(f"  {_range(item.calls):>24}  {item.what}")
        if found.apart.high is not None:
            print(f"  {_range(found.apart):>24}  together")
    print(f"\nto find out took {count(found.spent, 'call')}; nothing was copied")


def _range(calls: "Calls") -> str:
    if calls.high is None:
        return f"at least {calls.low:,}"
    return f"{calls.low:,} to {calls.high:,}"

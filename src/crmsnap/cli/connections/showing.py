"""`crmsnap connections list` and `show`: what there is, who owns it, how it went last."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crmsnap.cli import options
from crmsnap.cli.chosen import complete, known_connections, named, registry_url
from crmsnap.cli.text import columns, escaped

if TYPE_CHECKING:
    from crmsnap.bootstrap import Known
    from crmsnap.registry.aws_links import AwsLink
    from crmsnap.registry.runs import RememberedRun


def list_connections(
    context: typer.Context,
    *,
    config: options.Config = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """List connections, of the configuration file and made by commands; `crmsnap connections` does the same.

    Example: crmsnap connections --json
    """
    context.obj.json = as_json
    known = known_connections(config, home, context.obj.redactor)
    links, runs = _remembered(registry_url(config, home, context.obj.redactor))
    shown = [
        _summary(one, links.get(one.name or ""), runs.get(one.name or "")) for one in known.values()
    ]
    if as_json:
        print(json.dumps(shown, indent=2))
        return
    rows = [("CONNECTION", "MANAGED IN", "STATE", "TO", "LAST RUN")]
    rows += [
        (
            one["name"],
            one["origin"],
            _state(one),
            escaped(one["to"] or ""),
            _last(one["last_run"]),
        )
        for one in shown
    ]
    print(columns(rows) if shown else "no connections yet: see crmsnap connections add --help")


def show(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="CONNECTION", autocompletion=complete)],
    *,
    config: options.Config = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Show one connection: its settings, its owner, its external id, its last run. No secret is shown.

    Example: crmsnap connections show acme
    """
    from crmsnap import config as configuration

    context.obj.json = as_json
    one = named(known_connections(config, home, context.obj.redactor), name)
    links, runs = _remembered(registry_url(config, home, context.obj.redactor))
    folder = configuration.home_folder(home)
    file = configuration.find_file(config, folder)
    shown = {
        **_summary(one, links.get(name), runs.get(name)),
        "file": str(file) if one.origin == "file" and file is not None else None,
        "state": str(folder / name),
        "external_id": links[name].external_id if name in links else None,
        "settings": one.settings.model_dump(mode="json", exclude_unset=True, exclude={"enabled"}),
    }
    if as_json:
        print(json.dumps(shown, indent=2))
        return
    print(columns([(key, escaped(text)) for key, text in _lines(shown)]))


def _remembered(
    registry: str,
) -> "tuple[Mapping[str, AwsLink], Mapping[str, RememberedRun]]":
    from crmsnap.registry.address import is_there
    from crmsnap.registry.aws_links import aws_links
    from crmsnap.registry.opening import open_registry
    from crmsnap.registry.runs import last_runs

    if not is_there(registry):
        return {}, {}
    with open_registry(registry) as opened:
        return {link.connection: link for link in aws_links(opened)}, last_runs(opened)


def _summary(one: "Known", link: "AwsLink | None", run: "RememberedRun | None") -> dict[str, Any]:
    return {
        "name": one.name,
        "origin": one.origin,
        "enabled": one.settings.enabled,
        "to": one.settings.to,
        "role_arn": one.settings.s3.role_arn,
        "refused": None if one.shares is None else one.shares.message,
        "connected_at": None if link is None else link.connected_at,
        "last_run": None
        if run is None
        else {
            key: value
            for key, value in asdict(run).items()
            if key in ("id", "day", "started_at", "ended_at", "status")
        },
    }


def _state(shown: Mapping[str, Any]) -> str:
    if not shown["enabled"]:
        return "disabled"
    if shown["refused"]:
        return "refused: overlaps"
    return "not connected" if shown["role_arn"] and not shown["connected_at"] else "enabled"


def _last(run: Mapping[str, str] | None) -> str:
    return "never" if run is None else f"{run['day']} {run['status']}"


def _lines(shown: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is known, a line each; what is not set is left out."""
    yield "connection", shown["name"]
    yield "managed in", shown["file"] or shown["origin"]
    yield "state", _state(shown)
    yield "state folder", shown["state"]
    if shown["external_id"]:
        yield "external id", shown["external_id"]
        yield (
            "connected since",
            f"{shown['connected_at']} UTC" if shown["connected_at"] else "not yet",
        )
    run = shown["last_run"]
    yield "last run", _last(run) if run is None else f"{_last(run)} (crmsnap runs show {run['id']})"
    for key, value in shown["settings"].items():
        if isinstance(value, dict):
            yield from ((f"  {key}.{inner}", _text(one)) for inner, one in value.items())
        else:
            yield f"  {key}", _text(value)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)

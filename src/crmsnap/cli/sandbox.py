"""`crmsnap sandbox`: a HubSpot account on this machine, to try crmsnap on."""

import json
from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from crmsnap.errors import UsageError

if TYPE_CHECKING:
    from crmsnap.sandbox.server import Address


class TierName(StrEnum):
    """The subscriptions whose rate limits the sandbox knows."""

    STARTER = "starter"
    PROFESSIONAL = "professional"
    ENTERPRISE = "enterprise"
    UNLIMITED = "unlimited"


def sandbox(
    context: typer.Context,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free port.")] = 0,
    contacts: Annotated[
        int, typer.Option(min=1, help="Live contacts; all else grows with them.")
    ] = 2000,
    seed: Annotated[int, typer.Option(help="Another number, another account.")] = 1,
    token: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[=SCOPE,...]",
            help="A token that may do everything, or only this. May repeat; the first is printed.",
        ),
    ] = None,
    tier: Annotated[TierName, typer.Option(help="Whose rate limits hold.")] = TierName.UNLIMITED,
    latency_ms: Annotated[float, typer.Option(min=0, help="How long each answer takes.")] = 0,
    now: Annotated[
        str | None, typer.Option(metavar="TIME", help="Where the account's clock starts, ISO 8601.")
    ] = None,
    frozen: Annotated[bool, typer.Option("--frozen", help="The clock stands still.")] = False,
    daily: Annotated[
        int | None, typer.Option(min=0, help="Calls a day, instead of the tier's.")
    ] = None,
) -> None:
    """Serve a HubSpot-like account on loopback until Ctrl-C.

    Prints one JSON line, {"url": ..., "token": ...}, as soon as it accepts connections.
    """
    try:
        from crmsnap.sandbox.clock import milliseconds
        from crmsnap.sandbox.server import Options, serve
    except ModuleNotFoundError as missing:
        raise UsageError(
            f"the sandbox needs {missing.name}, which is not installed",
            cause="crmsnap was installed without its extra `sandbox`",
            remedy="pip install 'crmsnap[sandbox]'",
        ) from missing
    try:
        options = Options(
            port=port,
            contacts=contacts,
            seed=seed,
            tokens=tuple(token or ("pat-sandbox",)),
            tier=tier.value,
            latency_ms=latency_ms,
            now_ms=None if now is None else milliseconds(now),
            frozen=frozen,
            daily=daily,
        )
        serve(options, partial(_announce, context.obj.redactor.show))
    except ValueError as wrong:
        raise UsageError(str(wrong), remedy="crmsnap sandbox --help") from wrong
    except OSError as refused:
        raise UsageError(
            f"port {port} of 127.0.0.1 cannot be used",
            cause=str(refused),
            remedy="choose another --port, or 0 for any free one",
        ) from refused


def _announce(show: Callable[[str], None], address: "Address") -> None:
    show(address.token)  # it opens nothing but the sandbox
    print(json.dumps({"url": address.url, "token": address.token}), flush=True)

"""What is to be connected: from options, from what is kept already, and on a terminal from questions."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from crmsnap import bootstrap
from crmsnap.bootstrap import Known
from crmsnap.bootstrap.connecting import Connecting, Wanted, link_connection
from crmsnap.bootstrap.sharing import s3_place_of
from crmsnap.bootstrap.user_arn import our_user_arn
from crmsnap.cli.connections import loaded
from crmsnap.cli.options import typed
from crmsnap.config import ConnectionSettings
from crmsnap.connection.arn import check_key_arn, partition_in, read_role
from crmsnap.connection.policies import check_folder
from crmsnap.destinations.s3_place import FORMS, read_s3_place
from crmsnap.errors import Interrupted, UsageError
from crmsnap.redaction.redactor import Redactor

Ask = Callable[[str, str | None], str]
"""Asks a person; an empty default: it may be left out, None: it cannot be done without."""

FIRST_NAME = "hubspot"


@dataclass(frozen=True, slots=True)
class Given:
    """The options of the command; None where one was left out."""

    role: str | None
    account: str | None
    to: str | None
    kms_key: str | None
    token: Mapping[str, str]
    user_arn: str | None
    narrow: bool


def connecting(
    name: str | None,
    given: Given,
    config: Path | None,
    home: Path | None,
    redactor: Redactor,
    *,
    rotate: bool,
    ask: Ask | None,
) -> Connecting:
    """The connection with its link. Raise `UsageError` for what is missing where nobody can be asked,
    and for an option that is wrong; `ConfigError` for a setting.
    """
    settings, folder = loaded(config, home, redactor)
    known = bootstrap.known_connections(settings, folder, redactor)
    name = name or _name(known, ask)
    current = known[name].settings if name in known else ConnectionSettings()
    with typed(given.to, ask):
        place = read_s3_place(given.to or _kept_place(current) or _asked(ask, _PLACE))
        check_folder(place)
    with typed(given.user_arn):
        user_arn = our_user_arn(settings, current, place.partition, given.user_arn, redactor)
    role, account = _role_and_account(given, current, ask)
    partition = place.partition or partition_in(user_arn)
    is_new = name not in known
    with typed(given.role, given.account, ask):
        read = read_role(role, account=account, partition=partition)
    kms_key = given.kms_key or current.s3.kms_key or (_kms_key(ask) if is_new else None)
    with typed(given.kms_key, ask):
        if kms_key is not None:
            check_key_arn(kms_key)
    wanted = Wanted(
        role=read,
        place=place,
        kms_key=kms_key,
        narrow=given.narrow or not current.s3.deletes,
        token=given.token or (_token(ask) if is_new else {}),
    )
    return link_connection(
        known,
        name,
        wanted,
        registry_url=bootstrap.registry_url(settings, folder),
        user_arn=user_arn,
        redactor=redactor,
        rotate=rotate,
    )


def on_terminal(question: str, default: str | None) -> str:
    """Ask on stderr, so that stdout holds the documents alone.

    Raise `Interrupted` on Ctrl-C, and at the end of the input.
    """
    shown = f"{question} [{default}]: " if default else f"{question}: "
    answer: str | None = None
    while answer is None:
        print(shown, end="", file=sys.stderr, flush=True)
        answer = _typed() or default
    return answer


def _typed() -> str:
    try:
        line = sys.stdin.readline()
    except KeyboardInterrupt:
        line = ""
    if line:
        return line.strip()
    print(file=sys.stderr)
    raise Interrupted(
        "nothing was connected",
        cause="Ctrl-C, or the end of the input",
        remedy="run it again: what was made is kept",
    )


@dataclass(frozen=True, slots=True)
class _Missing:
    """Something that is needed."""

    question: str
    flag: str
    form: str


_NAME = _Missing("Name of the connection", "CONNECTION", "a name of lower-case letters")
_PLACE = _Missing("S3 URL path", "--to", FORMS)
_ROLE = _Missing("IAM role (its ARN, or its name)", "--role", "the role's ARN, or name and account")
_ACCOUNT = _Missing("AWS account id of the role (12 digits)", "--account", "12 digits")


def _asked(ask: Ask | None, missing: _Missing, default: str | None = None) -> str:
    if ask is not None:
        return ask(missing.question, default)
    raise UsageError(
        f"{missing.flag} is missing",
        cause="nothing is asked where nobody can answer",
        remedy=f"give {missing.flag}: {missing.form}",
    )


def _name(known: Mapping[str, Known], ask: Ask | None) -> str:
    """The only connection there is, or one that is asked for."""
    if len(known) == 1:
        return next(iter(known))
    if known and ask is None:
        raise UsageError(
            "which connection?", cause=f"there are {', '.join(known)}", remedy="name one of them"
        )
    return _asked(ask, _NAME, None if known else FIRST_NAME)


def _kept_place(current: ConnectionSettings) -> str | None:
    """Where it is connected already; a folder on this machine is no answer."""
    return current.to if s3_place_of(current) else None


def _role_and_account(
    given: Given, current: ConnectionSettings, ask: Ask | None
) -> tuple[str, str | None]:
    role = given.role or current.s3.role_arn or _asked(ask, _ROLE)
    account = given.account
    if account is None and ask is not None and not role.startswith("arn:"):
        account = _asked(ask, _ACCOUNT)
    return role, account


def _kms_key(ask: Ask | None) -> str | None:
    return (ask and ask("ARN of the bucket's KMS key, if it has one of its own", "")) or None


def _token(ask: Ask | None) -> Mapping[str, str]:
    variable = ask and ask("Variable that holds the HubSpot token", "HUBSPOT_TOKEN")
    return {"token_env": variable} if variable else {}

"""What is to be connected: from options, from what is kept already, and on a terminal from questions."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from crmsnap import bootstrap
from crmsnap.bootstrap import Known
from crmsnap.bootstrap.connecting import Connecting, Wanted, link_connection
from crmsnap.bootstrap.sharing import refuse_shared, s3_place_of
from crmsnap.bootstrap.user_arn import our_user_arn
from crmsnap.cli.chosen import loaded
from crmsnap.cli.options import typed
from crmsnap.cli.text import escaped
from crmsnap.config import ConnectionSettings, S3Settings, kept
from crmsnap.connection.arn import (
    RoleArn,
    check_key_arn,
    is_role_name,
    partition_in,
    read_account,
    read_role,
)
from crmsnap.connection.policies import check_folder
from crmsnap.destinations.s3_place import FORMS, S3Place, read_s3_place
from crmsnap.errors import CrmsnapError, Interrupted, UsageError
from crmsnap.redaction.redactor import Redactor

T = TypeVar("T")

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
    """The connection with its link.

    An answer that cannot be used is told, and asked for again. Raise `UsageError` for what is missing
    where nobody can be asked, and for an option that is wrong; `ConfigError` for a setting.
    """
    settings, folder = loaded(config, home, redactor)
    known = bootstrap.known_connections(settings, folder, redactor)
    name = _name(known, ask) if name is None else _checked_name(name)
    current = known[name].settings if name in known else ConnectionSettings()
    said = given.to or _kept_place(current)
    free = partial(_refuse_shared, known, name, current)
    with typed(given.to):
        place = _read_place(said) if said else _asked(ask, _PLACE, partial(_free_place, free))
    with typed(given.user_arn):
        user_arn = our_user_arn(settings, current, place.partition, given.user_arn, redactor)
    partition = place.partition or partition_in(user_arn)
    is_new = name not in known
    with typed(given.role, given.account):
        role = _role(given, current, ask, partition, free)
    kms_key = given.kms_key or current.s3.kms_key or (_kms_key(ask) if is_new else None)
    with typed(given.kms_key):
        if kms_key is not None:
            check_key_arn(kms_key)
    wanted = Wanted(
        role=role,
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


def _asked(
    ask: Ask | None, missing: _Missing, read: Callable[[str], T], default: str | None = None
) -> T:
    """What is missing, read from an answer."""
    if ask is not None:
        return _until_read(ask, missing.question, read, default)
    raise UsageError(
        f"{missing.flag} is missing",
        cause="nothing is asked where nobody can answer",
        remedy=f"give {missing.flag}: {missing.form}",
    )


def _until_read(ask: Ask, question: str, read: Callable[[str], T], default: str | None) -> T:
    """Ask until there is an answer that can be read: whoever mistypes one is told, and loses no other."""
    while True:
        try:
            return read(ask(question, default))
        except Interrupted:
            raise
        except CrmsnapError as refused:
            said = (refused.message, refused.cause, refused.remedy)
            print(escaped("; ".join(filter(None, said))), file=sys.stderr)


def _name(known: Mapping[str, Known], ask: Ask | None) -> str:
    """The only connection there is, or one that is asked for."""
    if len(known) == 1:
        return next(iter(known))
    if known and ask is None:
        raise UsageError(
            "which connection?", cause=f"there are {', '.join(known)}", remedy="name one of them"
        )
    return _asked(ask, _NAME, _checked_name, None if known else FIRST_NAME)


def _checked_name(name: str) -> str:
    """The name. Raise `UsageError` when no connection can have it: everything else would be asked in vain."""
    kept(name, {}, folder=Path.cwd())
    return name


def _kept_place(current: ConnectionSettings) -> str | None:
    """Where it is connected already; a folder on this machine is no answer."""
    return current.to if s3_place_of(current) else None


_Free = Callable[[Mapping[str, Any]], None]
"""Raises `ConfigError` when another connection has what is wanted."""


def _refuse_shared(
    known: Mapping[str, Known],
    name: str,
    current: ConnectionSettings,
    wanted: Mapping[str, Any],
) -> None:
    """Look at one answer among all connections: behind the last question it would be too late to ask again."""
    everyone = {other: one.settings for other, one in known.items()}
    refuse_shared({**everyone, name: current.model_copy(update=wanted)}, name)


def _read_place(text: str) -> S3Place:
    place = read_s3_place(text)
    check_folder(place)
    return place


def _free_place(free: _Free, text: str) -> S3Place:
    place = _read_place(text)
    free({"to": place.url})
    return place


def _role(
    given: Given, current: ConnectionSettings, ask: Ask | None, partition: str, free: _Free
) -> RoleArn:
    def read(text: str) -> RoleArn:
        account = given.account
        if account is None and ask is not None and is_role_name(text):
            account = _asked(ask, _ACCOUNT, read_account)
        return read_role(text, account=account, partition=partition)

    def read_free(text: str) -> RoleArn:
        role = read(text)
        free({"to": None, "s3": S3Settings(role_arn=str(role))})  # of the place it was asked before
        return role

    said = given.role or current.s3.role_arn
    return read(said) if said else _asked(ask, _ROLE, read_free)


def _kms_key(ask: Ask | None) -> str | None:
    def read(text: str) -> str | None:
        if text:
            check_key_arn(text)
        return text or None

    if ask is None:
        return None
    return _until_read(ask, "ARN of the bucket's KMS key, if it has one of its own", read, "")


def _token(ask: Ask | None) -> Mapping[str, str]:
    variable = ask and ask("Variable that holds the HubSpot token", "HUBSPOT_TOKEN")
    return {"token_env": variable} if variable else {}

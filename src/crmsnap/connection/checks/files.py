"""Questions about files: each is asked of a small file that the check writes and removes again.

A right that is missing makes no other question fail: what cannot be asked without it is skipped.
"""

from collections.abc import Callable, Generator, Iterator

from crmsnap.connection.check import OTHERWISE, Check
from crmsnap.connection.checks.bucket import s3_client
from crmsnap.connection.checks.caller import Caller, Reply
from crmsnap.connection.checks.canaries import CONTENT, OTHER_CONTENT, Canaries
from crmsnap.connection.checks.conditional import create_only, replace_if_unchanged
from crmsnap.connection.checks.encryption import encryption_check
from crmsnap.connection.checks.leftovers import Leftovers, clear_leftovers
from crmsnap.connection.checks.refused import refused
from crmsnap.connection.checks.statements import OBJECTS, to_allow
from crmsnap.connection.checks.target import AwsTarget
from crmsnap.connection.questions import (
    CHECKSUMS,
    COPY,
    CREATE_ONLY,
    DELETE,
    DELETE_VERSION,
    ENCRYPTION,
    GET,
    GET_VERSION,
    PUT,
    REPLACE,
)
from crmsnap.destinations.s3 import AwsKeys

REUSED_NAME = "canary"
"""Of the one file that is written again and again where nothing may be removed."""

_NEEDS_FILE = "there is no file to ask it of, because none could be written"
_NEEDS_GET = "it needs s3:GetObject, which is missing"


def files_checks(
    target: AwsTarget, caller: Caller, keys: AwsKeys, region: str, new_id: Callable[[], str]
) -> Iterator[Check]:
    """Answer every question about files, and leave none behind that may be removed."""
    with s3_client(target, keys, region) as s3:
        canaries = Canaries(target, caller, s3, new_id() if target.deletes else REUSED_NAME)
        earlier = Leftovers()
        try:
            yield from _used(canaries)
            earlier = clear_leftovers(canaries)
        finally:
            removal = tuple(
                _removed(canaries, earlier)
            )  # also when somebody stopped the check half-way
        yield from removal


def _used(canaries: Canaries) -> Iterator[Check]:
    readable = yield from _written_and_read(canaries)
    if readable is None:
        for question in (GET, GET_VERSION, CREATE_ONLY, REPLACE, CHECKSUMS, COPY):
            yield question.skipped(_NEEDS_FILE)
        return
    yield _version_read(canaries)
    yield create_only(canaries)
    yield replace_if_unchanged(canaries) if readable else REPLACE.skipped(_NEEDS_GET)
    yield _checksums(canaries)
    yield _copied(canaries) if readable else COPY.skipped(_NEEDS_GET)


def _written_and_read(canaries: Canaries) -> Generator[Check, None, bool | None]:
    """Whether the file can be read again; None when there is none."""
    target, put = canaries.target, canaries.put(CONTENT, IfNoneMatch="*")
    if put.status == 501:
        put = canaries.put(CONTENT)  # a store without conditions: the questions about them tell
    is_there = put.status == 412  # left by an earlier check; rights are judged before conditions
    if not put.worked and not is_there:
        if put.about_kms:
            yield PUT.skipped("it cannot be told, because the encryption key refuses first")
            yield encryption_check(target, put, put)
        else:
            yield refused(PUT, put, target, OBJECTS, "s3:PutObject")
            yield ENCRYPTION.skipped(_NEEDS_FILE)
        return None
    got = canaries.get()
    yield PUT.ok(f"{canaries.key} was written")
    yield encryption_check(target, put, got)
    yield _read(canaries, got)
    return got.worked


def _read(canaries: Canaries, got: Reply) -> Check:
    if got.about_kms:
        return GET.skipped("it cannot be told, because the encryption key refuses first")
    if not got.worked:
        return refused(GET, got, canaries.target, OBJECTS, "s3:GetObject")
    if got.body["Body"] not in {CONTENT, OTHER_CONTENT}:
        return GET.failed(
            "the store gave back something else than was written",
            "do not use this store",
            exit_code=OTHERWISE,
        )
    return GET.ok("what was written came back")


def _version_read(canaries: Canaries) -> Check:
    reply = canaries.get(canaries.version)
    if reply.worked:
        return GET_VERSION.ok("they may")
    if reply.about_kms:
        return GET_VERSION.skipped("it cannot be told, because the encryption key refuses first")
    return GET_VERSION.warning(
        f"they may not ({reply}), and a sync does without",
        "nothing has to be changed; to be without the warning, "
        + to_allow(canaries.target, OBJECTS, "s3:GetObjectVersion"),
    )


def _checksums(canaries: Canaries) -> Check:
    reply = canaries.put(OTHER_CONTENT, sha256_of=CONTENT)
    if reply.status == 400:
        return CHECKSUMS.ok("content with a wrong SHA-256 was refused")
    if reply.worked:
        return CHECKSUMS.warning(
            "the store took content with a wrong SHA-256",
            "nothing has to be changed: a run compares the tag that the store answers with, and crmsnap"
            " verify reads every file",
        )
    return CHECKSUMS.skipped(f"it cannot be told ({reply})")


def _copied(canaries: Canaries) -> Check:
    reply = canaries.copy()
    if not reply.worked and reply.status != 412:
        return COPY.warning(
            f"they may not ({reply})", "nothing has to be changed: files are written anew"
        )
    if canaries.copy().worked:
        # Files are named by their content, so what it would overwrite holds the same.
        return COPY.ok("they may; the store ignores create-only here, which does no harm")
    return COPY.ok("they may, and a copy overwrites nothing")


def _removed(canaries: Canaries, earlier: Leftovers) -> Iterator[Check]:
    target = canaries.target
    replies = [canaries.delete(key) for key in (canaries.copy_key, canaries.key)]
    of_versions = canaries.delete_versions()
    remaining = (*canaries.left, *earlier.left)
    left = f"; left behind: {', '.join(remaining)}" if remaining else ""
    missing = next((reply for reply in replies if not reply.worked), None)
    if missing is None and earlier.left:
        yield DELETE.warning(
            f"they may, and files of an earlier check stay{left}",
            "remove these files in the bucket",
        )
    elif missing is None:
        swept = f", and so were {', '.join(earlier.removed)} of an earlier check"
        yield DELETE.ok("they may" + (swept if earlier.removed else ""))
    elif target.deletes:
        check = refused(DELETE, missing, target, OBJECTS, "s3:DeleteObject")
        yield DELETE.failed(check.answer + left, check.advice, exit_code=check.exit_code)
    else:
        yield DELETE.warning(
            f"they may not ({missing}){left}",
            "nothing has to be changed as long as nothing is to be removed",
        )
    if of_versions.worked:
        yield DELETE_VERSION.ok("they may")
        return
    yield DELETE_VERSION.warning(
        f"they may not ({of_versions}), and a sync does without" + ("" if missing else left),
        "nothing has to be changed; to be without the warning, "
        + to_allow(target, OBJECTS, "s3:DeleteObjectVersion"),
    )

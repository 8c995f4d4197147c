"""Questions about conditional writes: create-only ones keep two runs from overwriting each other.

Each form is tried by itself: there are stores that answer 200 and ignore the condition, and one that
refuses the very tag it gave when it comes in quotes.
"""

from crmsnap.connection.check import OTHERWISE, Check
from crmsnap.connection.checks.canaries import CONTENT, OTHER_CONTENT, Canaries
from crmsnap.connection.questions import CREATE_ONLY, REPLACE

STALE_TAG = '"00000000000000000000000000000000"'

_HELD = frozenset({409, 412})
"""Somebody has the key already; or is writing it at this moment (S3 User Guide, "Conditional writes")."""


def create_only(canaries: Canaries) -> Check:
    """Try to overwrite the file that is there, with `If-None-Match: *`."""
    reply = canaries.put(OTHER_CONTENT, IfNoneMatch="*")
    if reply.status in _HELD:
        return CREATE_ONLY.ok("the second write of one name was refused")
    if reply.worked:
        return _does_not_hold(canaries, "the store overwrote a file all the same")
    return _does_not_hold(canaries, f"the store does not know how ({reply})")


def replace_if_unchanged(canaries: Canaries) -> Check:
    """Try to replace the file with a wrong tag and with its own, in quotes and without."""
    if canaries.put(OTHER_CONTENT, IfMatch=STALE_TAG).worked:
        return REPLACE.warning(
            "the store ignores If-Match",
            "nothing has to be changed: a sync replaces no file",
            found="none",
        )
    tag = str(canaries.get().body.get("ETag", ""))
    given = canaries.put(CONTENT, IfMatch=tag)
    if given.worked:
        found, answer = "as-given", "it does, and refuses when the file was changed"
    elif canaries.put(CONTENT, IfMatch=tag.strip('"')).worked:
        found, answer = "unquoted", "it does, but takes its tag only without quotes"
    else:
        found, answer = "none", f"it refuses the tag that it gave ({given.code or given.status})"
    if found == canaries.target.if_match:
        return REPLACE.ok(answer, found=found)
    return REPLACE.warning(answer, f'set if_match = "{found}"', found=found)


def _does_not_hold(canaries: Canaries, answer: str) -> Check:
    if canaries.target.unsafe_single_writer:
        return CREATE_ONLY.warning(
            f"{answer}, and unsafe_single_writer is set",
            "never let two runs write to this place at once",
            found="none",
        )
    return CREATE_ONLY.failed(
        answer,
        "use a store with conditional writes, or set unsafe_single_writer and never let two runs"
        " write to this place at once",
        found="none",
        exit_code=OTHERWISE,
    )

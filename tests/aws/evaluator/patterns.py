"""Wildcards of policies: in actions, in texts and in ARNs.

`*` stands for any number of characters and `?` for exactly one. In an ARN a wildcard stays within its
segment, unless `*` is the segment's last character: then it reaches beyond the colon (IAM User Guide,
"IAM JSON policy elements: Resource"). `ArnLike` compares segment by segment without that exception.
"""

import re
from functools import cache

ARN_SEGMENTS = 6

# A literal `*`, `?` or `$` that a policy variable put there; it never acts as a wildcard.
LITERALS = {"\ue02a": "*", "\ue03f": "?", "\ue024": "$"}


def text_matches(pattern: str, text: str, *, ignore_case: bool = False) -> bool:
    """Say whether a whole text fits a pattern with `*` and `?`."""
    return _expression(pattern, ".*", ignore_case).fullmatch(text) is not None


def resource_matches(pattern: str, arn: str) -> bool:
    """Say whether an ARN fits a pattern of a Resource element."""
    if pattern == "*":
        return True
    segments = pattern.split(":", ARN_SEGMENTS - 1)
    expressions = [
        _segment(segment, last=index == len(segments) - 1) for index, segment in enumerate(segments)
    ]
    return re.fullmatch(":".join(expressions), arn, re.DOTALL) is not None


def arn_like(pattern: str, arn: str) -> bool:
    """Say whether each of an ARN's six segments fits the pattern's own segment."""
    patterns = pattern.split(":", ARN_SEGMENTS - 1)
    segments = arn.split(":", ARN_SEGMENTS - 1)
    return len(patterns) == len(segments) and all(
        text_matches(one, other) for one, other in zip(patterns, segments, strict=True)
    )


def literal(text: str) -> str:
    """Take every wildcard's meaning from a text that a variable inserts."""
    for stand_in, character in LITERALS.items():
        text = text.replace(character, stand_in)
    return text


def _segment(segment: str, *, last: bool) -> str:
    if last or segment.endswith("*"):
        inner, tail = (segment, "") if last else (segment[:-1], ".*")
        return _translated(inner, ".*" if last else "[^:]*") + tail
    return _translated(segment, "[^:]*")


@cache
def _expression(pattern: str, star: str, ignore_case: bool) -> re.Pattern[str]:
    flags = re.DOTALL | (re.IGNORECASE if ignore_case else re.NOFLAG)
    return re.compile(_translated(pattern, star), flags)


def _translated(pattern: str, star: str) -> str:
    one = star[:-1]
    kinds = {"*": star, "?": one}
    return "".join(kinds.get(c) or re.escape(LITERALS.get(c, c)) for c in pattern)

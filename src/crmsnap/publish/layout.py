"""Where a snapshot's files lie below the destination's prefix.

<day>/_MANIFEST.json                                    last, once: the day is complete with it
<day>/<TABLE>/part-<number>-<16 of sha256>.csv.gz       any number of parts

Parts that came with a later revision of the day have 8 more digits behind the 16: those of their run.
"""

import re
from datetime import date

MANIFEST_NAME = "_MANIFEST.json"
"""Hive, Spark and Athena skip names with a leading underscore."""

PARTS_PER_RANGE = 100

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TAGGED = re.compile(r"(-[0-9a-f]{16})[0-9a-f]{8}\.csv\.gz$")
_HASH_DIGITS = 16
_PART_NAME = re.compile(r"part-[0-9]{5,}-([0-9a-f]{16})(?:[0-9a-f]{8})?\.csv\.gz")


def is_day(name: str) -> bool:
    """Whether a folder's name is that of a sync day."""
    if _DAY.fullmatch(name) is None:
        return False
    try:
        date.fromisoformat(name)
    except ValueError:
        return False  # 2026-02-30
    return True


def day_prefix(day: str) -> str:
    """What all keys of a day begin with."""
    return f"{day}/"


def manifest_key(day: str) -> str:
    """The key whose existence makes a day complete."""
    return f"{day}/{MANIFEST_NAME}"


def part_key(day: str, table: str, number: int, sha256: str, tag: str = "") -> str:
    """The key of a part: equal content has an equal name, so writing it twice changes nothing.

    With a run's `tag` it is equal only among that run's own.
    """
    return f"{day}/{table}/part-{number:05d}-{sha256[:_HASH_DIGITS]}{tag}.csv.gz"


def untagged(key: str) -> str:
    """The key that a part would have as that of any run."""
    return _TAGGED.sub(r"\1.csv.gz", key)


def hash_in(key: str, day: str) -> str | None:
    """What a part's name says of its SHA-256; None for a key that is none of a part of this day."""
    match key.split("/"):
        case [folder, table, name] if folder == day and table:
            found = _PART_NAME.fullmatch(name)
            return None if found is None else found[1]
    return None


def part_number(range_number: int, part_in_range: int) -> int:
    """The number in a part's name; parts beyond the hundredth of a range share the last one.

    The order of parts is the manifest's; the number only keeps listings in about the same order.
    """
    return range_number * PARTS_PER_RANGE + min(part_in_range, PARTS_PER_RANGE - 1)

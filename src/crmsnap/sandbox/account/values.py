"""Makers of property values: a name of the notation in `property.py` and a number give one text."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crmsnap.sandbox.account import words
from crmsnap.sandbox.account.ids import mix, owner_count, owner_id
from crmsnap.sandbox.account.times import DAY_MS, iso, iso_day

CANARY = "SENSITIVE-CANARY-"
"""Every sensitive value holds this text and no other value does: a leak is found by searching for it."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What values may refer to: the account that they belong to."""

    seed: int
    contacts: int
    started_ms: int


def make_value(values: str, number: int, facts: Facts) -> str:
    """The value that this maker gives for this number."""
    maker, _, argument = values.partition(":")
    return MAKERS[maker](number, argument, facts)


def _one_of(texts: Sequence[str]) -> Callable[[int, str, Facts], str]:
    return lambda number, argument, facts: texts[number % len(texts)]


def _enum(number: int, argument: str, facts: Facts) -> str:
    return _one_of(argument.split(","))(number, argument, facts)


def _many(number: int, argument: str, facts: Facts) -> str:
    options = argument.split(",")
    start = number % len(options)
    return ";".join(options[start : start + 1 + number // 7 % 3])


def _int(number: int, argument: str, facts: Facts) -> str:
    low, _, high = argument.partition("..")
    return str(int(low) + number % (int(high) - int(low) + 1))


def _decimal(number: int, argument: str, facts: Facts) -> str:
    return f"{_int(number, argument, facts)}.{number // 11 % 10_000:04d}".rstrip("0").rstrip(".")


def _past(number: int, facts: Facts) -> int:
    return facts.started_ms - DAY_MS - number % (900 * DAY_MS)


def _day(number: int, argument: str, facts: Facts) -> str:
    return iso_day(_past(number, facts) // DAY_MS)


def _iso(number: int, argument: str, facts: Facts) -> str:
    return iso(_past(number, facts))


def _iso_seconds(number: int, argument: str, facts: Facts) -> str:
    return f"{_iso(number, argument, facts)[:19]}Z"


def _epoch(number: int, argument: str, facts: Facts) -> str:
    return str(_past(number, facts))


def _owner(number: int, argument: str, facts: Facts) -> str:
    return str(owner_id(facts.seed, number % owner_count(facts.contacts)))


def _owners(number: int, argument: str, facts: Facts) -> str:
    return ";".join(_owner(number + step, argument, facts) for step in range(1 + number % 3))


def _user(number: int, argument: str, facts: Facts) -> str:
    """A user who owns records: user ids go with the owner's index (`owners.py`)."""
    return str(880_022 + number % owner_count(facts.contacts) * 11)


def _guid(number: int, argument: str, facts: Facts) -> str:
    digits = f"{mix(number, 1):015x}{mix(number, 2):015x}00"
    return "-".join(
        (digits[:8], digits[8:12], "4" + digits[12:15], "8" + digits[15:18], digits[18:30])
    )


def _url(number: int, argument: str, facts: Facts) -> str:
    domain = words.DOMAINS[number % len(words.DOMAINS)]
    return f"https://www.{domain}{words.PATHS[number // 5 % len(words.PATHS)]}"


def _phone(number: int, argument: str, facts: Facts) -> str:
    return f"+{1 + number % 98} {number // 98 % 900 + 100} {number // 7 % 9_000_000 + 1_000_000}"


def _address(number: int, argument: str, facts: Facts) -> str:
    return f"{number % 400 + 1} {words.STREETS[number // 3 % len(words.STREETS)]}"


def _mail(number: int, argument: str, facts: Facts) -> str:
    first = words.FIRST_NAMES[number % len(words.FIRST_NAMES)][1]
    return f"{first}{number % 977}@{words.DOMAINS[number // 5 % len(words.DOMAINS)]}"


def _html(number: int, argument: str, facts: Facts) -> str:
    text = words.paragraph(number).replace("&", "&amp;").replace("<", "&lt;")
    return f'<div style="" dir="auto" data-top-level="true"><p>{text}</p></div>'


def _json(number: int, argument: str, facts: Facts) -> str:
    return f'{{"step":{number % 9},"path":["{number % 5}","b\\"c"],"ok":{"true" if number % 2 else "false"}}}'


def _secret(number: int, argument: str, facts: Facts) -> str:
    return f"{CANARY}{mix(facts.seed, number):015x}"


MAKERS: dict[str, Callable[[int, str, Facts], str]] = {
    "address": _address,
    "bool": _one_of(("true", "false")),
    "city": _one_of(words.CITIES),
    "colour": _one_of(words.COLOURS),
    "company": _one_of(words.COMPANIES),
    "country": _one_of(words.COUNTRIES),
    "day": _day,
    "decimal": _decimal,
    "domain": _one_of(words.DOMAINS),
    "enum": _enum,
    "epoch": _epoch,
    "first": _one_of([name for name, _ in words.FIRST_NAMES]),
    "guid": _guid,
    "html": _html,
    "int": _int,
    "iso": _iso,
    "iso_seconds": _iso_seconds,
    "json": _json,
    "last": _one_of([name for name, _ in words.LAST_NAMES]),
    "mail": _mail,
    "many": _many,
    "owner": _owner,
    "owners": _owners,
    "paragraph": lambda number, argument, facts: words.paragraph(number),
    "phone": _phone,
    "product": _one_of(words.PRODUCTS),
    "secret": _secret,
    "sentence": _one_of(words.SENTENCES),
    "state": _one_of(words.STATES),
    "team": _one_of(("22000", "22013", "22026")),
    "title": _one_of(words.TITLES),
    "url": _url,
    "user": _user,
}

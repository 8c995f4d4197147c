"""The body of `POST /_sandbox/advance`: what is to happen within the days that pass."""

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.advance import Advance, Definition, NewType, Relabelling
from crmsnap.sandbox.account.property import SENSITIVITIES, Property
from crmsnap.sandbox.api import errors
from crmsnap.sandbox.api.object_type import object_type

DAYS_MAX = 3_650
RECORDS_DEFAULT, RECORDS_MAX = 12, 10_000
LISTS = ("definitions", "relabelled", "new_types")
KINDS: dict[str, tuple[type, ...]] = {"newest_only": (bool,), **dict.fromkeys(LISTS, (list,))}
PROPERTY_TYPES = (
    "string",
    "number",
    "date",
    "datetime",
    "bool",
    "enumeration",
    "phone_number",
    "json",
)
TYPE_NAME = re.compile(r"[a-z][a-z0-9_]*")


def plan_of(account: Account, body: dict[str, Any]) -> Advance:
    """The plan that a body describes; 400 for what makes no sense, before anything has changed."""
    known = {found.name for found in fields(Advance)}
    for name, value in body.items():
        if name not in known:
            raise errors.bad_request(f"there is no {name}; there are {', '.join(sorted(known))}")
        wanted = KINDS.get(name, (int, float))
        most = DAYS_MAX if name == "days" else 1
        if type(value) not in wanted or (name not in KINDS and not 0 <= value <= most):
            raise errors.bad_request(f"{name} cannot be {value!r}")
    relabelled = _dicts(body, "relabelled")
    definitions = [_definition(account, one) for one in _dicts(body, "definitions")]
    definitions += [_relabelled_property(account, one) for one in relabelled if "name" in one]
    types = tuple(_relabelled_type(account, one) for one in relabelled if "name" not in one)
    plan = {
        "definitions": tuple(definitions),
        "relabelled": types,
        "new_types": tuple(_new_types(account, _dicts(body, "new_types"))),
    }
    return Advance(**{**body, **plan})


def _dicts(body: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = body.get(name, [])
    if not all(isinstance(one, dict) for one in found):
        raise errors.bad_request(f"{name} has to be a list of objects")
    return list(found)


def _definition(account: Account, wanted: dict[str, Any]) -> Definition:
    """A property to add or to change: `{"objectType", "name"}` and what of it is to be different."""
    if not isinstance(wanted.get("name"), str):
        raise errors.bad_request("a definition needs objectType and name")
    found = object_type(account, str(wanted.get("objectType")))
    new = Property(wanted["name"], "string", "text", "sentence", 40, "added", frozenset({"custom"}))
    one = account.properties(found.id).get(new.name, new)
    sensitivity = wanted.get("dataSensitivity", one.sensitivity)
    type_, field_type = wanted.get("type", one.type), wanted.get("fieldType", one.field_type)
    if (
        sensitivity not in SENSITIVITIES
        or type_ not in PROPERTY_TYPES
        or not isinstance(field_type, str)
    ):
        raise errors.bad_request(f"{one.name} cannot be {sensitivity} and of type {type_}")
    if one.values.startswith("derived:"):
        raise errors.bad_request(f"{one.name} cannot be changed")
    if wanted.get("purged") is True:
        if one is new:
            raise errors.bad_request(f"there is no property {one.name} of {found.name}")
        return Definition(found.id, one, purged=True)
    if sensitivity != one.sensitivity and sensitivity != "non_sensitive":
        one = replace(one, values="secret", categories=("CUSTOM",))
    flags = one.flags - {"archived"} | ({"archived"} if wanted.get("archived") is True else set())
    changed = replace(
        one, type=type_, field_type=str(field_type), sensitivity=sensitivity, flags=flags
    )
    return Definition(found.id, changed)


def _relabelled_property(account: Account, wanted: dict[str, Any]) -> Definition:
    """A property that gets another label: `{"objectType", "name", "label"}`."""
    found = object_type(account, str(wanted.get("objectType")))
    one = account.properties(found.id).get(str(wanted["name"]))
    label = wanted.get("label")
    if one is None or not isinstance(label, str) or not label:
        raise errors.bad_request(f"{wanted['name']} of {found.name} cannot be called {label!r}")
    return Definition(found.id, replace(one, own_label=label))


def _relabelled_type(account: Account, wanted: dict[str, Any]) -> Relabelling:
    """A type that gets other labels: `{"objectType"}` with `plural` or `singular` or both."""
    found = object_type(account, str(wanted.get("objectType")))
    singular, plural = wanted.get("singular"), wanted.get("plural")
    if not all(isinstance(one, str | None) for one in (singular, plural)) or not (
        singular or plural
    ):
        raise errors.bad_request(f"{found.name} needs a singular or a plural")
    return Relabelling(found.id, singular, plural)


def _new_types(account: Account, wanted: list[dict[str, Any]]) -> Iterator[NewType]:
    """Types to make: `{"name", "singular", "plural", "records"}`, all but the name optional."""
    taken = {found.name for found in (*account.types(), *account.archived_types())}
    for one in wanted:
        name, records = one.get("name"), one.get("records", RECORDS_DEFAULT)
        if not isinstance(name, str) or not TYPE_NAME.fullmatch(name):
            raise errors.bad_request(f"no custom type can be called {name!r}")
        if name in taken:
            raise errors.bad_request(f"there is a type {name} already")
        if type(records) is not int or not 0 <= records <= RECORDS_MAX:
            raise errors.bad_request(f"{name} cannot have {records!r} records")
        taken.add(name)
        singular = str(one.get("singular") or name.capitalize())
        yield NewType(name, singular, str(one.get("plural") or f"{singular}s"), records)

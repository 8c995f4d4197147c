"""Associations between the records of two types, in one direction, and the types they can have.

A batch read answers 207 as a rule: records without associations are no results but errors. And one
record may have more associations than an answer holds, so results page on their own, each with its
cursor. (developers.hubspot.com: "Associations v4".)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from crmsnap.errors import UnexpectedAnswer
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.cursor import Paging, after_of
from crmsnap.hubspot.paging import advanced, stuck
from crmsnap.hubspot.paths import ASSOCIATION_BATCH, ASSOCIATION_LABELS


class Label(msgspec.Struct, frozen=True, rename="camel"):
    """A type of association from one object type to another."""

    category: str
    """HUBSPOT_DEFINED, USER_DEFINED, INTEGRATOR_DEFINED or WORK."""
    type_id: int
    """Unique within its category."""
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """A record that another one is associated with, and as what."""

    id: str
    types: tuple[tuple[str, int], ...]
    """(category, type id)."""


def labels(client: Client, from_type: str, to_type: str) -> list[Label]:
    """The types of association of an ordered pair; an error where the two cannot be associated."""
    return client.ask(
        ASSOCIATION_LABELS, _decode_labels, path={"from": from_type, "to": to_type}
    ).results


def read(
    client: Client, from_type: str, to_type: str, ids: Sequence[str]
) -> dict[str, list[Target]]:
    """All associations of up to 1,000 records; every id asked for is a key.

    Raises `UnexpectedAnswer` when HubSpot could not read one of them, or leaves one out without a word.
    """
    found: dict[str, list[Target]] = {id_: [] for id_ in ids}
    used: set[tuple[str, str]] = set()
    cursors: dict[str, str | None] = dict.fromkeys(found)
    while cursors:
        answer = client.ask(
            ASSOCIATION_BATCH,
            _explained(cursors),
            path={"from": from_type, "to": to_type},
            body={"inputs": [_input(id_, after) for id_, after in cursors.items()]},
        )
        _check_errors(answer, from_type, to_type)
        following: dict[str, str | None] = {}
        for result in answer.results:
            id_ = str(result.from_.id)
            if id_ not in cursors:
                continue  # an id that was merged meanwhile is answered as the survivor's
            found[id_] += [_target(to) for to in result.to]
            after = advanced(cursors[id_], after_of(result.paging))
            if after is not None:
                if (id_, after) in used:
                    raise stuck(f"the cursor {after[:80]!r} of a record came a second time")
                used.add((id_, after))
                following[id_] = after
        cursors = following
    return found


class _Id(msgspec.Struct):
    id: str | int


class _To(msgspec.Struct, rename="camel"):
    to_object_id: str | int
    """A number on the wire, a text in HubSpot's description."""
    association_types: list[Label]


class _Result(msgspec.Struct):
    from_: _Id = msgspec.field(name="from")
    to: list[_To]
    paging: Paging | None = None


class _Error(msgspec.Struct, rename="camel"):
    category: str | None = None
    sub_category: str | None = None


class _BatchAnswer(msgspec.Struct, rename="camel"):
    results: list[_Result]
    errors: list[_Error] = []
    num_errors: int = 0


class _LabelsAnswer(msgspec.Struct):
    results: list[Label]


_decode_batch = msgspec.json.Decoder(_BatchAnswer).decode
_decode_labels = msgspec.json.Decoder(_LabelsAnswer).decode


def _explained(cursors: dict[str, str | None]) -> Callable[[bytes], _BatchAnswer]:
    """The decoder of a batch, which takes none that lost its errors: with them, rows would be lost."""

    def decode(body: bytes) -> _BatchAnswer:
        answer = _decode_batch(body)
        absent = cursors.keys() - {str(result.from_.id) for result in answer.results}
        merged = len(answer.results) > len(cursors) - len(absent)
        silent = bool(absent) and not answer.errors and not merged
        if silent or answer.num_errors > len(answer.errors):
            raise msgspec.ValidationError("records are missing, and no error says why")
        return answer

    return decode


def _check_errors(answer: _BatchAnswer, from_type: str, to_type: str) -> None:
    for error in answer.errors:
        # "No contact is associated with deal 1", or no such deal any more: neither has associations.
        if error.category != "OBJECT_NOT_FOUND":
            raise UnexpectedAnswer(
                f"HubSpot could not read all associations from {from_type} to {to_type}",
                cause=f"a record has an error of category {error.category or 'unknown'}",
                remedy="sync again; if it stays, report this",
            )


def _input(id_: str, after: str | None) -> dict[str, str]:
    return {"id": id_} if after is None else {"id": id_, "after": after}


def _target(to: _To) -> Target:
    return Target(
        str(to.to_object_id), tuple((kind.category, kind.type_id) for kind in to.association_types)
    )

"""Which object types can be associated, and by what types of association.

An association type points one way and has an inverse with an id of its own. Ids are unique within a
category only: USER_DEFINED 1 is something else than HUBSPOT_DEFINED 1.
"""

from collections.abc import Iterable
from dataclasses import dataclass

HUBSPOT_DEFINED = "HUBSPOT_DEFINED"
USER_DEFINED = "USER_DEFINED"
INTEGRATOR_DEFINED = "INTEGRATOR_DEFINED"
WORK = "WORK"


@dataclass(frozen=True, slots=True)
class AssociationType:
    """One type of association in one direction."""

    from_type: str
    to_type: str
    category: str
    type_id: int
    label: str | None
    inverse_id: int

    @property
    def key(self) -> tuple[str, str, str, int]:
        """What identifies it."""
        return (self.from_type, self.to_type, self.category, self.type_id)


Kind = tuple[int, int, str | None, str | None]
"""Type id, id of the inverse, label, label of the inverse."""

# The ids of hubspot-api-client's `AssociationType` (Apache-2.0).
UNLABELLED: dict[tuple[str, str], Kind] = {
    (from_type, to_type): (there, back, None, None)
    for from_type, to_type, there, back in (
        ("0-1", "0-2", 279, 280), ("0-1", "0-3", 4, 3), ("0-1", "0-5", 15, 16), ("0-3", "0-2", 341, 342),
        ("0-5", "0-2", 339, 340), ("0-3", "0-8", 19, 20), ("0-3", "0-5", 27, 28), ("0-3", "0-14", 63, 64),
        ("0-14", "0-8", 67, 68), ("0-14", "0-1", 69, 70), ("0-14", "0-2", 71, 72), ("0-1", "0-19", 97, 98),
        ("0-5", "0-19", 99, 100), ("0-2", "0-48", 181, 182), ("0-2", "0-49", 185, 186),
        ("0-2", "0-47", 187, 188), ("0-2", "0-46", 189, 190), ("0-2", "0-27", 191, 192),
        ("0-1", "0-48", 193, 194), ("0-1", "0-49", 197, 198), ("0-1", "0-47", 199, 200),
        ("0-1", "0-46", 201, 202), ("0-1", "0-27", 203, 204), ("0-3", "0-48", 205, 206),
        ("0-3", "0-49", 209, 210), ("0-3", "0-47", 211, 212), ("0-3", "0-46", 213, 214),
        ("0-3", "0-27", 215, 216), ("0-14", "0-27", 217, 218), ("0-5", "0-48", 219, 220),
        ("0-5", "0-49", 223, 224), ("0-5", "0-47", 225, 226), ("0-5", "0-46", 227, 228),
        ("0-5", "0-27", 229, 230), ("0-48", "0-47", 399, 400), ("0-116", "0-1", 453, 454),
        ("0-116", "0-5", 455, 456), ("0-116", "0-3", 457, 458), ("0-116", "0-2", 459, 460),
        # Not in that list; every id from here on is this sandbox's own choice.
        ("0-18", "0-1", 81, 82), ("0-53", "0-1", 177, 178), ("0-69", "0-1", 295, 296),
        ("0-101", "0-1", 387, 388), ("0-123", "0-1", 507, 508), ("0-123", "0-8", 513, 514),
        ("0-136", "0-1", 578, 579), ("0-421", "0-1", 906, 907), ("0-162", "0-2", 792, 793),
        ("0-970", "0-2", 1150, 1151), ("0-142", "0-1", 586, 587),
        ("0-11", "0-1", 1301, 1302), ("0-11", "0-5", 1303, 1304),
        # One id for both directions.
        ("0-1", "0-1", 449, 449), ("0-2", "0-2", 450, 450),
    )
}  # fmt: skip

PRIMARY: dict[tuple[str, str], Kind] = {
    ("0-1", "0-2"): (1, 2, "Primary", "Primary"),
    ("0-3", "0-2"): (5, 6, "Primary", "Primary"),
    ("0-5", "0-2"): (26, 25, "Primary", "Primary"),
    ("0-2", "0-2"): (13, 14, "Child Company", "Parent Company"),
}

LABELLED: dict[tuple[str, str], tuple[Kind, ...]] = {
    ("0-1", "0-2"): (
        (1, 2, "Decision maker", "Decision maker"),
        (3, 4, "Billing contact, Europe", "Billing contact, Europe"),
        (7, 8, "Ансамбль \"quoted\"", "Ансамбль \"quoted\""),
    ),
    ("0-1", "0-1"): ((21, 22, "Manager", "Employee"), (23, 23, "Colleague", "Colleague")),
    ("0-3", "0-1"): ((31, 32, "Champion", "Championed deal"),),
    ("0-2", "0-2"): (
        (41, 42, "Supplier", "Customer"), (43, 43, "Joint venture, \"equal\"", "Joint venture, \"equal\""),
    ),
}  # fmt: skip

INTEGRATED: dict[tuple[str, str], Kind] = {("0-3", "0-5"): (1, 2, "ERP case", "ERP order")}
"""Types that an app made."""

OF_WORK: dict[tuple[str, str], Kind] = {("0-421", "0-162"): (1, 2, "Booked for", "Booking")}
"""Types of HubSpot's fourth category; its documentation names it and says no more. The pair has no
other type, so a reader that drops the category, or does not know it, loses the whole pair."""

CUSTOM_PAIRS: tuple[tuple[str, str], ...] = (
    ("pets", "0-1"), ("dogovory", "0-2"), ("pets", "escape_room"), ("field_visits", "0-2"),
    ("field_visits_2", "0-1"), ("mashari", "0-3"), ("line_items_old", "0-3"), ("pets", "pets"),
)  # fmt: skip
"""Pairs with a custom type, by its name. Engagements can be associated with `pets` too."""
FIRST_CUSTOM_ID = 101


def association_types(custom_ids: dict[str, str]) -> tuple[AssociationType, ...]:
    """Every association type of the account, both directions of each; custom types by name -> id."""
    custom = [
        (tuple(custom_ids.get(name, name) for name in pair), FIRST_CUSTOM_ID + 2 * position)
        for position, pair in enumerate((*CUSTOM_PAIRS, ("0-46", "pets")))
    ]
    found = [
        *_both_ways(HUBSPOT_DEFINED, UNLABELLED.items()),
        *_both_ways(HUBSPOT_DEFINED, PRIMARY.items()),
        *(
            made
            for pair, kinds in LABELLED.items()
            for made in _both_ways(USER_DEFINED, ((pair, kind) for kind in kinds))
        ),
        *_both_ways(INTEGRATOR_DEFINED, INTEGRATED.items()),
        *_both_ways(WORK, OF_WORK.items()),
        *_both_ways(
            USER_DEFINED,
            (((one, other), (number, number + 1, None, None)) for (one, other), number in custom),
        ),
    ]
    return tuple({made.key: made for made in found}.values())


def types_of_new_pair(one: str, other: str, number: int) -> tuple[AssociationType, ...]:
    """The unlabelled type of a pair that could not be associated before, in both directions."""
    type_id = FIRST_NEW_ID + 2 * number
    return tuple(_both_ways(USER_DEFINED, (((one, other), (type_id, type_id + 1, None, None)),)))


FIRST_NEW_ID = 901


def _both_ways(
    category: str, kinds: Iterable[tuple[tuple[str, str], Kind]]
) -> Iterable[AssociationType]:
    for (one, other), (there, back, label, inverse_label) in kinds:
        yield AssociationType(one, other, category, there, label, back)
        yield AssociationType(other, one, category, back, inverse_label, there)

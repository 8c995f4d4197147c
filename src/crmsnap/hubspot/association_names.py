"""Names of HubSpot's own association types, which no answer of the API gives.

Public ids, by direction: (from, to, id of from -> to, id of to -> from). Source: the constants of
HubSpot's Python client, hubspot-api-client (`AssociationType`), and "Association type IDs" in HubSpot's
developer documentation. Types that are not here have no name.
"""

_PAIRS = (
    ("primary_contact", "company", 1, 2),
    ("deal", "contact", 3, 4),
    ("primary_deal", "company", 5, 6),
    ("contact", "ticket", 15, 16),
    ("deal", "line_item", 19, 20),
    ("primary_company", "ticket", 25, 26),
    ("deal", "ticket", 27, 28),
    ("deal", "quote", 63, 64),
    ("quote", "line_item", 67, 68),
    ("quote", "contact", 69, 70),
    ("quote", "company", 71, 72),
    ("contact", "feedback_submission", 97, 98),
    ("ticket", "feedback_submission", 99, 100),
    ("company", "call", 181, 182),
    ("company", "email", 185, 186),
    ("company", "meeting", 187, 188),
    ("company", "note", 189, 190),
    ("company", "task", 191, 192),
    ("contact", "call", 193, 194),
    ("contact", "email", 197, 198),
    ("contact", "meeting", 199, 200),
    ("contact", "note", 201, 202),
    ("contact", "task", 203, 204),
    ("deal", "call", 205, 206),
    ("deal", "email", 209, 210),
    ("deal", "meeting", 211, 212),
    ("deal", "note", 213, 214),
    ("deal", "task", 215, 216),
    ("quote", "task", 217, 218),
    ("ticket", "call", 219, 220),
    ("ticket", "email", 223, 224),
    ("ticket", "meeting", 225, 226),
    ("ticket", "note", 227, 228),
    ("ticket", "task", 229, 230),
    ("contact", "company", 279, 280),
    ("ticket", "company", 339, 340),
    ("deal", "company", 341, 342),
    ("call", "meeting", 399, 400),
    ("postal_mail", "contact", 453, 454),
    ("postal_mail", "ticket", 455, 456),
    ("postal_mail", "deal", 457, 458),
    ("postal_mail", "company", 459, 460),
)


def _names() -> dict[int, str]:
    names = {}
    for first, second, there, back in _PAIRS:
        bare = first.removeprefix("primary_")
        prefix = first.removesuffix(bare)
        names[there] = f"{prefix}{bare}_to_{second}"
        names[back] = f"{prefix}{second}_to_{bare}"
    return names


NAMES: dict[int, str] = _names()
"""Type id -> name: `4` -> `contact_to_deal`."""

"""The object types that this account made itself, with the names that real accounts give.

Internal names are always `[a-z0-9_]`. Labels are free text: people write them in their own alphabet,
put signs in them, and call two things nearly the same.
"""

from crmsnap.sandbox.account.object_types import ObjectType

FIRST_CUSTOM_ID = 5_550_001
CUSTOM_READ = frozenset({"crm.objects.custom.read"})


def custom_types(portal_id: int) -> tuple[ObjectType, ...]:
    """The custom types of the account, the archived one last."""
    return tuple(custom_type(portal_id, position, *row) for position, row in enumerate(LABELS))


def custom_type(
    portal_id: int,
    position: int,
    name: str,
    singular_label: str,
    plural_label: str,
    per_contact: float = 0.0,
    at_least: int = 0,
) -> ObjectType:
    """The custom type that the account made after `position` others."""
    return ObjectType(
        id=f"2-{FIRST_CUSTOM_ID + position * 7}",
        name=name,
        singular=f"p{portal_id}_{name}",
        fully_qualified_name=f"p{portal_id}_{name}",
        singular_label=singular_label,
        plural_label=plural_label,
        scopes=CUSTOM_READ,
        per_contact=per_contact,
        at_least=at_least,
        # Pets have ids beyond 2^53, as records of accounts in newer data centres may have.
        first_id=90_071_992_547_409_931 if name == "pets" else (7_000 + position) * 1_000_000_000,
        custom=True,
        archived=name == "retired_machines",
        description=f"{singular_label}: made by this account",
    )


LABELS: tuple[tuple[str, str, str, float, int], ...] = (
    ("pets", "Pet", "Pets", 0.1, 24),
    ("dogovory", "Договор", "Договоры", 0.02, 14),
    # As a folder name this leaves the snapshot; the right-to-left mark hides what it ends in.
    ("escape_room", "../../etc", "../../etc/\u202epasswd \N{SKULL}", 0.01, 13),
    # Both plural labels become FIELD_VISITS when every sign is replaced by an underscore.
    ("field_visits", "Field visit", "Field Visits", 0.02, 14),
    ("field_visits_2", "Field-visit", "Field-Visits", 0.01, 13),
    ("mashari", "مشروع", "مشاريع", 0.01, 12),
    # Its plural label is that of a standard type.
    ("line_items_old", "Line item", "Line Items", 0.01, 12),
    ("retired_machines", "Retired machine", "Retired machines", 0.0, 0),
)

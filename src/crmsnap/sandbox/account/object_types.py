"""The object types that the generic objects API serves, as HubSpot's "Object type IDs" page lists them.

A standard type can be addressed by its id, its plural name and its singular; labels are only for
people. `custom_types.py` has the types that this account made itself.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ObjectType:
    """One object type: what it is called, who may read it, how many records of it there are."""

    id: str
    """`0-1`, `2-5550001`."""
    name: str
    """The name in paths: `contacts`, and for a custom type its own name: `pets`."""
    singular: str
    """The other name that paths accept: `contact`, and the one that error messages use."""
    fully_qualified_name: str
    """`CONTACT`, `p4242_pets`."""
    singular_label: str
    plural_label: str
    scopes: frozenset[str]
    """Any one of these lets a token read the records."""
    per_contact: float
    """Records for each contact of the account."""
    at_least: int
    first_id: int
    id_step: int = 50
    custom: bool = False
    merges: bool = False
    """Whether some records are merged into others."""
    archived: bool = False
    """Whether the type itself was archived: its definition can be read, its records cannot."""
    description: str | None = None
    added_ms: int | None = None
    """When it was made, None when that was before the account started."""
    changed_ms: int | None = None
    """When its definition was last changed since then."""

    def names(self) -> tuple[str, ...]:
        """Every text that a path may hold for this type."""
        return (self.id, self.name, self.singular, self.fully_qualified_name)

    @property
    def modified_property(self) -> str:
        """The property that holds the time of the last change: contacts have a name of their own."""
        return "lastmodifieddate" if self.id == "0-1" else "hs_lastmodifieddate"

    @property
    def created_property(self) -> str:
        """The property that holds the time of creation."""
        return "createdate" if self.id in OLDEST_TYPES else "hs_createdate"

    @property
    def allows_sensitive(self) -> bool:
        """Whether the type can have properties whose values are sensitive."""
        return self.custom or self.id in WITH_SENSITIVE_DATA

    def sensitive_scopes(self, sensitivity: str) -> frozenset[str]:
        """The scopes that open sensitive or highly sensitive values: one more of the same type."""
        return frozenset({f"crm.objects.{self.name}.{sensitivity}.read.v2"})


OLDEST_TYPES = frozenset({"0-1", "0-2", "0-3", "0-5", "0-7", "0-8"})
"""Types from before HubSpot put `hs_` in front of every property name of its own."""

WITH_SENSITIVE_DATA = frozenset({"0-1", "0-2", "0-3", "0-5", "0-421"})
"""The standard types of HubSpot's developer page "Sensitive Data"."""

COMMERCE = "e-commerce"
CONTACTS_READ = "crm.objects.contacts.read"


def _standard(
    id: str,
    name: str,
    singular: str,
    label: str,
    plural_label: str,
    per_contact: float,
    *also: str,
    at_least: int = 12,
    first_id: int | None = None,
    id_step: int = 50,
    merges: bool = False,
    scope: str | None = None,
) -> ObjectType:
    """A standard type. Its ids start in a range of their own unless told, so that engagements,
    which one table unites, never share an id."""
    number = int(id.partition("-")[2])
    return ObjectType(
        id=id,
        name=name,
        singular=singular,
        fully_qualified_name=singular.upper(),
        singular_label=label,
        plural_label=plural_label,
        scopes=frozenset({scope or f"crm.objects.{name}.read", *also}),
        per_contact=per_contact,
        at_least=at_least,
        first_id=number * 10_000_000_000 if first_id is None else first_id,
        id_step=id_step,
        merges=merges,
    )


# Companies, deals and contacts count from low numbers, as in old accounts: ids of one type have
# different lengths, and the same id exists in several types.
STANDARD_TYPES: tuple[ObjectType, ...] = (
    _standard("0-1", "contacts", "contact", "Contact", "Contacts", 1.0, first_id=51, merges=True),
    _standard("0-2", "companies", "company", "Company", "Companies", 0.2, first_id=51, merges=True),
    _standard("0-3", "deals", "deal", "Deal", "Deals", 0.3, first_id=9_001, merges=True),
    _standard("0-5", "tickets", "ticket", "Ticket", "Tickets", 0.2, scope="tickets", merges=True),
    _standard("0-7", "products", "product", "Product", "Products", 0.02, COMMERCE),
    _standard(
        "0-8",
        "line_items",
        "line_item",
        "Line item",
        "Line items",
        0.6,
        COMMERCE,
        first_id=9_007_199_254_740_993,
        id_step=7,
    ),
    _standard("0-14", "quotes", "quote", "Quote", "Quotes", 0.05, COMMERCE),
    _standard(
        "0-18",
        "communications",
        "communication",
        "Communication",
        "Communications",
        0.05,
        CONTACTS_READ,
    ),
    _standard(
        "0-19",
        "feedback_submissions",
        "feedback_submission",
        "Feedback submission",
        "Feedback submissions",
        0.05,
        CONTACTS_READ,
    ),
    _standard("0-27", "tasks", "task", "Task", "Tasks", 0.25, CONTACTS_READ),
    _standard("0-46", "notes", "note", "Note", "Notes", 0.3, CONTACTS_READ),
    _standard("0-47", "meetings", "meeting", "Meeting", "Meetings", 0.15, CONTACTS_READ),
    _standard("0-48", "calls", "call", "Call", "Calls", 0.2, CONTACTS_READ),
    _standard("0-49", "emails", "email", "Email", "Emails", 0.4, CONTACTS_READ, at_least=1_700),
    _standard("0-53", "invoices", "invoice", "Invoice", "Invoices", 0.06),
    _standard(
        "0-54", "marketing_events", "marketing_event", "Marketing event", "Marketing events", 0.005
    ),
    _standard("0-69", "subscriptions", "subscription", "Subscription", "Subscriptions", 0.03),
    _standard(
        "0-72",
        "deal_split",
        "deal_splits",
        "Deal split",
        "Deal splits",
        0.02,
        scope="crm.dealsplits.read_write",
    ),
    _standard(
        "0-74",
        "goal_targets",
        "goal_target",
        "Goal",
        "Goals",
        0.005,
        scope="crm.objects.goals.read",
    ),
    _standard(
        "0-84",
        "discounts",
        "discount",
        "Discount",
        "Discounts",
        0.02,
        "crm.objects.line_items.read",
    ),
    _standard("0-85", "fees", "fee", "Fee", "Fees", 0.01, "crm.objects.line_items.read"),
    _standard("0-86", "taxes", "tax", "Tax", "Taxes", 0.02, "crm.objects.line_items.read"),
    _standard(
        "0-101",
        "commerce_payments",
        "commerce_payment",
        "Payment",
        "Payments",
        0.05,
        scope="crm.objects.commercepayments.read",
    ),
    _standard("0-115", "users", "user", "User", "Users", 0.01),
    _standard(
        "0-116", "postal_mail", "postal_mails", "Postal mail", "Postal mail", 0.01, CONTACTS_READ
    ),
    _standard("0-123", "orders", "order", "Order", "Orders", 0.1),
    _standard("0-136", "leads", "lead", "Lead", "Leads", 0.15),
    # Nobody in this account ever filled a cart: a type that exists and has no record.
    _standard("0-142", "carts", "cart", "Cart", "Carts", 0.0, at_least=0),
    _standard("0-162", "services", "service", "Service", "Services", 0.01),
    _standard("0-410", "courses", "course", "Course", "Courses", 0.002),
    _standard("0-420", "listings", "listing", "Listing", "Listings", 0.01),
    _standard("0-421", "appointments", "appointment", "Appointment", "Appointments", 0.02),
    _standard("0-970", "projects", "project", "Project", "Projects", 0.01),
    # The API descriptions name these three without saying their ids; the numbers are this sandbox's own.
    _standard("0-971", "contracts", "contract", "Contract", "Contracts", 0.01),
    _standard(
        "0-972",
        "partner_clients",
        "partner_client",
        "Partner client",
        "Partner clients",
        0.003,
        scope="crm.objects.partner-clients.read",
    ),
    _standard(
        "0-973",
        "partner_services",
        "partner_service",
        "Partner service",
        "Partner services",
        0.003,
        scope="crm.objects.partner-services.read",
    ),
)

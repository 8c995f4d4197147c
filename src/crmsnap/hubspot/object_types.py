"""The standard object types, as HubSpot numbers and names them; custom ones are asked for.

Addressed by id everywhere, because a name may be plural in one family and singular in the next. Types
that HubSpot adds later are found through the account's own answers.
(developers.hubspot.com: "Object type IDs", "Scopes"; names of tables: HubSpot's data share.)
"""

from dataclasses import dataclass
from typing import Literal

Source = Literal["crm", "other-api", "union", "no-api"]

CONTACT = "0-1"


@dataclass(frozen=True, slots=True)
class StandardType:
    """A kind of record that every account may have."""

    id: str
    name: str
    """HubSpot's internal name: `CONTACT`."""
    path: str
    """Its name in documentation and scopes: `contacts`."""
    singular: str
    plural: str
    table_name: str
    """The last part of its table's name, whatever label the account gave it."""
    read_scopes: tuple[str, ...]
    """Any one of these lets a token read its records; empty where none does."""
    source: Source = "crm"
    """`crm`: the generic objects API; `other-api`: one of its own; `union`: the records of other types;
    `no-api`: no public one."""
    remark: str = ""
    """One sentence about its source or scope that a user has to know; always there for `no-api`."""

    @property
    def allows_sensitive(self) -> bool:
        """Whether accounts can keep sensitive values in it, as far as HubSpot's documentation says."""
        return self.id in _ALLOW_SENSITIVE

    @property
    def last_modified_property(self) -> str:
        """The property with the time of the last change; contacts have their own."""
        return "lastmodifieddate" if self.id == CONTACT else "hs_lastmodifieddate"


_ALLOW_SENSITIVE = frozenset({"0-1", "0-2", "0-3", "0-5", "0-421"})
"""Contacts, companies, deals, tickets, appointments: those with a `*.sensitive.read` scope
(developers.hubspot.com: "Sensitive data"). Custom types say it in their schemas."""

CONTACTS_READ = "crm.objects.contacts.read"
ECOMMERCE = "e-commerce"


def _type(
    id_: str,
    path: str,
    singular: str,
    plural: str,
    *scopes: str,
    name: str | None = None,
    table_name: str | None = None,
    source: Source = "crm",
    remark: str = "",
) -> StandardType:
    return StandardType(
        id=id_,
        name=name or _upper(singular),
        path=path,
        singular=singular,
        plural=plural,
        table_name=table_name or _upper(plural),
        read_scopes=scopes or ((f"crm.objects.{path}.read",) if source == "crm" else ()),
        source=source,
        remark=remark,
    )


NO_ADS = "HubSpot's public API has no way to read ads and what they belong to"

ENGAGEMENT_TYPES = ("0-18", "0-27", "0-46", "0-47", "0-48", "0-49", "0-116")
"""Communications, tasks, notes, meetings, calls, e-mails and postal mail: together they are 0-4."""


def _upper(label: str) -> str:
    return label.upper().replace(" ", "_")


STANDARD_TYPES: tuple[StandardType, ...] = (
    _type("0-1", "contacts", "Contact", "Contacts"),
    _type("0-2", "companies", "Company", "Companies"),
    _type("0-3", "deals", "Deal", "Deals"),
    _type(
        "0-4",
        "engagements",
        "Engagement",
        "Engagements",
        source="union",
        remark="its records are those of notes, tasks, calls, emails, meetings, communications and"
        " postal mail",
    ),
    _type("0-5", "tickets", "Ticket", "Tickets", "tickets"),
    _type("0-7", "products", "Product", "Products", "crm.objects.products.read", ECOMMERCE),
    _type("0-8", "line_items", "Line item", "Line items", "crm.objects.line_items.read", ECOMMERCE),
    _type(
        "0-11", "threads", "Conversation", "Conversations", "conversations.read", source="other-api"
    ),
    _type("0-14", "quotes", "Quote", "Quotes", "crm.objects.quotes.read", ECOMMERCE),
    _type(
        "0-15", "submissions", "Form submission", "Form submissions", "forms", source="other-api"
    ),
    _type("0-18", "communications", "Communication", "Communications", CONTACTS_READ),
    _type(
        "0-19",
        "feedback_submissions",
        "Feedback submission",
        "Feedback submissions",
        "crm.objects.feedback_submissions.read",
        CONTACTS_READ,
    ),
    _type(
        "0-25",
        "landing-pages",
        "Landing page",
        "Landing pages",
        "content",
        "content.landing_pages.read",
        source="other-api",
    ),
    _type("0-27", "tasks", "Task", "Tasks", CONTACTS_READ),
    _type("0-28", "forms", "Form", "Forms", "forms", source="other-api"),
    _type(
        "0-29",
        "marketing_emails",
        "Marketing email",
        "Marketing emails",
        "content",
        "marketing.email.read",
        source="other-api",
    ),
    _type("0-30", "ad_accounts", "Ad account", "Ad accounts", source="no-api", remark=NO_ADS),
    _type("0-31", "ad_campaigns", "Ad campaign", "Ad campaigns", source="no-api", remark=NO_ADS),
    _type("0-32", "ad_groups", "Ad group", "Ad groups", source="no-api", remark=NO_ADS),
    _type("0-33", "ads", "Ad", "Ads", source="no-api", remark=NO_ADS),
    _type(
        "0-35",
        "campaigns",
        "Campaign",
        "Campaigns",
        "marketing.campaigns.read",
        source="other-api",
    ),
    _type(
        "0-38",
        "site-pages",
        "Site page",
        "Site pages",
        "content",
        "content.site_pages.read",
        source="other-api",
    ),
    _type("0-39", "posts", "Blog post", "Blog posts", "content", source="other-api"),
    _type(
        "0-45",
        "lists",
        "Segment",
        "Segments",
        "crm.lists.read",
        name="OBJECT_LIST",
        table_name="LISTS",
        source="other-api",
    ),
    _type("0-46", "notes", "Note", "Notes", CONTACTS_READ),
    _type("0-47", "meetings", "Meeting", "Meetings", CONTACTS_READ),
    _type("0-48", "calls", "Call", "Calls", CONTACTS_READ, "crm.objects.calls.read"),
    _type("0-49", "emails", "Email", "Emails", CONTACTS_READ, "crm.objects.emails.read"),
    _type("0-53", "invoices", "Invoice", "Invoices"),
    _type("0-54", "marketing_events", "Marketing event", "Marketing events"),
    _type(
        "0-57",
        "media_bridge",
        "Media bridge",
        "Media bridges",
        source="no-api",
        remark="HubSpot lets only the media's provider read them, not a token of the account",
    ),
    _type(
        "0-58",
        "sequences",
        "Sequence",
        "Sequences",
        "automation.sequences.read",
        source="other-api",
    ),
    _type("0-69", "subscriptions", "Subscription", "Subscriptions"),
    _type(
        "0-72",
        "deal_split",
        "Deal split",
        "Deal splits",
        "crm.dealsplits.read_write",
        source="other-api",
        remark="HubSpot has no scope that only reads deal splits: this one may also write them",
    ),
    _type("0-74", "goal_targets", "Goal", "Goals", "crm.objects.goals.read", name="GOAL_TARGET"),
    _type(
        "0-83",
        "sales_documents",
        "Sales document",
        "Sales documents",
        source="no-api",
        remark="HubSpot's public API has no way to read sales documents",
    ),
    _type("0-84", "discounts", "Discount", "Discounts", "crm.objects.line_items.read"),
    _type("0-85", "fees", "Fee", "Fees", "crm.objects.line_items.read"),
    _type("0-86", "taxes", "Tax", "Taxes", "crm.objects.line_items.read"),
    _type(
        "0-101",
        "commerce_payments",
        "Payment",
        "Payments",
        "crm.objects.commercepayments.read",
        name="COMMERCE_PAYMENT",
        table_name="COMMERCE_PAYMENTS",
    ),
    _type("0-115", "users", "User", "Users"),
    _type("0-116", "postal_mail", "Postal mail", "Postal mail", CONTACTS_READ),
    _type("0-123", "orders", "Order", "Orders"),
    _type("0-136", "leads", "Lead", "Leads"),
    _type("0-142", "carts", "Cart", "Carts"),
    _type("0-162", "services", "Service", "Services"),
    _type("0-410", "courses", "Course", "Courses"),
    _type("0-420", "listings", "Listing", "Listings"),
    _type("0-421", "appointments", "Appointment", "Appointments"),
    _type("0-970", "projects", "Project", "Projects"),
)

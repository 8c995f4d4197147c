"""Forms (0-28), whose ids are GUIDs."""

from crmsnap.hubspot.endpoints import marketing
from crmsnap.streams.other_types.fields import fields
from crmsnap.streams.other_types.other_type import By, First, Listed, OtherType

FORM_FIELDS = fields("""
    id                     string       GUID of the form
    name                   string       Name inside HubSpot
    form_type              enumeration  hubspot, captured, flow or blog_comment
    created_at             datetime     When it was made
    updated_at             datetime     When it was last changed
    archived               bool         Always false: archived forms are left out
    archived_at            datetime     When it was archived
    field_groups           string       Its fields in groups, JSON
    configuration          string       What happens to what is sent, JSON
    display_options        string       How it looks, JSON
    legal_consent_options  string       Consent that it asks for, JSON
""")


FORMS = OtherType(
    id="0-28",
    description="Forms; archived ones are left out.",
    endpoint="GET /marketing/forms/2026-09-beta, GET /marketing/v3/forms",
    fields=FORM_FIELDS,
    read=Listed(marketing.forms, By("id", "updated_at")),
    probe=First(marketing.forms),
)

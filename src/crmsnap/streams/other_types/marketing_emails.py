"""Marketing e-mails (0-29) with their statistics.

Their ids are those of the e-mail API, which are said to differ from the ids of CRM records: asking for
associations by them could give those of another e-mail.
"""

from crmsnap.hubspot.endpoints import marketing
from crmsnap.streams.other_types.fields import fields
from crmsnap.streams.other_types.other_type import By, First, Listed, OtherType

EMAIL_FIELDS = fields("""
    id                         string       Id of the e-mail
    name                       string       Name inside HubSpot
    subject                    string       Subject line
    type                       enumeration  BATCH_EMAIL, AUTOMATED_EMAIL, AB_EMAIL and so on
    subcategory                string       Kind within the type
    state                      enumeration  DRAFT, SCHEDULED, PUBLISHED and their variants
    stats                      string       Counters, ratios and devices, JSON
    is_ab                      bool         Whether it is part of an A/B test
    is_published               bool         Whether it is or was being sent
    is_transactional           bool         Whether it goes out without consent
    send_on_publish            bool         Whether publishing sends it
    jitter_send_time           bool         Whether sending is spread
    archived                   bool         Always false: archived e-mails are left out
    created_at                 datetime     When it was made
    updated_at                 datetime     When it was last changed
    publish_date               datetime     When it is to be sent
    published_at               datetime     When it was sent
    unpublished_at             datetime     When sending was stopped
    deleted_at                 datetime     When it was deleted
    created_by_id              string       User who made it
    updated_by_id              string       User who last changed it
    published_by_id            string       User who sent it
    published_by_email         string       Address of that user
    published_by_name          string       Name of that user
    active_domain              string       Domain of the web version
    language                   enumeration  Language as a code
    business_unit_id           string       Brand
    folder_id                  string       Folder in the dashboard
    folder_id_v2               string       The same in the newer numbering
    campaign                   string       GUID of the campaign
    campaign_name              string       Name of the campaign
    campaign_utm               string       Tracking parameter of the campaign
    primary_email_campaign_id  string       Id by which events of the e-mail are asked for
    all_email_campaign_ids     string       All such ids, JSON
    email_campaign_group_id    string       Group of those ids
    email_template_mode        enumeration  DRAG_AND_DROP or DESIGN_MANAGER
    cloned_from                string       E-mail that it is a copy of
    preview_key                secret       Key that opens the preview, of a draft too
    feedback_survey_id         string       Survey that it asks for
    from                       string       Sender, JSON
    to                         string       Recipients as they were chosen, JSON
    content                    string       Template, modules and styles, JSON
    webversion                 string       Version in the browser, JSON
    subscription_details       string       Kind of subscription, JSON
    testing                    string       A/B test, JSON
    rss_data                   string       Feed of a blog e-mail, JSON
    workflow_names             string       Workflows that send it, JSON
    users_with_access          string       Users who may see it, JSON
    teams_with_access          string       Teams that may see it, JSON
""")


MARKETING_EMAILS = OtherType(
    id="0-29",
    description="Marketing e-mails with their statistics; archived ones are left out.",
    endpoint="GET /marketing/emails/{version}?includeStats=true",
    fields=EMAIL_FIELDS,
    read=Listed(marketing.emails, By("id", "updated_at")),
    probe=First(marketing.emails),
    says_total=True,
)

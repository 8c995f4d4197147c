"""Landing pages (0-25) and the pages of websites (0-38): two lists of one shape."""

from crmsnap.hubspot.endpoints import content
from crmsnap.streams.other_types.fields import fields
from crmsnap.streams.other_types.other_type import By, First, Listed, OtherType

CONTENT_FIELDS = fields("""
    id                             string       Id of the page or post
    name                           string       Name inside HubSpot
    html_title                     string       Title in the browser
    meta_description               string       Description for search engines
    slug                           string       Path below the domain
    url                            string       Public address
    domain                         string       Domain, empty for the primary one
    language                       enumeration  Language as a code
    state                          string       DRAFT, PUBLISHED, SCHEDULED and their variants
    current_state                  enumeration  State at this moment
    currently_published            bool         Whether it can be visited now
    publish_immediately            bool         Whether publishing does not wait for the publish date
    publish_date                   datetime     When it was or will be published
    created                        datetime     When it was made
    updated                        datetime     When it was last changed
    archived_at                    datetime     The beginning of 1970 for what is live
    archived_in_dashboard          bool         Whether the dashboard hides it
    content_type_category          enumeration  Number of the kind of content
    category_id                    string       The same number
    subcategory                    string       Kind within the category
    folder_id                      string       Folder in the dashboard
    content_group_id               string       Blog of a post
    campaign                       string       GUID of the campaign
    author_name                    string       Name of the author
    created_by_id                  string       User who made it
    updated_by_id                  string       User who last changed it
    ab_status                      enumeration  Role in an A/B test
    ab_test_id                     string       A/B test
    mab_experiment_id              string       Adaptive test
    translated_from_id             string       What it is a translation of
    translations                   string       Its translations, JSON
    featured_image                 string       Address of the image
    featured_image_alt_text        string       Text for who does not see the image
    use_featured_image             bool         Whether the image is used
    link_rel_canonical_url         string       Canonical address
    head_html                      string       HTML inside the head
    footer_html                    string       HTML at the end
    attached_stylesheets           string       Style sheets, JSON
    enable_domain_stylesheets      bool         Whether the domain's style sheets apply
    enable_layout_stylesheets      bool         Whether the template's style sheets apply
    layout_sections                string       Sections of the layout, JSON
    theme_settings_values          string       Settings of the theme, JSON
    widgets                        string       Modules, JSON
    widget_containers              string       Modules inside containers, JSON
    dynamic_page_data_source_id    string       Source of a dynamic page
    dynamic_page_data_source_type  string       Kind of that source
    dynamic_page_hub_db_table_id   string       HubDB table of a dynamic page
    page_expiry_enabled            bool         Whether it expires
    page_expiry_date               datetime     When it expires
    page_expiry_redirect_id        string       Page shown after that
    page_expiry_redirect_url       string       Address shown after that
    password                       secret       Password of a protected page
    public_access_rules            string       Who may see it, JSON
    public_access_rules_enabled    bool         Whether those rules apply
""")
"""Fields of pages and blog posts alike (HubSpot's API reference: "CMS pages", "Blog posts")."""

PAGE_FIELDS = (
    *CONTENT_FIELDS,
    *fields("""
    include_default_custom_css     bool         Whether the default style sheet applies
    page_redirected                bool         Whether it has expired and redirects
    template_path                  string       Template in the design manager
    """),
)


LANDING_PAGES = OtherType(
    id="0-25",
    description="Landing pages; archived ones are left out.",
    endpoint="GET /cms/pages/2026-03/landing-pages",
    fields=PAGE_FIELDS,
    read=Listed(content.landing_pages, By("id", "updated")),
    probe=First(content.landing_pages),
    says_total=True,
)
SITE_PAGES = OtherType(
    id="0-38",
    description="Pages of websites; archived ones are left out.",
    endpoint="GET /cms/pages/2026-03/site-pages",
    fields=PAGE_FIELDS,
    read=Listed(content.site_pages, By("id", "updated")),
    probe=First(content.site_pages),
    says_total=True,
)

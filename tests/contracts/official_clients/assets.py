"""Readings of marketing assets: pages, blog posts, forms and their submissions, emails, campaigns."""

from typing import Any

from hubspot import HubSpot
from hubspot_sdk import HubSpot as HubSpotSdk

from tests.contracts.official_clients.reading import (
    Reading,
    all_pages,
    ids,
    raw_dated_pages,
    raw_pages,
)

BETA_FORMS = "/marketing/forms/2026-09-beta"
SUBMISSIONS = "/form-integrations/v1/submissions/forms"
CAMPAIGN_PROPERTIES = ["hs_name", "hs_object_id"]


def named(things: Any) -> list[str]:
    """Id, name and time of change of each thing: both clients must see the same version."""
    return [f"{one.id} {one.name} {one.updated:%Y-%m-%dT%H:%M:%S.%f}" for one in things]


def raw_ids(things: Any) -> list[str]:
    """What identifies each thing of a raw answer."""
    return [one["id"] for one in things]


def dated_posts(client: HubSpotSdk) -> list[str]:
    """By a call whose answer is bytes."""
    found: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = client.cms.blogs.posts.list(limit=4, **after).json()
        found += raw_ids(page["results"])
        if "paging" not in page:
            assert page["total"] == len(found)
            return found
        after = {"after": page["paging"]["next"]["after"]}


def legacy_statistics(client: HubSpot) -> list[str]:
    """What was sent and opened."""
    pages = all_pages(client.marketing.emails.marketing_emails_api.get_page, include_stats=True)
    return [f"{one.id} {one.stats.counters} {one.stats.ratios}" for one in pages]


def dated_statistics(client: HubSpotSdk) -> list[str]:
    """What was sent and opened."""
    found = client.marketing.emails.list(include_stats=True)
    return [f"{one.id} {one.stats.counters} {one.stats.ratios}" for one in found if one.stats]


def legacy_submissions(client: HubSpot) -> list[str]:
    """Of every form, 50 at a time."""
    return [
        submission(form, one)
        for form in ids(all_pages(client.marketing.forms.forms_api.get_page, limit=5))
        for one in raw_pages(client, f"{SUBMISSIONS}/{form}", limit="50")
    ]


def dated_submissions(client: HubSpotSdk) -> list[str]:
    """Of every form, 7 at a time."""
    return [
        submission(form, one)
        for form in raw_ids(raw_dated_pages(client, BETA_FORMS, limit="6"))
        for one in raw_dated_pages(client, f"{SUBMISSIONS}/{form}", limit="7")
    ]


def submission(form: str, one: Any) -> str:
    """A submission has no id that is always there: form, time and values together tell it."""
    return f"{form} {one.get('conversionId')} {one['submittedAt']} {one['values']}"


def legacy_campaigns(client: HubSpot) -> list[str]:
    """By raw request, three at a time."""
    names = ",".join(CAMPAIGN_PROPERTIES)
    found = raw_pages(client, "/marketing/v3/campaigns", limit="3", properties=names)
    return [f"{one['id']} {sorted(one['properties'].items())}" for one in found]


def dated_campaigns(client: HubSpotSdk) -> list[str]:
    """Three at a time."""
    found = client.marketing.campaigns.list(limit=3, properties=CAMPAIGN_PROPERTIES)
    return [f"{one.id} {sorted(one.properties.items())}" for one in found]


EMPTY_FIELDS = "fields are null or missing, the model requires all of them"
FIELD_TYPES = "a form has fields of every type, the model allows payment_link_radio only"

ASSETS = (
    Reading(
        "pages: landing pages",
        lambda client: named(all_pages(client.cms.pages.landing_pages_api.get_page, limit=3)),
        lambda client: named(client.cms.pages.landing_pages.list(limit=4)),
        lambda truth: truth["other_types"]["0-25"],
        unlike_the_models=EMPTY_FIELDS,
        unlike_the_legacy_models=EMPTY_FIELDS,
    ),
    Reading(
        "pages: site pages",
        lambda client: named(all_pages(client.cms.pages.site_pages_api.get_page, limit=3)),
        lambda client: named(client.cms.pages.site_pages.list(limit=4)),
        lambda truth: truth["other_types"]["0-38"],
        unlike_the_models=EMPTY_FIELDS,
        unlike_the_legacy_models=EMPTY_FIELDS,
    ),
    Reading(
        "pages: archived",
        lambda client: named(
            all_pages(client.cms.pages.site_pages_api.get_page, archived=True, limit=1)
        ),
        lambda client: named(client.cms.pages.site_pages.list(archived=True)),
        unlike_the_models=EMPTY_FIELDS,
        unlike_the_legacy_models=EMPTY_FIELDS,
    ),
    Reading(
        "blog-posts",
        lambda client: ids(all_pages(client.cms.blogs.blog_posts.basic_api.get_page, limit=3)),
        dated_posts,
        lambda truth: truth["other_types"]["0-39"],
        dated_is_raw=True,
        unlike_the_legacy_models=EMPTY_FIELDS,
    ),
    Reading(
        "forms",
        lambda client: ids(all_pages(client.marketing.forms.forms_api.get_page, limit=5)),
        lambda client: raw_ids(raw_dated_pages(client, BETA_FORMS, limit="6")),
        lambda truth: truth["other_types"]["0-28"],
        dated_is_raw=True,
        unlike_the_legacy_models=FIELD_TYPES,
    ),
    Reading(
        "forms: archived",
        lambda client: ids(all_pages(client.marketing.forms.forms_api.get_page, archived=True)),
        lambda client: raw_ids(raw_dated_pages(client, BETA_FORMS, archived="true")),
        dated_is_raw=True,
        unlike_the_legacy_models=FIELD_TYPES,
    ),
    Reading(
        "form-submissions",
        legacy_submissions,
        dated_submissions,
        lambda truth: truth["other_types"]["0-15"],
        legacy_is_raw=True,
        dated_is_raw=True,
        unlike_the_legacy_models=FIELD_TYPES,
    ),
    Reading(
        "marketing-emails",
        lambda client: ids(
            all_pages(client.marketing.emails.marketing_emails_api.get_page, limit=5)
        ),
        lambda client: ids(client.marketing.emails.list(limit=4)),
        lambda truth: truth["other_types"]["0-29"],
    ),
    Reading(
        "marketing-emails: statistics",
        legacy_statistics,
        dated_statistics,
        lambda truth: truth["other_types"]["0-29"],
    ),
    Reading(
        "campaigns",
        legacy_campaigns,
        dated_campaigns,
        lambda truth: truth["other_types"]["0-35"],
        legacy_is_raw=True,
    ),
)

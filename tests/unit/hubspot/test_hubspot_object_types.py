"""The catalogue of standard types."""

import re

from crmsnap.hubspot.association_names import NAMES
from crmsnap.hubspot.object_types import STANDARD_TYPES

BY_ID = {standard.id: standard for standard in STANDARD_TYPES}

ARTICLE = {
    "0-1": "CONTACT",
    "0-2": "COMPANY",
    "0-3": "DEAL",
    "0-4": "ENGAGEMENT",
    "0-5": "TICKET",
    "0-8": "LINE_ITEM",
    "0-11": "CONVERSATION",
    "0-14": "QUOTE",
    "0-15": "FORM_SUBMISSION",
    "0-19": "FEEDBACK_SUBMISSION",
    "0-25": "LANDING_PAGE",
    "0-27": "TASK",
    "0-28": "FORM",
    "0-29": "MARKETING_EMAIL",
    "0-30": "AD_ACCOUNT",
    "0-31": "AD_CAMPAIGN",
    "0-32": "AD_GROUP",
    "0-33": "AD",
    "0-35": "CAMPAIGN",
    "0-38": "SITE_PAGE",
    "0-39": "BLOG_POST",
    "0-45": "OBJECT_LIST",
    "0-48": "CALL",
    "0-53": "INVOICE",
    "0-57": "MEDIA_BRIDGE",
    "0-58": "SEQUENCE",
    "0-69": "SUBSCRIPTION",
    "0-72": "DEAL_SPLIT",
    "0-83": "SALES_DOCUMENT",
    "0-101": "COMMERCE_PAYMENT",
}
"""HubSpot's knowledge base, "Export your data to Amazon S3"."""


def test_all_thirty_types_of_the_export_are_known_by_its_names() -> None:
    """Their tables exist even where no API can fill them."""
    assert {id_: BY_ID[id_].name for id_ in ARTICLE} == ARTICLE


def test_ids_names_and_table_names_are_unique() -> None:
    """Two types in one table could not be told apart."""
    for values in (
        [standard.id for standard in STANDARD_TYPES],
        [standard.name for standard in STANDARD_TYPES],
        [standard.path for standard in STANDARD_TYPES],
        [standard.table_name for standard in STANDARD_TYPES],
    ):
        assert len(set(values)) == len(values)
    assert all(
        re.fullmatch(r"[A-Z]+(_[A-Z]+)*", standard.table_name) for standard in STANDARD_TYPES
    )


def test_what_can_be_read_names_its_scope() -> None:
    """A gap has to say which box to tick; what no API reads must not promise a scope."""
    for standard in STANDARD_TYPES:
        assert (
            bool(standard.read_scopes) == (standard.source == "crm")
            or standard.source == "other-api"
        )


def test_contacts_have_their_own_property_for_the_last_change() -> None:
    """All others say `hs_lastmodifieddate`."""
    assert BY_ID["0-1"].last_modified_property == "lastmodifieddate"
    assert BY_ID["0-2"].last_modified_property == "hs_lastmodifieddate"


def test_names_of_association_types_come_in_both_directions() -> None:
    """Each direction has an id of its own."""
    assert NAMES[4] == "contact_to_deal"
    assert NAMES[342] == "company_to_deal"
    names = set(NAMES.values())
    for name in names:
        primary, first, second = re.fullmatch(r"(primary_)?(.+)_to_(.+)", name).groups("")  # type: ignore[union-attr]  # all match
        assert f"{primary}{second}_to_{first}" in names

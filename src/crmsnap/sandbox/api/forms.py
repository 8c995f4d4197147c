"""`/marketing/forms`: definitions of forms. The newest dated path is a beta; there is no total."""

from typing import Any

import orjson

from crmsnap.sandbox.account import asset_texts
from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.asset_ids import asset_id
from crmsnap.sandbox.account.assets import FORM, Asset
from crmsnap.sandbox.account.form_submissions import INTERESTS
from crmsnap.sandbox.account.times import iso
from crmsnap.sandbox.api import errors
from crmsnap.sandbox.api.assets import find_asset, list_assets
from crmsnap.sandbox.api.route import Call, Family, Reply, Route

SCOPES = frozenset({"forms"})
LIMIT_DEFAULT = 20
FORM_TYPES = ("hubspot", "hubspot", "captured", "flow", "blog_comment")


def list_forms(account: Account, call: Call) -> Reply:
    """A page of forms."""
    return list_assets(account, call, FORM, _json, limit=LIMIT_DEFAULT, total=False)


def get_form(account: Account, call: Call) -> Reply:
    """One form by its GUID."""
    found = find_asset(account, call, FORM, call.path["formId"])
    if found is None:
        raise errors.not_found(f"Form {call.path['formId']} was not found")
    return Reply(orjson.dumps(_json(account, found, call)))


def _json(account: Account, found: Asset, call: Call) -> dict[str, Any]:
    form_type = FORM_TYPES[found.bits % len(FORM_TYPES)]
    body = {
        "id": asset_id(account, FORM, found.index),
        "formType": form_type,
        "name": asset_texts.name(found),
        "createdAt": iso(found.created_ms),
        "updatedAt": iso(found.updated_ms),
        "archived": found.archived_ms is not None,
        "fieldGroups": _field_groups(found),
        "configuration": _configuration(found),
        "displayOptions": _display(found),
        "legalConsentOptions": _consent(found),
        # A field that hubspot-api-client does not know; larger than 2^53.
        "portalVersionId": str(9_007_199_254_740_993 + found.index),
    }
    if found.archived_ms is not None:
        body["archivedAt"] = iso(found.archived_ms)
    if form_type == "captured":
        # A form of somebody else's page: HubSpot only ever saw it being sent.
        body["displayOptions"] = None
        del body["legalConsentOptions"]
    return body


def _field_groups(found: Asset) -> list[dict[str, Any]]:
    options = [
        {"label": text, "value": text.lower(), "displayOrder": number, "description": ""}
        for number, text in enumerate(INTERESTS)
    ]
    fields = [
        _field("email", "email", validation={"blockedEmailDomains": [], "useDefaultBlockList": False}),
        _field("firstname", "single_line_text", defaultValue=""),
        _field("field_of_study", "multiple_checkboxes", options=options, defaultValues=[]),
        _field("about_us", "single_line_text", objectTypeId="0-2", defaultValue=None),
        _field("message", "multi_line_text", label=asset_texts.hostile_text(found) or "Message"),
    ]  # fmt: skip
    return [
        {"groupType": "default_group", "richTextType": "text", "fields": fields[:2]},
        {
            "groupType": "default_group",
            "richTextType": "text",
            "richText": asset_texts.html(found),
            "fields": fields[2:],
        },
    ]


def _field(name: str, field_type: str, **more: Any) -> dict[str, Any]:
    return {
        "objectTypeId": "0-1",
        "name": name,
        "label": name.capitalize(),
        "required": name == "email",
        "hidden": False,
        "fieldType": field_type,
        "dependentFields": [],
    } | more


def _configuration(found: Asset) -> dict[str, Any]:
    return {
        "language": asset_texts.language(found),
        "cloneable": True,
        "editable": True,
        "archivable": True,
        "recaptchaEnabled": False,
        "notifyContactOwner": False,
        "notifyRecipients": [],
        "createNewContactForNewEmail": False,
        "prePopulateKnownValues": True,
        "allowLinkToResetKnownValues": False,
        "lifecycleStages": [],
        "postSubmitAction": {"type": "thank_you", "value": asset_texts.sentence(found)},
    }


def _display(found: Asset) -> dict[str, Any]:
    return {
        "renderRawHtml": False,
        "theme": "default_style",
        "submitButtonText": "Absenden \N{RIGHTWARDS ARROW}",
        "style": {"fontFamily": "arial, \"helvetica neue\"", "labelTextColor": "#33475b"},
        "cssClass": None if found.index % 2 else "hs-form stacked",
    }  # fmt: skip


def _consent(found: Asset) -> dict[str, Any]:
    if found.index % 2:
        return {"type": "none"}
    return {
        "type": "implicit_consent_to_process",
        "privacyText": "We need your data\nto answer you.",
        "consentToProcessText": asset_texts.sentence(found),
        "communicationConsentText": None,
        "communicationsCheckboxes": [
            {"subscriptionTypeId": 9_007_199, "label": "Newsletter", "required": False}
        ],
    }


PATHS = ("/marketing/v3/forms", "/marketing/forms/2026-09-beta")
FAMILY = Family(
    name="forms",
    limit="burst",
    routes=(
        Route("GET", PATHS, list_forms, SCOPES),
        Route("GET", tuple(f"{one}/{{formId}}" for one in PATHS), get_form, SCOPES),
    ),
)

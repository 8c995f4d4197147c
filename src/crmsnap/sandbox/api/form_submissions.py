"""`/form-integrations/v1/submissions/forms/{guid}`: what was sent through one form, newest first.

An old API without a dated path, 50 at most a page. A page is so many places, not so many results:
deleted submissions leave holes, so pages can be short, or empty with a cursor.
"""

from typing import Any

import orjson

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.assets import FORM
from crmsnap.sandbox.account.form_submissions import Submission, slot_count, submission
from crmsnap.sandbox.api import errors, pages
from crmsnap.sandbox.api.assets import find_asset
from crmsnap.sandbox.api.route import Call, Family, Reply, Route

SCOPES = frozenset({"forms"})
LIMIT_DEFAULT, LIMIT_MAX = 20, 50


def list_submissions(account: Account, call: Call) -> Reply:
    """A page of the submissions of a live form; an archived form is not found."""
    size = pages.limit(call, LIMIT_DEFAULT, LIMIT_MAX)
    form = find_asset(account, call, FORM, call.path["formGuid"])
    if form is None:
        raise errors.not_found(f"Form {call.path['formGuid']} was not found")
    asked = pages.token_number(call)
    end = slot_count(account, form, call.now_ms) if asked is None else asked
    start = max(0, end - size)
    found = (submission(account, form, slot) for slot in reversed(range(start, end)))
    results = (orjson.dumps(_json(one)) for one in found if one is not None)
    return pages.page(results, pages.token(start) if start else None)


def _json(found: Submission) -> dict[str, Any]:
    body: dict[str, Any] = {
        "submittedAt": found.submitted_ms,
        "values": [
            {"name": name, "value": value} | ({"objectTypeId": type_id} if type_id else {})
            for name, value, type_id in found.values
        ],
    }
    if found.conversion_id is not None:
        body["conversionId"] = found.conversion_id
    if found.page_url is not None:
        body["pageUrl"] = found.page_url
    return body


FAMILY = Family(
    name="form-submissions",
    limit="burst",
    routes=(
        Route(
            "GET",
            ("/form-integrations/v1/submissions/forms/{formGuid}",),
            list_submissions,
            SCOPES,
        ),
    ),
)

"""Form submissions (0-15), form by form.

What was sent are values of properties, so `submitted_values.py` chooses among them as records do among
theirs. And not every submission has an id of its own.
"""

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from hashlib import blake2b
from operator import attrgetter

import msgspec

from crmsnap.errors import NotFound
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import marketing
from crmsnap.hubspot.paging import follow
from crmsnap.streams.other_types.fields import fields
from crmsnap.streams.other_types.flat import flat, members_of
from crmsnap.streams.other_types.keeping import Found, Keeping, required
from crmsnap.streams.other_types.other_type import OtherType
from crmsnap.streams.other_types.submitted_values import SubmittedValues
from crmsnap.streams.stream import Page, Scope

VALUES = "values"

SUBMISSION_FIELDS = fields("""
    form_id        string    GUID of the form
    conversion_id  string    GUID of the submission, where HubSpot gives one
    submitted_at   datetime  When it was sent
    page_url       string    Address of the page with the form
    values         string    What was sent: an array of name, value and object type, JSON
""")


def read(scope: Scope, keeping: Keeping, client: Client, position: str | None) -> Iterator[Page]:
    """The submissions form by form, by GUID; the position is `<GUID> <cursor>`, or `<GUID> ` behind it."""
    last, _, after = (position or " ").partition(" ")
    submitted = SubmittedValues(scope, client)
    for form in _forms(client):
        if form < last or (form == last and not after):
            continue
        fetch = partial(marketing.submissions, client, form)
        try:
            for page in follow(fetch, attrgetter("after"), after if form == last else None):
                found = [_record(form, item, submitted) for item in page.results]
                rows = keeping.page(found, f"{form} {page.after or ''}")
                gaps = submitted.gaps if keeping.keeps(VALUES) else ()
                yield rows._replace(gaps=gaps)
        except NotFound:
            yield Page([], f"{form} ")  # deleted since the forms were listed, and all of it


def probe(client: Client) -> None:
    """One submission of the first form."""
    for item in marketing.forms(client, None, limit=1).results:
        with suppress(NotFound):  # deleted in between: what counts is that we may ask
            marketing.submissions(client, required(flat(item), "id"), None, limit=1)


FORM_SUBMISSIONS = OtherType(
    id="0-15",
    description="What was sent through the forms that are not archived.",
    endpoint="GET /form-integrations/v1/submissions/forms/{formGuid}",
    fields=SUBMISSION_FIELDS,
    read=read,
    probe=probe,
)


def _forms(client: Client) -> list[str]:
    """The GUIDs of the live forms, ascending: an order that the next run finds again."""
    pages = follow(partial(marketing.forms, client), attrgetter("after"), None)
    return sorted({required(flat(item), "id") for page in pages for item in page.results})


def _record(form: str, item: msgspec.Raw, submitted: SubmittedValues) -> Found:
    values = flat(item)
    members = members_of(item)
    if VALUES in values:
        values[VALUES] = submitted.kept(members[VALUES])
    values["form_id"] = form
    # Nothing is edited after it was sent, so that was its last change.
    return Found(values.get("conversion_id") or _digest(values), values.get("submitted_at"), values)


def _digest(values: dict[str, str]) -> str:
    """The id of a submission without one: by what was sent through which form, and when.

    Letters before it tell it from a number. Two that agree in all of this are one.
    """
    parts = [values.get(name, "") for name in ("form_id", "submitted_at", "page_url", "values")]
    return f"sent-{blake2b(msgspec.json.encode(parts), digest_size=16).hexdigest()}"

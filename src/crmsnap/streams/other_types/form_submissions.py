"""Form submissions (0-15), form by form.

What was sent are values of properties: those of a property that is sensitive, or that nobody could
classify, are dropped here as they are in records. And not every submission has an id of its own.
"""

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from hashlib import blake2b
from operator import attrgetter

import msgspec

from crmsnap.errors import BadRequest, MissingScope, NotFound
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import marketing
from crmsnap.hubspot.object_types import CONTACT
from crmsnap.hubspot.paging import follow
from crmsnap.streams.defined import defined
from crmsnap.streams.known_types import all_types, is_open, properties
from crmsnap.streams.other_types.fields import fields
from crmsnap.streams.other_types.flat import array_of, flat, members_of, text_of
from crmsnap.streams.other_types.keeping import Found, Keeping, required
from crmsnap.streams.other_types.other_type import OtherType
from crmsnap.streams.stream import Page, Scope

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
    open_values = _OpenValues(scope, client)
    for form in _forms(client):
        if form < last or (form == last and not after):
            continue
        fetch = partial(marketing.submissions, client, form)
        try:
            for page in follow(fetch, attrgetter("after"), after if form == last else None):
                found = [_record(form, item, open_values) for item in page.results]
                yield keeping.page(found, f"{form} {page.after or ''}")
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


def _record(form: str, item: msgspec.Raw, open_values: "_OpenValues") -> Found:
    values = flat(item)
    members = members_of(item)
    if "values" in values:
        values["values"] = open_values.of(members["values"])
    values["form_id"] = form
    # Nothing is edited after it was sent, so that was its last change.
    return Found(values.get("conversion_id") or _digest(values), values.get("submitted_at"), values)


def _digest(values: dict[str, str]) -> str:
    """The id of a submission without one: by what was sent through which form, and when.

    Letters before it tell it from a number. Two that agree in all of this are one.
    """
    parts = [values.get(name, "") for name in ("form_id", "submitted_at", "page_url", "values")]
    return f"sent-{blake2b(msgspec.json.encode(parts), digest_size=16).hexdigest()}"


class _OpenValues:
    """Leaves out values of properties that stay closed; asks for definitions that nobody has read."""

    def __init__(self, scope: Scope, client: Client) -> None:
        self._scope = scope
        self._client = client
        self._allow_sensitive = {known.id: known.allows_sensitive for known in all_types(scope)}
        self._closed: dict[str, frozenset[str] | None] = {}

    def of(self, values: msgspec.Raw) -> str:
        """An array of values without the closed ones, as JSON."""
        return array_of(
            text_of(value) or "" for value in _array(values) if not self._is_closed(value)
        )

    def _is_closed(self, value: msgspec.Raw) -> bool:
        sent = flat(value)
        # A field without a type belongs to no record; by its name it may still be a contact's.
        object_type = sent.get("object_type_id", CONTACT)
        if object_type not in self._closed:
            self._closed[object_type] = self._closed_names(object_type)
        names = self._closed[object_type]
        return names is None or sent.get("name") in names

    def _closed_names(self, object_type: str) -> frozenset[str] | None:
        """None: nothing is known of its properties, so none is open."""
        definitions = properties(self._scope, object_type)
        if not definitions:
            try:
                definitions = defined(self._client, object_type)
            except (MissingScope, NotFound, BadRequest):
                return None
        allows = self._allow_sensitive.get(object_type, True)
        return frozenset(
            one.name for one in definitions if not is_open(one, allows_sensitive=allows)
        )


_array = msgspec.json.Decoder(list[msgspec.Raw]).decode

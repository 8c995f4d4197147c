"""Form submissions (0-15), form by form.

What was sent are values of properties, so `submitted_values.py` chooses among them as records do among
theirs. And not every submission has an id of its own. The newest come first, and nothing is edited after it
was sent: a form is read until a page brings nothing new, and in its turn to the end, since a submission
that was deleted leaves no sign.
"""

from collections.abc import Iterator, Set
from contextlib import suppress
from functools import partial
from hashlib import blake2b
from operator import attrgetter

import msgspec
import orjson

from crmsnap.errors import NotFound
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import marketing
from crmsnap.hubspot.paging import follow
from crmsnap.model import Gap
from crmsnap.state.folder import open_as_is
from crmsnap.state.stream_file import EVERYTHING, Key
from crmsnap.streams.earlier import built_on_until_sweep
from crmsnap.streams.other_types.fields import fields
from crmsnap.streams.other_types.flat import flat, members_of
from crmsnap.streams.other_types.keeping import Found, Keeping, required, without
from crmsnap.streams.other_types.other_type import OtherType
from crmsnap.streams.other_types.submitted_values import LEFT_OUT, SubmittedValues
from crmsnap.streams.stream import Page, Scope

STREAM = "objects/0-15"
FORM, VALUES = "form_id", "values"

SUBMISSION_FIELDS = fields("""
    form_id        string    GUID of the form
    conversion_id  string    GUID of the submission, where HubSpot gives one
    submitted_at   datetime  When it was sent
    page_url       string    Address of the page with the form
    values         string    What was sent: an array of name, value and object type, JSON
""")


def read(scope: Scope, keeping: Keeping, client: Client, position: str | None) -> Iterator[Page]:
    """The submissions form by form, by GUID, from a position on."""
    submitted = SubmittedValues(scope, client)
    earlier = _earlier(scope, keeping, submitted)
    place = _place(position) if position else Place(earlier is None, earlier or Note())
    if earlier is None and not place.is_whole:
        place = Place(
            is_whole=True, note=Note()
        )  # it was begun as a part of what is now read whole
    forms = _forms(client)
    if not place.is_whole and (gone := set(place.note.forms) - set(forms)):
        yield without(Page([], place.as_position), _of_forms(scope, gone))
    for form in forms:
        if form < place.form or (form == place.form and not place.after):
            continue
        ask = marketing.submissions if place.is_whole else marketing.newest_submissions
        fetch = partial(ask, client, form)
        after = place.after if form == place.form else None
        try:
            for page in follow(fetch, attrgetter("after"), after):
                rows = keeping.page((_record(form, item, submitted) for item in page.results), "")
                is_known = not place.is_whole and _are_known(scope, rows)
                note = place.note.with_values(submitted) if keeping.keeps(VALUES) else place.note
                behind = "" if is_known else page.after or ""
                place = Place(place.is_whole, note, form, behind)
                yield rows._replace(position=place.as_position, gaps=note.gaps)
                if is_known:
                    break
        except NotFound:  # deleted since the forms were listed, and all of it
            place = Place(place.is_whole, place.note, form)
            yield without(Page([], place.as_position), _of_forms(scope, {form}))
    whole = [EVERYTHING] if place.is_whole else []
    note = msgspec.structs.replace(place.note, forms=forms)
    yield Page([], place.as_position, whole=whole, note=note.as_note, gaps=note.gaps)


class Note(msgspec.Struct, frozen=True):
    """What a scan leaves for the next."""

    forms: list[str] = []
    """GUIDs of the forms that were live."""
    rules: dict[str, str] = {}
    """What values were judged by: `SubmittedValues.rules`."""
    is_some_left_out: bool = False
    """Whether some values were left out for lack of knowledge."""

    def with_values(self, submitted: SubmittedValues) -> "Note":
        """It with what this run has met."""
        return msgspec.structs.replace(
            self,
            rules={**self.rules, **submitted.rules},
            is_some_left_out=self.is_some_left_out or bool(submitted.gaps),
        )

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What is missing in what was read by now, by whichever run."""
        return (LEFT_OUT,) if self.is_some_left_out else ()

    @property
    def as_note(self) -> str:
        """It as `Page.note` keeps it."""
        return msgspec.json.encode(self).decode()


class Place(msgspec.Struct, frozen=True, array_like=True):
    """A position: which way of reading it belongs to, and where that goes on."""

    is_whole: bool
    note: Note
    form: str = ""
    """GUID of the form that was read last; forms are read in this order."""
    after: str = ""
    """Cursor in that form; empty: it is done."""

    @property
    def as_position(self) -> str:
        """It as pages carry it."""
        return msgspec.json.encode(self).decode()


_note = msgspec.json.Decoder(Note).decode
_place = msgspec.json.Decoder(Place).decode


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
    keeps=True,
)


def _earlier(scope: Scope, keeping: Keeping, submitted: SubmittedValues) -> Note | None:
    """What the scan that this run builds on has left; None: every submission is read."""
    found = built_on_until_sweep(scope, STREAM, keeping.asked)
    if found is None or found.note is None or not keeping.keeps(FORM):
        return None
    note = _note(found.note)
    return note if submitted.still_judges_by(note.rules) else None


def _are_known(scope: Scope, page: Page) -> bool:
    """Whether finished runs have read all submissions of a page; a run that broke off may have left gaps."""
    if not page.rows:
        return False
    ids = {row[0] for row in page.rows if isinstance(row[0], int | str)}
    finished = scope.reader.finished(STREAM)
    until = "" if finished is None else finished.started_at
    found = open_as_is(scope.reader.folder, STREAM).records_of(STREAM, list(ids))
    return ids == {one.id for one in found if one.ingested_at <= until}


def _of_forms(scope: Scope, forms: Set[str]) -> list[Key]:
    """The kept submissions of these forms."""
    kept = open_as_is(scope.reader.folder, STREAM)
    if not kept.streams:
        return []
    return [(one.id,) for one in kept.records(STREAM) if orjson.loads(one.body).get(FORM) in forms]


def _forms(client: Client) -> list[str]:
    """The GUIDs of the live forms, ascending: an order that the next run finds again."""
    pages = follow(partial(marketing.forms, client), attrgetter("after"), None)
    return sorted({required(flat(item), "id") for page in pages for item in page.results})


def _record(form: str, item: msgspec.Raw, submitted: SubmittedValues) -> Found:
    values = flat(item)
    members = members_of(item)
    if VALUES in values:
        values[VALUES] = submitted.kept(members[VALUES])
    values[FORM] = form
    # Nothing is edited after it was sent, so that was its last change.
    return Found(values.get("conversion_id") or _digest(values), values.get("submitted_at"), values)


def _digest(values: dict[str, str]) -> str:
    """The id of a submission without one: by what was sent through which form, and when.

    Letters before it tell it from a number. Two that agree in all of this are one.
    """
    parts = [values.get(name, "") for name in ("form_id", "submitted_at", "page_url", "values")]
    return f"sent-{blake2b(msgspec.json.encode(parts), digest_size=16).hexdigest()}"

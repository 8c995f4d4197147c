"""What of an answer is kept: what was chosen, times and dates by one rule, names nobody declared beside."""

import pytest

from crmsnap.errors import UnexpectedAnswer
from crmsnap.model import Choice
from crmsnap.state.shapes import FIELD_NAMES
from crmsnap.streams.other_types import FORMS, LANDING_PAGES
from tests.unit.streams.other_types.served import HubSpot, Reading, listed, values_of

PAGES = "/cms/pages/2026-03/landing-pages"
FORM_LIST = "/marketing/forms/2026-09-beta"


def a_page(**fields: object) -> dict[str, object]:
    return {"id": "7", "updated": "2026-11-20T08:15:30.123Z"} | fields


def test_declared_times_become_milliseconds_unless_they_are_that_already(hubspot, reading):
    """One API gives `created` as ISO 8601 and `pageExpiryDate` as a number."""
    hubspot.serve(PAGES, listed(a_page(pageExpiryDate=1797638400000, name="2026-01-01")))
    (page,) = reading.pages(LANDING_PAGES)
    assert values_of(page.rows[0]) == {
        "id": "7",
        "updated": "1795162530123",
        "page_expiry_date": "1797638400000",
        "name": "2026-01-01",
    }
    (page,) = reading.pages(LANDING_PAGES, iso_dates=True)
    assert values_of(page.rows[0])["updated"] == "2026-11-20T08:15:30.123Z"


def test_the_time_of_a_row_is_the_api_s_own(hubspot, reading):
    """As published; none where the API gives none."""
    hubspot.serve(PAGES, listed(a_page(), {"id": "8"}))
    (page,) = reading.pages(LANDING_PAGES)
    assert [row[:2] for row in page.rows] == [(7, "2026-11-20 08:15:30.123"), (8, None)]


def test_a_time_that_is_none_is_refused(hubspot, reading):
    """A NULL would say that the API gives no time."""
    hubspot.serve(PAGES, listed(a_page(updated="tomorrow")))
    with pytest.raises(UnexpectedAnswer, match="time that cannot be read"):
        list(reading.pages(LANDING_PAGES))


def test_a_time_beyond_the_year_9999_is_left_empty(hubspot, reading):
    """No table has a form for it, and the thing is more than its time."""
    hubspot.serve(PAGES, listed(a_page(updated=253_402_300_800_000)))
    (page,) = reading.pages(LANDING_PAGES)
    assert page.rows[0][:2] == (7, None)


@pytest.mark.parametrize(
    ("id_", "kept"),
    [
        ("9007199254740993", 9007199254740993),
        ("007", "007"),
        ("9223372036854775808", "9223372036854775808"),
        ("0c8a7030-5901", "0c8a7030-5901"),
        ("٣", "٣"),
    ],
)
def test_only_a_plain_whole_number_is_kept_as_one(hubspot, reading, id_, kept):
    """Every id reads back as it was; numbers are only sorted otherwise."""
    hubspot.serve(PAGES, listed(a_page(id=id_)))
    (page,) = reading.pages(LANDING_PAGES)
    assert page.rows[0][0] == kept


def test_a_field_that_nobody_declared_is_kept_and_remembered(hubspot, reading):
    """HubSpot adds fields without notice; the name beside makes their column lasting."""
    hubspot.serve(PAGES, listed(a_page(brandNew={"b": 1, "a": None})))
    (page,) = reading.pages(LANDING_PAGES)
    assert values_of(page.rows[0])["brand_new"] == '{"a":null,"b":1}'
    assert page.beside == {FIELD_NAMES: [("brand_new",)]}


def test_a_field_that_was_not_chosen_is_not_kept(hubspot, reading):
    """Declared or not, by any name of the type."""
    hubspot.serve(PAGES, listed(a_page(brandNew=1, name="x", slug="s")))
    never = Choice(never=("0-25.name", "brand_*"))
    (page,) = reading.pages(LANDING_PAGES, properties=never)
    assert values_of(page.rows[0]).keys() == {"id", "updated", "slug"}
    assert page.beside is None


def test_without_values_only_ids_and_times_are_kept(hubspot, reading):
    """A copy of the table OBJECTS alone."""
    hubspot.serve(PAGES, listed(a_page(name="x")))
    (page,) = reading.pages(LANDING_PAGES, values=False)
    assert page.rows == [(7, "2026-11-20 08:15:30.123", b"{}")]


def test_an_archived_thing_that_comes_unasked_is_no_record(hubspot: HubSpot, reading: Reading):
    hubspot.serve(FORM_LIST, listed({"id": "a-1", "archived": True}, {"id": "a-2"}))
    (page,) = reading.pages(FORMS)
    assert [row[0] for row in page.rows] == ["a-2"]


def test_an_empty_page_with_a_cursor_is_not_the_end(hubspot: HubSpot, reading: Reading):
    """And the position behind it is saved."""
    pages = {None: listed(after="x"), "x": listed({"id": "a-2"})}
    hubspot.serve(FORM_LIST, lambda query: pages[query.get("after")])
    found = list(reading.pages(FORMS))
    assert [(len(page.rows), page.position) for page in found] == [(0, "x"), (1, "end")]
    assert [page.position for page in reading.pages(FORMS, "x")] == ["end"]

"""Form submissions: the newest first, pages with holes, and ids only sometimes."""

from collections import Counter

import pytest

from crmsnap.sandbox.account.asset_counts import truth
from crmsnap.sandbox.account.form_submissions import SECRETS
from crmsnap.sandbox.account.times import DAY_MS
from crmsnap.sandbox.account.values import CANARY
from crmsnap.sandbox.api.form_submissions import list_submissions
from crmsnap.sandbox.api.forms import list_forms
from crmsnap.sandbox.api.route import ApiError


def sent(reader, form: str, limit: int = 50):
    return reader.all(list_submissions, {"formGuid": form}, limit=limit)


def guids(reader, **query):
    return [one["id"] for one in reader.all(list_forms, **query)]


def test_the_submissions_of_all_forms_are_all_submissions(reader):
    """Whatever the page size."""
    expected = truth(reader.account, reader.now_ms)["0-15"]
    for limit in (7, 50):
        assert sum(len(sent(reader, form, limit)) for form in guids(reader)) == expected


def test_the_newest_submission_comes_first(reader):
    """A reader may stop at what it knows only if it knows that."""
    for form in guids(reader):
        times = [one["submittedAt"] for one in sent(reader, form)]
        assert times == sorted(times, reverse=True)
        assert all(isinstance(time, int) and time < reader.now_ms for time in times)


def test_a_page_has_50_at_most(reader):
    """The old API's limit."""
    with pytest.raises(ApiError) as refused:
        sent(reader, guids(reader)[0], limit=51)
    assert refused.value.status == 400


def test_one_form_has_several_pages_one_fills_a_page_and_one_is_empty(reader):
    """A full page without a cursor is an end, an empty form no mistake."""
    sizes = [
        [len(page) for page in reader.pages(list_submissions, {"formGuid": form}, limit=50)]
        for form in guids(reader)
    ]
    assert any(len(found) > 2 and found[0] == found[1] == 50 for found in sizes)
    assert [50] in sizes
    assert [0] in sizes


def test_a_page_between_others_is_empty(reader):
    """Its submissions were deleted; only the cursor tells that more follow."""
    sizes = [
        [len(page) for page in reader.pages(list_submissions, {"formGuid": form}, limit=50)]
        for form in guids(reader)
    ]
    assert any(0 in found[1:-1] and found[-1] for found in sizes)


def test_some_submissions_have_an_id_and_those_of_one_form_have_none(reader):
    """`conversionId` is no key."""
    shares = {form: {"conversionId" in one for one in sent(reader, form)} for form in guids(reader)}
    assert {True, False} in shares.values()
    assert {False} in shares.values()


def test_an_id_is_used_once(reader):
    """Over all forms."""
    ids = [
        one["conversionId"]
        for form in guids(reader)
        for one in sent(reader, form)
        if "conversionId" in one
    ]
    assert len(set(ids)) == len(ids) > 100


def test_two_submissions_of_one_millisecond_differ_in_their_values(reader):
    """Form and time do not tell them apart, in the form without ids either."""
    found = 0
    for form in guids(reader):
        every = sent(reader, form)
        for time, count in Counter(one["submittedAt"] for one in every).items():
            if count > 1:
                twins = [str(one["values"]) for one in every if one["submittedAt"] == time]
                assert len(set(twins)) == count == 2
                found += all("conversionId" not in one for one in every)
    assert found


def test_values_repeat_names_and_do_not_always_name_a_type(reader):
    """Ticked boxes are several values of one name, so a value's name is no key either."""
    every = [one for form in guids(reader) for one in sent(reader, form)]
    assert any(max(Counter(value["name"] for value in one["values"]).values()) > 1 for one in every)
    types = {value.get("objectTypeId") for one in every for value in one["values"]}
    assert types == {"0-1", "0-2", None}
    assert {"pageUrl" in one for one in every} == {True, False}


def test_a_value_has_the_marker_where_it_may_be_sensitive(reader):
    """Its property is sensitive, archived, deleted or written otherwise, with a type or without."""
    every = [one for form in guids(reader) for one in sent(reader, form)]
    marked = {
        (value["name"], value.get("objectTypeId"))
        for one in every
        for value in one["values"]
        if value["value"].startswith(CANARY)
    }
    assert marked == set(SECRETS)
    contacts = reader.account.properties("0-1")
    assert contacts["zone_of_treatment"].archived
    assert contacts["national_id"].sensitivity != "non_sensitive"
    assert "medical_record_number" not in contacts


def test_a_day_brings_submissions_to_the_front(reader):
    """What was there stays as it was."""
    forms = guids(reader)
    before = {form: sent(reader, form) for form in forms}
    reader.now_ms += DAY_MS
    grown = 0
    for form in set(guids(reader)) & set(forms):
        after = sent(reader, form)
        grown += len(after) > len(before[form])
        assert before[form] == after[len(after) - len(before[form]) :]
    assert grown > 1


@pytest.mark.parametrize("guid", ["", "x", "1b0b4c86-0000-4000-8000-000000000000"])
def test_submissions_of_an_unknown_form_are_not_found(guid, reader):
    """So are those of an archived one, which the truth does not count."""
    for form in (guid, guids(reader, archived="true")[0]):
        with pytest.raises(ApiError) as refused:
            sent(reader, form)
        assert refused.value.status == 404

"""What of a record is kept: its own text, nothing unasked, nothing sensitive, nothing invented."""

import json
from collections.abc import Sequence

import msgspec
import pytest

from crmsnap.errors import UnexpectedAnswer
from crmsnap.hubspot.endpoints.objects import Record, Version
from crmsnap.state.shapes import HISTORIES
from crmsnap.streams.record_rows import Wanted, page_of

NAMES = ("birthday", "createdate", "email", "note", "score")


def wanted(**changes: object) -> Wanted:
    values = {
        "object_type": "0-1",
        "names": NAMES,
        "dates": frozenset({"birthday", "createdate"}),
    }
    return Wanted(**(values | changes))  # type: ignore[arg-type]  # tests pass literals


def a_record(properties: dict[str, object], **changes: object) -> Record:
    values = {
        "id": "151",
        "properties": msgspec.Raw(json.dumps(properties).encode()),
        "updated_at": "2026-11-20T08:15:30.123Z",
    }
    return Record(**(values | changes))  # type: ignore[arg-type]  # tests pass literals


def kept(properties: dict[str, object], **changes: object) -> dict[str, str]:
    (row,) = page_of(wanted(**changes), [a_record(properties)], "end").rows
    body = row[-1]
    assert isinstance(body, bytes)
    values: dict[str, str] = json.loads(body)
    return values


def test_null_is_left_out_and_the_empty_string_stays():
    """The two are different things, and neither becomes the other."""
    assert kept({"email": None, "note": ""}) == {"note": ""}


def test_a_property_that_was_not_asked_for_is_dropped():
    """Three come unasked, and a sensitive one must not slip through."""
    assert kept({"email": "a@b.c", "hs_object_id": "1", "diagnosis": "flu"}) == {"email": "a@b.c"}


def test_names_are_kept_in_code_point_order():
    """The long table is written in this order, and the JSON column has it."""
    assert list(kept({"score": "1", "note": "x", "email": "y"})) == ["email", "note", "score"]


def test_numbers_keep_every_digit_and_sign_that_came():
    """Text in, text out: a number is never read as one."""
    for text in ("12345678901234567", "007", "1e5", "1;2;3", "-0.50", "1.0"):
        assert kept({"score": text}) == {"score": text}


@pytest.mark.parametrize(
    ("came", "published"),
    [
        ("2026-01-01T00:00:00.123Z", "1767225600123"),
        ("2026-01-01T00:00:00Z", "1767225600000"),
        ("2026-01-01", "1767225600000"),
        ("1653696000000", "1653696000000"),
        ("1969-12-31T23:59:59.999Z", "-1"),
        ("9999-12-31", "253402214400000"),
        ("soon", "soon"),
        ("", ""),
    ],
)
def test_a_date_becomes_milliseconds_and_any_other_text_stays(came, published):
    """As HubSpot's share gives dates; the API gives some of them in milliseconds already."""
    assert kept({"createdate": came}) == {"createdate": published}


def test_a_record_that_was_changed_beyond_the_year_9999_is_kept_without_that_time():
    """One odd record must not end every run of a whole account."""
    record = a_record({"email": "a@b.c"}, updated_at="+12345-01-01T00:00:00Z")
    ((_, updated_at, body),) = page_of(wanted(), [record], "end").rows
    assert (updated_at, body) == (None, b'{"email":"a@b.c"}')


@pytest.mark.parametrize("where", ["own time", "history"])
def test_a_time_that_cannot_be_read_names_its_record(where):
    """Among millions, nobody would find it; what the text was is not said."""
    version = Version(value="x", timestamp="tomorrow")
    record = (
        a_record({}, updated_at="tomorrow")
        if where == "own time"
        else a_record(
            {}, properties_with_history=msgspec.Raw(msgspec.json.encode({"note": [version]}))
        )
    )
    with pytest.raises(UnexpectedAnswer, match="time that cannot be read") as found:
        page_of(wanted(history_names=("note",)), [record], "end")
    assert "record 151 of type 0-1" in found.value.cause
    assert "tomorrow" not in found.value.cause


def test_only_date_properties_are_converted():
    """A note that looks like a date is a note."""
    assert kept({"note": "2026-01-01"}) == {"note": "2026-01-01"}


def test_dates_stay_as_they_came_when_that_was_chosen():
    """One setting switches to the API's own text."""
    assert kept({"createdate": "2026-01-01"}, dates=frozenset()) == {"createdate": "2026-01-01"}


@pytest.mark.parametrize("value", [1, 1.5, True, ["a"], {"a": "b"}])
def test_a_value_that_is_no_text_is_refused(value):
    """The API promises text or null; guessing how to write anything else would change it."""
    with pytest.raises(UnexpectedAnswer, match="neither text nor null"):
        kept({"score": value})


@pytest.mark.parametrize("id_", ["", "12a", "-1", "007", "1.0", "٣", str(2**63)])
def test_an_id_that_is_no_plain_number_is_refused(id_):
    """Published as another id it would be another record."""
    with pytest.raises(UnexpectedAnswer, match="no plain number"):
        page_of(wanted(), [a_record({}, id=id_)], "end")


def test_an_id_beyond_what_floats_hold_is_kept_exactly():
    """2^53 + 1 is where a float would round."""
    (row,) = page_of(wanted(), [a_record({}, id=str(2**53 + 1))], "end").rows
    assert row[0] == 9007199254740993


def a_version(value: str | None, second: int) -> Version:
    return Version(
        value=value, timestamp=f"2026-01-01T00:{second // 60:02d}:{second % 60:02d}.000Z"
    )


def history(
    versions: Sequence[object],
    object_type: str = "0-1",
    name: str = "email",
    history_names: tuple[str, ...] = NAMES,
    *,
    sources: bool = False,
) -> list[list[object]]:
    raw = msgspec.Raw(msgspec.json.encode({name: versions}))
    record = a_record({}, properties_with_history=raw)
    asked = wanted(object_type=object_type, history_names=history_names, sources=sources)
    page = page_of(asked, [record], "end")
    assert page.beside is not None
    ((_, body),) = page.beside[HISTORIES]
    assert isinstance(body, bytes)
    kept: dict[str, list[list[object]]] = json.loads(body)
    return kept.get(name, [])


@pytest.mark.parametrize(("object_type", "most"), [("0-1", 45), ("0-3", 20), ("2-123", 20)])
def test_the_newest_values_are_kept_up_to_the_limit_of_the_type(object_type, most):
    """45 for contacts and 20 for every other type, as in HubSpot's export."""
    versions = [a_version(str(second), second) for second in range(60)]
    assert [value for _, value in history(versions, object_type)] == [
        str(second) for second in range(59, 59 - most, -1)
    ]


def test_values_of_one_millisecond_stay_in_the_order_that_came():
    """The sort is stable, so the newest of equals is the one that HubSpot named first."""
    assert history([a_version("b", 5), a_version("a", 5), a_version("c", 9)]) == [
        ["2026-01-01 00:00:09.000", "c"],
        ["2026-01-01 00:00:05.000", "b"],
        ["2026-01-01 00:00:05.000", "a"],
    ]


def test_the_same_value_at_the_same_time_counts_once():
    """The pair is part of the row's key."""
    assert len(history([a_version("a", 5), a_version("a", 5)])) == 1


def test_one_moment_in_two_forms_counts_once():
    """ISO text and milliseconds of the same date are the same value once they are published."""
    versions = [a_version("2026-01-01", 5), a_version("1767225600000", 5)]
    assert len(history(versions, name="birthday")) == 1


def test_a_cleared_value_stays_in_the_history():
    """An empty newest entry is how a history says that there is no current value."""
    assert [value for _, value in history([a_version("", 9), a_version("a", 5)])] == ["", "a"]


def test_dates_are_converted_in_histories_too():
    """The newest history value must equal the current value."""
    assert history([a_version("2026-01-01", 5)], name="birthday") == [
        ["2026-01-01 00:00:05.000", "1767225600000"]
    ]


def test_the_history_of_a_property_that_was_not_asked_for_is_dropped():
    """Old values are as sensitive as the newest."""
    assert history([a_version("flu", 5)], name="diagnosis") == []


def test_the_history_of_a_property_without_one_by_choice_is_dropped():
    """Its value is copied, so it is among the names; what comes unasked is not kept."""
    assert history([a_version("x", 5)], history_names=("note",)) == []


def sourced(value: str, **source: object) -> dict[str, object]:
    return {"value": value, "timestamp": "2026-01-01T00:00:05.000Z", **source}


def test_a_version_has_its_source_only_where_that_is_wanted():
    """Without the optional table the state stays as small as it was, to the byte."""
    version = sourced(
        "a", sourceType="CRM_UI", sourceId="userId:7", sourceLabel="CRM", updatedByUserId=7
    )
    assert history([version]) == [["2026-01-01 00:00:05.000", "a"]]
    assert history([version], sources=True) == [
        ["2026-01-01 00:00:05.000", "a", "CRM_UI", "userId:7", "CRM", 7]
    ]


def test_a_source_may_say_nothing_but_its_type():
    """What HubSpot leaves out is null, so that every version has the same places."""
    assert history([sourced("a", sourceType="API")], sources=True) == [
        ["2026-01-01 00:00:05.000", "a", "API", None, None, None]
    ]


def test_of_two_sources_of_one_value_at_one_time_the_first_counts():
    """The pair of time and value is the key, as in the history without sources."""
    versions = [
        sourced("a", sourceType="API"),
        sourced("b", sourceType="API"),
        sourced("a", sourceType="CRM_UI"),
    ]
    assert [v[1:3] for v in history(versions, sources=True)] == [["a", "API"], ["b", "API"]]


def test_the_limit_of_a_history_is_the_same_with_sources():
    """The optional table has the rows of the other one."""
    versions = [{"value": str(n), "timestamp": f"2026-01-01T00:00:{n:02d}.000Z"} for n in range(60)]
    for object_type in ("0-1", "0-3"):
        with_sources = history(versions, object_type, sources=True)
        assert [v[:2] for v in with_sources] == history(versions, object_type)

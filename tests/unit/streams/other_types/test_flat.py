"""JSON of any API as names and texts: numbers as they were written, nested values as stable JSON."""

import json

import msgspec
import pytest

from crmsnap.errors import UnexpectedAnswer
from crmsnap.streams.other_types.flat import flat, plain, snake_case


def flattened(text: str) -> dict[str, str]:
    return flat(msgspec.Raw(text.encode()))


@pytest.mark.parametrize(
    "number",
    ["90071992547409931", "1.10", "1E+5", "-0", "0.1", "12345678901234567890.123456789012345678"],
)
def test_a_number_is_the_text_that_hubspot_wrote(number):
    """Through a float the first one would end in 930, and the second lose its zero."""
    assert flattened(f'{{"a": {number}, "b": [{number}]}}') == {"a": number, "b": f"[{number}]"}


def test_null_is_absent_and_the_rest_is_text():
    """An empty text is a value, null is none."""
    found = flattened(
        '{"a": null, "b": "", "c": true, "d": false, "e": "é\\n\\"x\\"", "f": [null]}'
    )
    assert found == {"b": "", "c": "true", "d": "false", "e": 'é\n"x"', "f": "[null]"}


def test_nested_values_are_compact_json_with_sorted_names():
    """Whatever order HubSpot gives today, an unchanged value gives unchanged bytes."""
    found = flattened('{"a": {"z": [1, {"y": "ü\\u00fc", "b": {}}], "A": [ ]}}')
    assert found == {"a": '{"A":[],"z":[1,{"b":{},"y":"üü"}]}'}
    assert json.loads(found["a"]) == {"z": [1, {"y": "üü", "b": {}}], "A": []}


@pytest.mark.parametrize(
    ("name", "snake"),
    [
        ("metaDescription", "meta_description"),
        ("folderIdV2", "folder_id_v2"),
        ("isAb", "is_ab"),
        ("translatedFromURL", "translated_from_url"),
        ("hs_name", "hs_name"),
        ("dynamicPageHubDbTableId", "dynamic_page_hub_db_table_id"),
        ("viewsLast30Days", "views_last30_days"),
    ],
)
def test_names_become_snake_case(name, snake):
    """As HubSpot's own Python client spells them."""
    assert snake_case(name) == snake


def test_two_names_that_would_become_one_stay_apart():
    """Whichever comes first in the answer."""
    both = {"folder_id": "1", "folderId": "2"}
    assert flattened('{"folderId": 2, "folder_id": 1}') == both
    assert flattened('{"folder_id": 1, "folderId": 2}') == both
    assert flattened('{"aB": 1, "AB": 2}') == {"a_b": "1", "ab": "2"}


def test_names_of_properties_are_never_rewritten():
    """They are HubSpot's internal names already."""
    assert plain(msgspec.Raw(b'{"hs_X": "1", "aB": null}')) == {"hs_X": "1"}


@pytest.mark.parametrize("text", ["[]", '"x"', "1"])
def test_what_is_no_object_is_named(text):
    with pytest.raises(UnexpectedAnswer, match="JSON object"):
        flattened(text)


@pytest.mark.parametrize("depth", [1_500, 100_000])
def test_what_is_nested_too_deep_is_named(depth):
    """It ends the run with a reason, not with a stack trace."""
    deep = "[" * depth + "]" * depth
    with pytest.raises(UnexpectedAnswer, match="too deep"):
        flattened(f'{{"a": {deep}}}')

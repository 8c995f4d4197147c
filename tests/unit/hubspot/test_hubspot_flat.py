"""Objects of HubSpot's older APIs as flat maps of texts."""

import msgspec
import pytest

from crmsnap.hubspot.flat import flat, snake_case

_decode = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ('"Grüße\\n"', "Grüße\n"),
        ('""', ""),
        ("true", "true"),
        ("90071992547409931234", "90071992547409931234"),
        ("1.10", "1.10"),
        ("1E5", "1E5"),
        (' { "b" : [ 1.0, null ], "a": "\\u00fc" } ', '{"a":"ü","b":[1.0,null]}'),
        ("[]", "[]"),
    ],
)
def test_a_value_is_its_own_text(value, text):
    """A number through a float would be another one; what is nested is the same text every day."""
    assert flat(_decode(f'{{"x": {value}}}'.encode())) == {"x": text}


def test_null_is_absent():
    """Null never becomes a value."""
    assert flat(_decode(b'{"a": null, "b": ""}')) == {"b": ""}


@pytest.mark.parametrize(
    ("name", "snake"),
    [
        ("emailCampaignId", "email_campaign_id"),
        ("hmid", "hmid"),
        ("userURLName", "user_url_name"),
        ("v2Id", "v2_id"),
        ("hs_x", "hs_x"),
    ],
)
def test_names_are_in_snake_case(name, snake):
    """As HubSpot's own property names are."""
    assert snake_case(name) == snake


def test_two_names_that_would_become_one_stay_two():
    """No value takes the place of another one."""
    assert flat(_decode(b'{"linkId": 1, "link_id": 2}')) == {"linkId": "1", "link_id": "2"}

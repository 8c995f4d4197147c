"""Pages, posts, forms, emails and campaigns have one life cycle and one way of paging."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.asset_counts import truth
from crmsnap.sandbox.account.assets import (
    ASSET_KINDS,
    BLOG_POST,
    CAMPAIGN,
    FORM,
    LANDING_PAGE,
    MARKETING_EMAIL,
    SITE_PAGE,
    AssetKind,
)
from crmsnap.sandbox.account.times import DAY_MS, iso
from crmsnap.sandbox.api import blog_posts, campaigns, cms_pages, forms, marketing_emails
from crmsnap.sandbox.api.objects import list_records
from crmsnap.sandbox.api.properties import FAMILY as PROPERTIES
from crmsnap.sandbox.api.route import ApiError, Call, Reply

Handler = Callable[[Account, Call], Reply]


@dataclass(frozen=True)
class Api:
    """How one kind is listed and read one by one."""

    kind: AssetKind
    listing: Handler
    getting: Handler
    variable: str
    created: str = "createdAt"
    updated: str = "updatedAt"

    def __str__(self) -> str:
        return self.kind.type_id


CMS = {"variable": "objectId", "created": "created", "updated": "updated"}
APIS = (
    Api(LANDING_PAGE, cms_pages.list_landing_pages, cms_pages.get_landing_page, **CMS),
    Api(SITE_PAGE, cms_pages.list_site_pages, cms_pages.get_site_page, **CMS),
    Api(BLOG_POST, blog_posts.list_posts, blog_posts.get_post, **CMS),
    Api(FORM, forms.list_forms, forms.get_form, "formId"),
    Api(MARKETING_EMAIL, marketing_emails.list_emails, marketing_emails.get_email, "emailId"),
    Api(CAMPAIGN, campaigns.list_campaigns, campaigns.get_campaign, "campaignGuid"),
)
WITH_ARCHIVE = [api for api in APIS if api.kind is not CAMPAIGN]
every_kind = pytest.mark.parametrize("api", APIS, ids=str)


def test_no_kind_is_forgotten_here():
    """A new kind needs a line above."""
    assert {api.kind for api in APIS} == set(ASSET_KINDS)


@every_kind
@pytest.mark.parametrize("limit", [1, 4, 100])
def test_pages_of_any_size_hold_every_live_asset_once(api, limit, reader):
    """As many as the truth says, and as `total` says where there is one."""
    found = reader.all(api.listing, limit=limit)
    assert len({one["id"] for one in found}) == len(found)
    assert len(found) == truth(reader.account, reader.now_ms)[api.kind.type_id]
    first = reader.get(api.listing, limit=limit)
    assert first.get("total", len(found)) == len(found)
    assert ("total" in first) is (api.kind is not FORM)


@every_kind
def test_assets_come_in_the_order_of_their_creation(api, reader):
    """The order that HubSpot's clients document as the default."""
    times = [one[api.created] for one in reader.all(api.listing)]
    assert times == sorted(times)


@every_kind
def test_an_asset_is_the_same_in_the_list_and_by_its_id(api, reader):
    """A campaign by its id has its assets too."""
    for listed in reader.all(api.listing):
        alone = reader.get(api.getting, {api.variable: listed["id"]})
        alone.pop("assets", None)
        assert alone == listed


@pytest.mark.parametrize("api", WITH_ARCHIVE, ids=str)
def test_archived_assets_are_a_list_of_their_own(api, reader):
    """A reader that asks once sees only the live ones."""
    live, archived = reader.all(api.listing), reader.all(api.listing, archived="true", limit=1)
    assert archived
    assert not {one["id"] for one in live} & {one["id"] for one in archived}


def test_archived_campaigns_are_gone(reader):
    """No client and no documentation has a way to list them."""
    with pytest.raises(ApiError) as refused:
        reader.get(campaigns.list_campaigns, archived="true")
    assert refused.value.status == 400


@every_kind
def test_a_day_makes_edits_and_archives_some(api, reader):
    """What is new, changed and gone can be told from the answers alone."""
    before = {one["id"]: one for one in reader.all(api.listing)}
    reader.now_ms += DAY_MS
    after = {one["id"]: one for one in reader.all(api.listing)}
    assert len(after.keys() - before.keys()) == 1
    assert len(before.keys() - after.keys()) == 1
    changed = [id_ for id_ in before.keys() & after.keys() if before[id_] != after[id_]]
    assert changed
    for id_ in changed:
        assert after[id_][api.updated] > before[id_][api.updated]


@every_kind
def test_the_same_seed_and_day_give_the_same_answers(api, reader):
    """After many days too, in whatever steps the clock went there."""
    again = replace(reader, account=Account(seed=1, contacts=200, now_ms=reader.now_ms))
    reader.now_ms += DAY_MS
    reader.all(api.listing)
    reader.now_ms += 40 * DAY_MS
    again.now_ms += 41 * DAY_MS
    assert reader.all(api.listing) == again.all(api.listing)


@every_kind
def test_no_time_lies_in_the_future_or_before_the_creation(api, reader):
    """Archiving and edits happen after an asset was made."""
    for day in range(0, 30, 7):
        later = replace(reader, now_ms=reader.now_ms + day * DAY_MS)
        for one in later.all(api.listing):
            assert one[api.created] <= one[api.updated] < iso(later.now_ms)


@every_kind
def test_short_and_empty_pages_lose_nothing_when_the_cursor_is_followed(api, reader):
    """The knob that does this to records does it to assets too."""
    whole = reader.all(api.listing)
    reader.account.knobs.short_pages = True
    sizes = [len(page) for page in reader.pages(api.listing, limit=3)]
    assert any(size < 3 for size in sizes[:-1])
    assert reader.all(api.listing, limit=3) == whole


def test_some_page_is_empty_and_has_a_cursor(reader):
    """Of all kinds and page sizes together: it is rare, as it should be."""
    reader.account.knobs.short_pages = True
    answers = [reader.get(api.listing, limit=limit) for api in APIS for limit in range(1, 9)]
    assert any(not one["results"] and one["paging"]["next"]["after"] for one in answers)


@every_kind
def test_times_can_be_asked_for(api, reader):
    """After and before are exclusive, at is exact; what is no time is refused."""
    found = reader.all(api.listing)
    middle = found[len(found) // 2][api.updated]
    later = reader.all(api.listing, updatedAfter=middle)
    earlier = reader.all(api.listing, updatedBefore=middle)
    exact = reader.all(api.listing, updatedAt=middle)
    assert exact
    assert len(later) + len(earlier) + len(exact) == len(found)
    with pytest.raises(ApiError) as refused:
        reader.get(api.listing, createdAfter="yesterday")
    assert refused.value.status == 400


@every_kind
@pytest.mark.parametrize(
    "query", [{"limit": 101}, {"limit": 0}, {"after": "x"}, {"sort": "-name"}, {"archived": "no"}]
)
def test_what_cannot_be_read_is_refused(api, query, reader):
    """Never answered with a default."""
    with pytest.raises(ApiError) as refused:
        reader.get(api.listing, **query)
    assert refused.value.status == 400
    assert refused.value.body["category"] == "VALIDATION_ERROR"


@every_kind
@pytest.mark.parametrize("id_", ["1", "x", "00000000-0000-4000-8000-000000000000", "²"])
def test_an_unknown_id_is_not_found(api, id_, reader):
    """The CMS APIs answer 500 in HubSpot's error form where the others answer 404."""
    with pytest.raises(ApiError) as refused:
        reader.get(api.getting, {api.variable: id_})
    of_cms = api.variable == "objectId"
    assert refused.value.status == (500 if of_cms else 404)
    assert ("category" in refused.value.body) is not of_cms


def test_two_kinds_share_no_asset(reader):
    """Each draws its values by numbers of its own."""
    names = [[one["name"] for one in reader.all(api.listing)] for api in APIS[:5]]
    assert len({json.dumps(found) for found in names}) == len(names)


@pytest.mark.parametrize("kind", ASSET_KINDS, ids=lambda kind: kind.type_id)
def test_the_generic_objects_api_refuses_the_type(kind, reader):
    """Records and definitions alike; marketing emails by their name."""
    for handler in (list_records, PROPERTIES.routes[0].handler):
        with pytest.raises(ApiError) as refused:
            reader.get(handler, {"type": kind.type_id})
        assert refused.value.status == 400
        said = "MARKETING_EMAIL not supported" in refused.value.body["message"]
        assert said is (kind is MARKETING_EMAIL)


def test_a_large_account_has_more_than_one_page_of_emails():
    """A reader of the first page only is found out; the number of assets ends somewhere."""
    for contacts, emails in ((2_000, 100), (20_000, 1_000)):
        account = Account(seed=1, contacts=contacts, now_ms=0)
        assert truth(account, 0)["0-29"] > emails
    assert truth(Account(seed=1, contacts=1_000_000, now_ms=0), 0)["0-28"] <= FORM.at_most


def every_text(value: Any) -> list[str]:
    """All texts within a JSON value."""
    if isinstance(value, dict):
        return [text for one in value.values() for text in every_text(one)]
    if isinstance(value, list):
        return [text for one in value for text in every_text(one)]
    return [value] if isinstance(value, str) else []


@every_kind
def test_texts_hold_newlines_markup_and_emoji(api, reader):
    """In fields that are plain texts for a reader."""
    query = {"properties": "hs_name,hs_notes"} if api.kind is CAMPAIGN else {}
    texts = [text for one in reader.all(api.listing, **query) for text in every_text(one)]
    for part in ("\n", "\r\n", "</h1>", "\N{GRINNING FACE}", '"'):
        assert any(part in text for text in texts)


@every_kind
def test_some_number_is_larger_than_a_float_holds(api, reader):
    """As a text, so that nobody has an excuse."""
    query = {"properties": "hs_object_id"} if api.kind is CAMPAIGN else {}
    texts = [text for one in reader.all(api.listing, **query) for text in every_text(one)]
    numbers = [int(text) for text in texts if text.isascii() and text.isdigit()]
    assert any(number > 2**53 and int(float(number)) != number for number in numbers)

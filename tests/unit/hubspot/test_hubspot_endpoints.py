"""What the endpoint functions make of answers that the sandbox does not give."""

import json

import pytest

from crmsnap.errors import UnexpectedAnswer
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import account, events, lists, objects, properties, types
from crmsnap.hubspot.paths import OBJECT_LIST
from tests.unit.hubspot.host import Host, Reply

RECORD = {"id": "1", "properties": {}}


def test_a_cursor_may_be_a_number(client: Client, host: Host) -> None:
    """Text on lists, a number on search, and now and then the other way round."""
    host.answer(Reply({"results": [RECORD], "paging": {"next": {"after": 900}}}))
    assert objects.page(client, "0-1", properties=(), limit=1, after="89").after == "900"


@pytest.mark.parametrize("after", ["500", "499", 499])
def test_a_list_that_does_not_move_on_is_named(client: Client, host: Host, after: object) -> None:
    """Going on would read the same page for ever."""
    host.answer(Reply({"results": [RECORD], "paging": {"next": {"after": after}}}))
    with pytest.raises(UnexpectedAnswer, match="do not come to an end"):
        objects.page(client, "0-1", properties=(), limit=1, after="500")


def test_an_empty_page_with_a_cursor_is_not_the_end(client: Client, host: Host) -> None:
    """HubSpot hides records from pages after it has counted them."""
    host.answer(Reply({"results": [], "paging": {"next": {"after": "7"}}}))
    page = objects.page(client, "0-1", properties=(), limit=100, after=None)
    assert (page.results, page.after) == ([], "7")


def test_lists_of_lists_that_do_not_move_on_are_named(client: Client, host: Host) -> None:
    """`hasMore` without progress."""
    host.answer(Reply({"lists": [], "hasMore": True, "offset": 500}))
    assert lists.page(client, 0).next_offset == 500
    with pytest.raises(UnexpectedAnswer, match="do not come to an end"):
        lists.page(client, 500)


def test_names_are_sent_in_the_body_of_a_batch(client: Client, host: Host) -> None:
    """Where their number does not matter."""
    host.answer(Reply({"results": [RECORD]}))
    objects.batch_read(client, "0-1", ids=["1"], properties=["a"], history=["b"])
    assert json.loads(host.got[0].body) == {
        "inputs": [{"id": "1"}],
        "properties": ["a"],
        "propertiesWithHistory": ["b"],
    }
    assert host.got[0].target.endswith("/0-1/batch/read?archived=false")


@pytest.mark.parametrize("context", [{"ids": ["2"]}, {"ids": ["2", "7"], "other": []}])
def test_a_batch_tells_what_is_gone_from_what_it_says_nothing_of(
    client: Client, host: Host, context: dict[str, list[str]]
) -> None:
    """A record that is not found is not live; one that was forgotten may well be."""
    error = {"category": "OBJECT_NOT_FOUND", "context": context}
    host.answer(Reply({"results": [RECORD], "errors": [error]}, 207))
    batch = objects.batch_read(client, "0-1", ids=["1", "2", "3"], properties=["a"])
    assert (batch.missing, batch.silent) == (("2",), ("3",))


@pytest.mark.parametrize("context", [{}, {"context": None}, {"context": {}}])
def test_an_error_that_names_no_record_explains_none(
    client: Client, host: Host, context: dict[str, None]
) -> None:
    """Then each that did not come has to be looked after."""
    error = {"category": "OBJECT_NOT_FOUND", **context}
    host.answer(Reply({"results": [RECORD], "errors": [error]}, 207))
    batch = objects.batch_read(client, "0-1", ids=["1", "2"], properties=["a"])
    assert (batch.missing, batch.silent) == ((), ("2",))


def test_an_id_leads_to_the_live_record_that_it_stands_for(client: Client, host: Host) -> None:
    """Itself, the record that it was merged into, or none."""
    host.answer(Reply(RECORD))
    assert objects.live_id(client, "0-1", "1") == "1"
    assert objects.live_id(client, "0-1", "7") == "1"
    host.answer(Reply({"status": "error", "message": "resource not found"}, 404))
    assert objects.live_id(client, "0-1", "7") is None
    assert host.got[0].target == "/crm/objects/2026-09/0-1/1?archived=false"


def test_a_batch_with_another_error_is_no_batch(client: Client, host: Host) -> None:
    """The record is there, it could not be read: a hole if it were left out."""
    host.answer(Reply({"results": [RECORD], "errors": [{"category": "INTERNAL"}]}, 207))
    with pytest.raises(UnexpectedAnswer, match="left records"):
        objects.batch_read(client, "0-1", ids=["1", "2"], properties=["a"])


def test_the_url_of_a_list_stays_below_twelve_thousand_characters(
    client: Client, host: Host
) -> None:
    """As it is sent: commas and signs take three characters, and the cursor comes on top."""
    names = [f"property_number_{number:04}" for number in range(600)]
    fitting = max(n for n in range(600) if objects.fits_url(client, "0-1", names[:n], ()))
    host.answer(Reply({"results": [RECORD]}))
    objects.page(client, "0-1", properties=names[:fitting], limit=100, after=str(2**63))
    assert 11_900 < len(host.url + host.got[0].target) < 12_000
    half = names[: fitting // 2 + 20]
    assert not objects.fits_url(client, "0-1", half, half)
    assert client.url_of(OBJECT_LIST, path={"type": "0-1"}).startswith(host.url)


def test_history_tells_value_time_and_source(client: Client, host: Host) -> None:
    """A value can be null, and whoever set it unknown."""
    version = {"value": None, "timestamp": "2026-01-01T00:00:00Z", "sourceType": "CRM_UI"}
    host.answer(Reply({"results": [RECORD | {"propertiesWithHistory": {"a": [version]}}]}))
    (record,) = objects.page(
        client, "0-1", properties=(), history=["a"], limit=50, after=None
    ).results
    at = "2026-01-01T00:00:00Z"
    assert objects.histories(record, sources=False) == {"a": [objects.Version(None, at)]}
    assert objects.histories(record, sources=True) == {
        "a": [objects.SourcedVersion(None, at, "CRM_UI")]
    }


def test_a_definition_without_a_class_of_sensitivity_says_so(client: Client, host: Host) -> None:
    """Legacy answers have no such field: the caller has to fail closed, not to read it as harmless."""
    host.answer(Reply({"results": [{"name": "a", "type": "string", "new field": {}}]}))
    (definition,) = properties.definitions(client, "0-1", archived=True)
    assert definition.data_sensitivity is None
    assert host.got[0].target == "/crm/properties/2026-09/0-1?archived=true"


def test_a_schema_that_does_not_say_may_hold_sensitive_properties(
    client: Client, host: Host
) -> None:
    """Fail closed."""
    host.answer(Reply({"results": [{"objectTypeId": "2-1", "name": "pets"}]}))
    (schema,) = types.schemas(client, archived=False)
    assert schema.allows_sensitive_properties
    assert (schema.singular, schema.plural) == (None, None)


def test_the_day_that_hubspot_does_not_tell_is_unknown(client: Client, host: Host) -> None:
    """OAuth tokens have none, and the figure may not be ready."""
    usage = {"name": "private-apps-api-calls-daily", "usageLimit": 5, "currentUsage": 1}
    host.answer(Reply({"results": [usage | {"fetchStatus": "FAILURE"}]}))
    assert account.daily_usage(client) is None
    host.answer(Reply({"message": "no"}, 403))
    assert account.daily_usage(client) is None
    host.answer(Reply({"results": [usage | {"fetchStatus": "SUCCESS"}]}))
    assert account.daily_usage(client) == account.DailyUsage(5, 1, None)


def test_an_event_type_goes_by_its_fully_qualified_name(client: Client, host: Host) -> None:
    """Occurrences are asked for by it; the bare name belongs to nobody."""
    definition = {"objectTypeId": "6-1", "name": "login", "fullyQualifiedName": "pe1_login"}
    host.answer(Reply({"results": [definition | {"labels": {"singular": "Login"}}]}))
    (found,) = events.definitions(client, None).results
    assert (found.name, found.label, found.properties) == ("pe1_login", "Login", [])

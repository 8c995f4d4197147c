"""The account itself, and how many calls of the day are used up.

(developers.hubspot.com: "Account information API".)
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from crmsnap.errors import MissingScope, NotFound
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.paths import ACCOUNT_DETAILS, DAILY_USAGE


@dataclass(frozen=True, slots=True)
class AccountDetails:
    """Which account a token belongs to."""

    portal_id: str
    account_type: str | None
    """STANDARD, SANDBOX, DEVELOPER_TEST or APP_DEVELOPER."""
    time_zone: str | None
    """Where the day of the daily limit begins: `America/New_York`."""
    ui_domain: str | None
    data_hosting_location: str | None


@dataclass(frozen=True, slots=True)
class DailyUsage:
    """The pool of calls that all private apps and service keys of the account share."""

    limit: int
    used: int
    resets_at: str | None


def details(client: Client) -> AccountDetails:
    """The account of the token; no scope is needed."""
    answer = client.ask(ACCOUNT_DETAILS, _decode_details)
    return AccountDetails(
        portal_id=str(answer.portal_id),
        account_type=answer.account_type,
        time_zone=answer.time_zone,
        ui_domain=answer.ui_domain,
        data_hosting_location=answer.data_hosting_location,
    )


def learn_day(client: Client, details: AccountDetails) -> None:
    """Find out when the day's calls start anew, so that the error of a spent day says it.

    Where HubSpot does not tell, at midnight in the account's time zone ("API usage guidelines and limits").
    """
    usage = daily_usage(client)
    if usage is not None and usage.resets_at:
        return
    midnight = _next_midnight(client.server_date(), details.time_zone)
    if midnight is not None:
        client.learn_reset(midnight.isoformat())


def daily_usage(client: Client) -> DailyUsage | None:
    """The pool of today; None when HubSpot does not tell this token, or not now."""
    try:
        answer = client.ask(DAILY_USAGE, _decode_usage)
    except (MissingScope, NotFound):
        return None
    for usage in answer.results:
        if usage.name == "private-apps-api-calls-daily" and usage.fetch_status in _FETCHED:
            if usage.resets_at:
                client.learn_reset(usage.resets_at)
            return DailyUsage(usage.usage_limit, usage.current_usage, usage.resets_at)
    return None


def _next_midnight(now: datetime, zone: str | None) -> datetime | None:
    """In UTC; None for a time zone that nobody knows here."""
    try:
        local = now.astimezone(ZoneInfo(zone or ""))
    except (ZoneInfoNotFoundError, ValueError):
        return None
    tomorrow = local.date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), local.tzinfo).astimezone(UTC)


_FETCHED = (None, "SUCCESS", "CACHED")


class _Details(msgspec.Struct, rename="camel"):
    portal_id: int
    account_type: str | None = None
    time_zone: str | None = None
    ui_domain: str | None = None
    data_hosting_location: str | None = None


class _Usage(msgspec.Struct, rename="camel"):
    name: str
    usage_limit: int
    current_usage: int
    fetch_status: str | None = None
    resets_at: str | None = None


class _UsageAnswer(msgspec.Struct):
    results: list[_Usage]


_decode_details = msgspec.json.Decoder(_Details).decode
_decode_usage = msgspec.json.Decoder(_UsageAnswer).decode

"""`/account-info`: whose account it is, and how much of today's calls is used up."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import orjson

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.times import iso
from crmsnap.sandbox.api import pages
from crmsnap.sandbox.api.route import Call, Family, Reply, Route

TIME_ZONE = "America/New_York"
"""The account's zone: its daily limit starts anew at midnight there, not at midnight UTC."""


def details(account: Account, call: Call) -> Reply:
    """The account itself."""
    offset = _local(call.now_ms).utcoffset() or timedelta()
    minutes = offset // timedelta(minutes=1)
    return Reply(
        orjson.dumps(
            {
                "portalId": account.portal_id,
                "accountType": "STANDARD",
                "timeZone": TIME_ZONE,
                "companyCurrency": "USD",
                "additionalCurrencies": ["EUR", "JPY"],
                "utcOffset": f"{minutes // 60:+03d}:{minutes % 60:02d}",
                "utcOffsetMilliseconds": minutes * 60_000,
                "uiDomain": "app.hubspot.com",
                "dataHostingLocation": "na1",
            }
        )
    )


def daily_usage(account: Account, call: Call) -> Reply:
    """Calls of today by all private apps and service keys together."""
    used, allowed = account.daily_usage()
    midnight = _local(call.now_ms).replace(hour=0, minute=0, second=0, microsecond=0)
    usage = {
        "name": "private-apps-api-calls-daily",
        "usageLimit": allowed,
        "currentUsage": used,
        "collectedAt": iso(call.now_ms),
        "fetchStatus": "SUCCESS",
        "resetsAt": iso(_milliseconds(midnight + timedelta(days=1))),
    }
    return pages.page([orjson.dumps(usage)], after=None)


def _paths(rest: str) -> tuple[str, ...]:
    return (f"/account-info/v3/{rest}", f"/account-info/{{version}}/{rest}")


FAMILY = Family(
    name="account-info",
    limit="burst",
    routes=(
        Route("GET", _paths("details"), details),
        Route("GET", _paths("api-usage/daily/private-apps"), daily_usage),
    ),
)


def _local(now_ms: int) -> datetime:
    return datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(ZoneInfo(TIME_ZONE))


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)

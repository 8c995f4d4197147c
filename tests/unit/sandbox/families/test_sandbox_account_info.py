from crmsnap.sandbox.api.account_info import daily_usage, details

SUMMER_MS = 1_783_000_000_000


def test_the_details_name_the_account(reader):
    """The id in them is the one in the names of custom types and events."""
    assert reader.get(details)["portalId"] == reader.account.portal_id


def test_the_offset_follows_the_seasons(reader):
    """An account keeps local time: its daily limit moves by an hour twice a year."""
    assert reader.get(details)["utcOffset"] == "-05:00"
    reader.now_ms = SUMMER_MS
    summer = reader.get(details)
    assert (summer["utcOffset"], summer["utcOffsetMilliseconds"]) == ("-04:00", -14_400_000)


def test_the_usage_is_what_the_server_counted(reader):
    """A reader plans its day by it."""
    reader.account.daily_usage = lambda: (17, 250_000)
    (usage,) = reader.all(daily_usage)
    assert (usage["currentUsage"], usage["usageLimit"]) == (17, 250_000)


def test_the_limit_is_reset_at_the_next_local_midnight(reader):
    """Not at midnight UTC: the account is in New York."""
    (winter,) = reader.all(daily_usage)
    assert winter["resetsAt"] == "2026-11-26T05:00:00.000Z"
    reader.now_ms = SUMMER_MS
    (summer,) = reader.all(daily_usage)
    assert summer["resetsAt"].endswith("T04:00:00.000Z")

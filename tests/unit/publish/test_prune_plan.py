"""Which days stay and which go: decided over names, with every other day's fate told."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest

from crmsnap.publish.prune_plan import Decision, Keep, Trouble, decide, decide_one
from tests.unit.publish.made_up_tables import seeded

TODAY = "2026-11-22"


def run_of_days(first: str, count: int) -> list[str]:
    start = date.fromisoformat(first)
    return [(start + timedelta(days=n)).isoformat() for n in range(count)]


def by(
    keep: Keep, days: list[str], trouble: Trouble = lambda _: "", today: str = TODAY
) -> tuple[Decision, ...]:
    return decide(days, keep, trouble, today=today)


def verdicts(days: list[str], keep: Keep, trouble: Mapping[str, str] | None = None) -> list[str]:
    decided = by(keep, days, lambda day: (trouble or {}).get(day, ""))
    assert [decision.day for decision in decided] == sorted(days)
    return [decision.verdict for decision in decided]


def test_days_are_counted_back_from_the_newest_complete_day():
    """Not from today: an account whose syncs have stopped must not lose its copies one by one."""
    days = run_of_days("2026-11-01", 10)
    assert verdicts(days, Keep(3)) == ["goes"] * 7 + ["stays"] * 3


def test_missing_days_count_too():
    """`30 days` is a period, not a number of snapshots."""
    days = ["2026-11-01", "2026-11-08", "2026-11-15", "2026-11-22"]
    assert verdicts(days, Keep(8)) == ["goes", "goes", "stays", "stays"]


def test_of_months_before_the_kept_days_the_first_complete_day_stays():
    """The month in which the kept days begin is the first of them."""
    days = run_of_days("2026-08-20", 95)  # to 2026-11-22
    decided = by(Keep(7, monthly=3), days)
    kept = [one for one in decided if one.verdict == "stays"]
    assert [one.day for one in kept] == [
        *("2026-09-01", "2026-10-01", "2026-11-01"),
        *run_of_days("2026-11-16", 7),
    ]
    assert kept[0].reason == "the first complete day of 2026-09"


def test_a_month_keeps_its_first_complete_day_not_its_first_name():
    """A day that is damaged keeps nobody else from staying."""
    days = ["2026-09-01", "2026-09-02", "2026-09-03", "2026-11-22"]
    assert verdicts(days, Keep(1, monthly=12), {"2026-09-01": "it is damaged"}) == [
        *("left", "stays", "goes", "stays")
    ]


def test_months_go_back_over_the_end_of_a_year():
    """Also where the month before the kept days is another one than theirs."""
    days = ["2025-11-30", "2025-12-31", "2026-01-01", "2026-01-31", "2026-02-01"]
    assert verdicts(days, Keep(1, monthly=2)) == ["goes", "stays", "stays", "goes", "stays"]


def test_a_day_that_has_not_come_yet_counts_for_nothing():
    """One snapshot of a clock that was wrong by years must not make all real ones old."""
    days = [*run_of_days("2026-11-20", 3), "2062-11-22", "2099-01-01"]
    decided = by(Keep(2), days)
    assert [one.verdict for one in decided] == ["goes", "stays", "stays", "left", "left"]
    assert decided[2:4] == (
        Decision("2026-11-22", "stays", "the newest complete day"),
        Decision("2062-11-22", "left", "later than 2026-11-22"),
    )
    assert [one.verdict for one in by(Keep(1), ["2062-11-22"])] == ["left"]


@pytest.mark.parametrize(
    ("day", "even_newest", "verdict"),
    [("2026-11-22", False, "stays"), ("2062-11-22", False, "stays"), ("2062-11-22", True, "goes")],
)
def test_the_newest_day_is_so_whatever_lies_in_the_future(
    day: str, even_newest: bool, verdict: str
):
    """And the wrong day can be removed by its name, when that is meant."""
    days = ["2026-11-21", "2026-11-22", "2062-11-22"]
    (decision,) = decide_one(days, day, lambda _: "", today=TODAY, even_newest=even_newest)
    assert decision.verdict == verdict


def test_a_day_that_is_not_whole_counts_for_nothing():
    """Were it the newest, whole days would go for the sake of a damaged one."""
    days = run_of_days("2026-11-20", 3)
    assert verdicts(days, Keep(1), {"2026-11-22": "it has no manifest"}) == [
        *("goes", "stays", "left")
    ]
    assert verdicts(days, Keep(1), dict.fromkeys(days, "it is damaged")) == ["left"] * 3


def test_the_newest_stay_whatever_their_age():
    """Somebody who syncs once a month and keeps 7 days still has more than one copy."""
    days = ["2026-08-01", "2026-09-01", "2026-10-01", "2026-11-01"]
    assert verdicts(days, Keep(7, last=3)) == ["goes", "stays", "stays", "stays"]


def test_a_month_is_not_kept_twice():
    """Its first complete day may be among the newest."""
    days = ["2026-09-03", "2026-10-05", "2026-10-20", "2026-11-01"]
    assert verdicts(days, Keep(1, monthly=2, last=3)) == ["stays"] * 4


def test_more_days_than_there_were_years_keep_everything():
    """A number without limit is no reason to fail."""
    days = ["0001-01-01", "0001-01-02", "2026-11-22"]
    assert verdicts(days, Keep(10**9, monthly=10**4))[2] == "stays"
    assert "goes" not in verdicts(days[1:], Keep(10**9))


def test_days_inside_the_kept_period_are_not_looked_at():
    """Looking costs requests, and retention comes with every sync."""
    asked = []
    by(Keep(20), run_of_days("2026-11-01", 22), lambda day: asked.append(day) or "")
    assert asked == ["2026-11-22", "2026-11-01", "2026-11-02"]


def test_what_was_kept_once_is_kept_by_the_next_prune_too():
    """Pruned every day, a month's first day must live as long as it would if pruned only at the end."""
    keep = Keep(7, monthly=3)
    daily: list[str] = []
    for day in run_of_days("2026-01-01", 300):
        daily.append(day)
        daily = [one.day for one in by(keep, daily) if one.verdict == "stays"]
    at_once = by(keep, run_of_days("2026-01-01", 300))
    assert daily == [one.day for one in at_once if one.verdict == "stays"]


def test_of_any_days_the_newest_whole_one_stays():
    """Over random names, troubles and rules."""
    random = seeded(7)
    for _ in range(500):
        days = sorted(random.sample(run_of_days("2026-01-01", 120), random.randint(1, 30)))
        trouble = {day: "it is damaged" for day in days if random.random() < 0.3}
        keep = Keep(random.randint(1, 60), random.randint(0, 4), random.randint(1, 3))
        decided = {
            one.day: one.verdict for one in by(keep, days, lambda d, of=trouble: of.get(d, ""))
        }
        whole = [day for day in days if day not in trouble]
        assert all(decided[day] == "stays" for day in whole[-keep.last :])
        assert all(decided[day] != "goes" for day in trouble)
        assert set(decided) == set(days)


@pytest.mark.parametrize(
    ("day", "even_newest", "verdict"),
    [
        ("2026-11-20", False, "goes"),
        ("2026-11-21", False, "stays"),
        ("2026-11-21", True, "goes"),
        ("2026-11-22", True, "left"),
        ("2026-11-19", True, "left"),
    ],
)
def test_one_day_goes_by_its_name(day: str, even_newest: bool, verdict: str):
    """The newest whole one only if that is said, and never one that is not whole."""
    trouble = {"2026-11-22": "it is damaged", "2026-11-19": "it has no manifest"}
    days = ["2026-11-20", "2026-11-21", "2026-11-22"]
    (decision,) = decide_one(
        days, day, lambda d: trouble.get(d, ""), today=TODAY, even_newest=even_newest
    )
    assert (decision.day, decision.verdict) == (day, verdict)


def test_a_decision_says_why():
    """What `prune` shows before anything is done."""
    decided = by(Keep(2), run_of_days("2026-11-20", 3))
    assert decided == (
        Decision("2026-11-20", "goes", "older than the last 2 days"),
        Decision("2026-11-21", "stays", "within the last 2 days"),
        Decision("2026-11-22", "stays", "the newest complete day"),
    )

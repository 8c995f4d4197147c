"""An event is one row, however often and with whatever times HubSpot gives it."""

import pytest

from crmsnap.state.folder import open_reader, open_stream
from crmsnap.state.stream_file import RunMark

FIRST = RunMark("run-1", "2026-11-21 02:00:00.000")
SECOND = RunMark("run-2", "2026-11-22 02:00:00.000")
EARLY, MIDDLE, LATE = (f"2026-11-{day} 00:00:00.000" for day in (10, 11, 12))


def events(*rows, mail):
    """Rows of (time, id) as the stream of events, or that of mails, keeps them."""
    type_ = ("OPEN",) if mail else ()
    return [(*type_, at, id_, "0-1", "1", b"{}") for at, id_ in rows]


def scan(folder, run, *pages, mail):
    stream = "email-events" if mail else "events/e_x"
    with open_stream(folder, stream, run) as file:
        for number, page in enumerate(pages):
            file.save(events(*page, mail=mail), str(number))
        file.finish()
    reader = open_reader(folder, (stream,), run.run_id)
    found = reader.email_events("OPEN") if mail else reader.events(stream)
    return [(event.occurred_at, event.id) for event in found]


@pytest.mark.parametrize("mail", [False, True])
def test_an_event_that_comes_again_is_one_row(tmp_path, mail):
    """Both ends of a slice of time are included, so what lies on a border comes twice."""
    pages = [[(EARLY, "a"), (MIDDLE, "b")], [(MIDDLE, "b"), (LATE, "c")]]
    assert scan(tmp_path, FIRST, *pages, mail=mail) == [(EARLY, "a"), (MIDDLE, "b"), (LATE, "c")]


@pytest.mark.parametrize("mail", [False, True])
@pytest.mark.parametrize("order", [1, -1])
def test_of_an_id_with_several_times_the_newest_stays(tmp_path, mail, order):
    """The id is the key of the table; in whichever order they came."""
    pages = [[(EARLY, "a"), (EARLY, "b")], [(LATE, "a")], [(MIDDLE, "a")]][::order]
    assert scan(tmp_path, FIRST, *pages, mail=mail) == [(EARLY, "b"), (LATE, "a")]


@pytest.mark.parametrize("mail", [False, True])
def test_a_time_that_is_no_longer_given_does_not_stay(tmp_path, mail):
    """Yesterday's row is not newer than what HubSpot says today."""
    scan(tmp_path, FIRST, [(LATE, "a")], mail=mail)
    assert scan(tmp_path, SECOND, [(EARLY, "a")], mail=mail) == [(EARLY, "a")]


def test_two_types_of_mail_events_may_share_an_id(tmp_path):
    """Each type is a table of its own."""
    with open_stream(tmp_path, "email-events", FIRST) as file:
        rows = [(type_, EARLY, "a", "0-1", None, b"{}") for type_ in ("SENT", "OPEN")]
        file.save(rows, "end")
        file.finish()
    reader = open_reader(tmp_path, ("email-events",), FIRST.run_id)
    assert reader.email_event_counts() == {"OPEN": 1, "SENT": 1}

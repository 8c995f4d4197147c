"""Following cursors: to the end, and never for ever."""

from collections.abc import Callable, Mapping

import pytest

from crmsnap.errors import UnexpectedAnswer
from crmsnap.hubspot.paging import advanced, follow


def pages(
    chain: Mapping[str | None, str | None],
) -> Callable[[str | None], tuple[str | None, str | None]]:
    """A source whose page at a cursor names the next one."""
    return lambda after: (after, chain[after])


def cursor_of(page: tuple[str | None, str | None]) -> str | None:
    return page[1]


def test_the_end_is_the_page_without_a_cursor() -> None:
    """Short and empty pages come in between; stopping there lost 3,385 of 5,000 records in a trial."""
    chain = {None: "10", "10": "9000", "9000": "9001", "9001": None}
    assert [page[0] for page in follow(pages(chain), cursor_of, None)] == [
        None,
        "10",
        "9000",
        "9001",
    ]


def test_a_scan_goes_on_where_it_stopped() -> None:
    """The state keeps the cursor of the last page that was saved."""
    assert [p[0] for p in follow(pages({"7": "8", "8": None}), cursor_of, "7")] == ["7", "8"]


@pytest.mark.parametrize(
    "chain",
    [
        {None: "5", "5": "5"},
        {None: "5", "5": "9", "9": "8"},
        {None: "a", "a": "a"},
        {None: "a", "a": "b", "b": "c", "c": "a"},
        {None: "5", "5": "b", "b": "c", "c": "b"},
    ],
    ids=["same number", "back", "same token", "circle of tokens", "circle after a number"],
)
def test_a_cursor_that_leads_nowhere_is_named(chain: Mapping[str | None, str | None]) -> None:
    """Readers of other projects ran for days on these."""
    with pytest.raises(UnexpectedAnswer, match="do not come to an end"):
        list(follow(pages(chain), cursor_of, None))


def test_numbers_are_compared_as_numbers() -> None:
    """As text "9" would lie behind "10"."""
    assert advanced("9", "10") == "10"
    assert advanced(str(2**63), str(2**63 + 1)) == str(2**63 + 1)


def test_a_first_page_has_nothing_to_go_back_to() -> None:
    """And a last one nowhere to go on to."""
    assert advanced(None, "1") == "1"
    assert advanced("1", None) is None

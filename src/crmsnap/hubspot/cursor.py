"""The part of an answer that says where the next page is; the same in all families but lists."""

import msgspec


class _Next(msgspec.Struct, frozen=True):
    after: str | int


class Paging(msgspec.Struct, frozen=True):
    """`paging` of an answer."""

    next: _Next | None = None


def after_of(paging: Paging | None) -> str | None:
    """The cursor of the next page as text: HubSpot gives it as text, sometimes as a number."""
    if paging is None or paging.next is None or paging.next.after == "":
        return None
    return str(paging.next.after)

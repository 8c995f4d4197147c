"""What a search finds: filters and a sort over the live records of one type.

HubSpot's search is a copy of the records that lags behind; `as_of_ms` is the moment that it shows.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from crmsnap.sandbox.account.changes import Life
from crmsnap.sandbox.account.times import to_ms
from crmsnap.sandbox.account.view import RecordView

if TYPE_CHECKING:
    from crmsnap.sandbox.account.account import Account

Comparable = int | Decimal | str
RESULTS_KEPT = 8


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition on one property."""

    name: str
    operator: str
    value: str | None = None
    high_value: str | None = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for: any of the groups, all filters of it, in the order of one property."""

    type_id: str
    groups: tuple[tuple[Filter, ...], ...] = ()
    text: str = ""
    sort_name: str | None = None
    descending: bool = False


def find(account: "Account", query: Query, now_ms: int) -> Sequence[int]:
    """The indexes of every record that a query finds, in its order."""
    lag_ms = account.knobs.index_lag_ms
    as_of_ms = now_ms - lag_ms if lag_ms else None
    key = (query, len(account.journal), as_of_ms, account.knobs.search_id_order)
    found = account.search_results.get(key)
    if found is None:
        found = account.search_results[key] = _Search(account, query, as_of_ms).run()
        if len(account.search_results) > RESULTS_KEPT:
            del account.search_results[next(iter(account.search_results))]
    return found


class _Search:
    def __init__(self, account: "Account", query: Query, as_of_ms: int | None) -> None:
        self._account = account
        self._query = query
        self._as_of_ms = as_of_ms
        self._object_type = account.type_by_id(query.type_id)
        self._lives = account.changes.of_type(query.type_id)

    def run(self) -> Sequence[int]:
        """The indexes of every record found, in the order asked for."""
        groups = [[self._predicate(one) for one in group] for group in self._query.groups]
        found = [
            index
            for index in self._indexed()
            if (not groups or any(all(test(index) for test in group) for group in groups))
            and self._has_text(index)
        ]
        if self._query.sort_name is not None:
            read = self._reader(self._query.sort_name)
            keyed: list[tuple[Any, int]] = [(read(index), index) for index in found]
            # Records without a value come last, whatever the direction; ties in the order of the id.
            known = sorted(
                (pair for pair in keyed if pair[0] is not None),
                key=lambda pair: pair[0],
                reverse=self._query.descending,
            )
            found = [index for _, index in known]
            found += [index for value, index in keyed if value is None]
        return found

    def _indexed(self) -> Iterator[int]:
        """The live records that the search has heard of."""
        for index in self._account.live_indexes(self._query.type_id, self._start()):
            life = self._lives.get(index)
            if life is None or self._as_of_ms is None or (life.created_ms or 0) <= self._as_of_ms:
                yield index

    def _start(self) -> int:
        """The first index that can be found: a keyset by id does not begin at zero every time."""
        if not self._query.groups or self._account.knobs.search_id_order == "text":
            return 0
        first = min(max(map(_id_above, group), default=0) for group in self._query.groups)
        return self._account.first_index_after(self._query.type_id, first)

    def _predicate(self, one: Filter) -> Callable[[int], bool]:
        read = self._reader(one.name)
        if one.operator in ("HAS_PROPERTY", "NOT_HAS_PROPERTY"):
            wanted = one.operator == "HAS_PROPERTY"
            return lambda index: (read(index) not in (None, "")) is wanted
        if one.operator in ("CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN"):
            pattern, wanted = (one.value or "").lower(), one.operator == "CONTAINS_TOKEN"
            return lambda index: _has_token(str(read(index) or ""), pattern) is wanted
        parse = self._parser(one.name)
        if one.operator in ("IN", "NOT_IN"):
            values, wanted = {parse(value) for value in one.values}, one.operator == "IN"
            return lambda index: (read(index) in values) is wanted
        return _comparison(one, read, parse)

    def _reader(self, name: str) -> Callable[[int], Comparable | None]:
        """How to get a property in the form in which it is compared."""
        type_id = self._query.type_id
        if name == "hs_object_id":
            ids = self._account.record_id
            if self._account.knobs.search_id_order == "text":
                return lambda index: str(ids(type_id, index))
            return lambda index: ids(type_id, index)
        if name == self._object_type.modified_property:
            return self._updated_ms
        parse = self._parser(name)
        if name == self._object_type.created_property:
            return lambda index: self._account.times(type_id, index).created_ms

        def read(index: int) -> Comparable | None:
            value = self._view(index).value(name)
            return None if value is None else parse(value)

        return read

    def _updated_ms(self, index: int) -> int:
        if index in self._lives:
            return self._view(index).times.updated_ms
        return self._account.records(self._query.type_id).times(index).updated_ms

    def _view(self, index: int) -> RecordView:
        type_id = self._query.type_id
        life = self._lives.get(index) or NOTHING_HAPPENED
        base = self._account.times(type_id, index)
        return RecordView(self._account.records(type_id), index, life, base, self._as_of_ms)

    def _parser(self, name: str) -> Callable[[str], Comparable | None]:
        found = self._account.properties(self._query.type_id)[name]
        if name == "hs_object_id":
            return _text if self._account.knobs.search_id_order == "text" else _number
        if found.type in ("date", "datetime"):
            return to_ms
        return _number if found.type == "number" else _text

    def _has_text(self, index: int) -> bool:
        """Whether the free text of the query is in one of the searchable properties."""
        text = self._query.text.lower()
        if not text:
            return True
        view = self._view(index)
        names = SEARCHABLE & self._account.properties(self._query.type_id).keys()
        return any(text in (view.value(name) or "").lower() for name in names)


def _id_above(one: Filter) -> int:
    """The number that a filter wants the id to be greater than, 0 when it wants something else."""
    number = _number(one.value or "") if one.name == "hs_object_id" else None
    return int(number) if one.operator == "GT" and number is not None else 0


NOTHING_HAPPENED = Life()
SEARCHABLE = {
    "firstname", "lastname", "email", "phone", "company", "name", "domain", "dealname", "subject", "title",
}  # fmt: skip


def _comparison(
    one: Filter,
    read: Callable[[int], Comparable | None],
    parse: Callable[[str], Comparable | None],
) -> Callable[[int], bool]:
    low = parse(one.value or "")
    if one.operator == "BETWEEN":
        high = parse(one.high_value or "")
        return lambda index: _between(low, read(index), high)
    if one.operator == "NEQ":
        return lambda index: read(index) not in (None, low)
    compare = COMPARISONS[one.operator]
    return lambda index: _compare(compare, read(index), low)


COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "EQ": lambda one, other: bool(one == other),
    "LT": lambda one, other: bool(one < other),
    "LTE": lambda one, other: bool(one <= other),
    "GT": lambda one, other: bool(one > other),
    "GTE": lambda one, other: bool(one >= other),
}


def _compare(compare: Callable[[Any, Any], bool], one: Any, other: Any) -> bool:
    return one is not None and other is not None and compare(one, other)


def _between(low: Any, value: Any, high: Any) -> bool:
    return None not in (low, value, high) and bool(low <= value <= high)


def _number(text: str) -> Comparable | None:
    """Exactly: ids have more digits than a float."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _text(text: str) -> str:
    return text.lower()


def _has_token(text: str, pattern: str) -> bool:
    return any(fnmatchcase(token, pattern) for token in _tokens(text.lower()))


def _tokens(text: str) -> Iterable[str]:
    return (text, *"".join(sign if sign.isalnum() else " " for sign in text).split())

"""Conditions of a statement: every operator and every key must hold.

Of several values in the policy one is enough; negated operators must differ from all of them. A key
that the request does not have makes a condition false, except for negated operators, `...IfExists`,
`Null` and `ForAllValues:` (IAM User Guide, "IAM JSON policy elements: Condition operators"). An
operator that is not in the table raises: silence would be a permission.
"""

import ipaddress
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from tests.aws.evaluator.context import Context
from tests.aws.evaluator.patterns import LITERALS, arn_like, text_matches

Comparison = Callable[[str, str], bool]
"""Compares a policy's value with the request's."""

IF_EXISTS = "IfExists"
ANY_VALUE = "ForAnyValue:"
ALL_VALUES = "ForAllValues:"


class UnknownOperator(ValueError):
    """A condition operator that this evaluator does not know."""


def conditions_hold(conditions: Mapping[str, object], context: Context, *, variables: bool) -> bool:
    """Say whether a whole Condition element is true for a request."""
    return all(
        _holds(operator, key, _texts(values), context, variables=variables)
        for operator, keys in conditions.items()
        for key, values in _keys(keys)
    )


def check_operators(conditions: Mapping[str, object]) -> None:
    """Raise UnknownOperator for a name that is not in the table, whatever the request is."""
    for operator in conditions:
        _, name, if_exists = _parts(operator)
        if name == "Null" and not if_exists:
            continue
        if name not in POSITIVE and name not in NEGATED:
            raise UnknownOperator(operator)


def _holds(
    operator: str, key: str, wanted: tuple[str, ...], context: Context, *, variables: bool
) -> bool:
    check_operators({operator: {}})
    quantifier, name, if_exists = _parts(operator)
    values = context.get(key)
    if name == "Null":
        return (values is None) == (wanted[0].lower() == "true")
    if values is None:
        return if_exists or quantifier == ALL_VALUES or (not quantifier and name in NEGATED)
    if variables:
        wanted = tuple(text for one in wanted if (text := context.filled(one)) is not None)
    compare = NEGATED.get(name) or POSITIVE[name]
    hits = [any(compare(one, value) for one in wanted) for value in values]
    if name in NEGATED:
        hits = [not hit for hit in hits]
        return any(hits) if quantifier == ANY_VALUE else all(hits)
    return all(hits) if quantifier == ALL_VALUES else any(hits)


def _parts(operator: str) -> tuple[str, str, bool]:
    quantifier = next((q for q in (ANY_VALUE, ALL_VALUES) if operator.startswith(q)), "")
    name = operator.removeprefix(quantifier)
    return quantifier, name.removesuffix(IF_EXISTS), name.endswith(IF_EXISTS)


def _keys(keys: object) -> list[tuple[str, object]]:
    if not isinstance(keys, Mapping):
        raise TypeError(f"an operator holds keys, not {keys!r}")
    return list(keys.items())


def _texts(values: object) -> tuple[str, ...]:
    listed = values if isinstance(values, list | tuple) else [values]
    return tuple(str(value).lower() if isinstance(value, bool) else str(value) for value in listed)


def _plain(text: str) -> str:
    for stand_in, character in LITERALS.items():
        text = text.replace(stand_in, character)
    return text


def _equals(wanted: str, value: str) -> bool:
    return _plain(wanted) == value


def _equals_ignoring_case(wanted: str, value: str) -> bool:
    return _plain(wanted).lower() == value.lower()


def _number(compare: Callable[[float, float], bool]) -> Comparison:
    def compared(wanted: str, value: str) -> bool:
        try:
            return compare(float(value), float(wanted))
        except ValueError:
            return False

    return compared


def _moment(compare: Callable[[datetime, datetime], bool]) -> Comparison:
    def compared(wanted: str, value: str) -> bool:
        return compare(_parsed(value), _parsed(wanted))

    return compared


def _parsed(text: str) -> datetime:
    if text.isdigit():
        return datetime.fromtimestamp(int(text), UTC)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _in_network(wanted: str, value: str) -> bool:
    return ipaddress.ip_address(value) in ipaddress.ip_network(wanted, strict=False)


POSITIVE: Mapping[str, Comparison] = {
    "StringEquals": _equals,
    "StringEqualsIgnoreCase": _equals_ignoring_case,
    "StringLike": text_matches,
    "NumericEquals": _number(lambda value, wanted: value == wanted),
    "NumericLessThan": _number(lambda value, wanted: value < wanted),
    "NumericLessThanEquals": _number(lambda value, wanted: value <= wanted),
    "NumericGreaterThan": _number(lambda value, wanted: value > wanted),
    "NumericGreaterThanEquals": _number(lambda value, wanted: value >= wanted),
    "DateEquals": _moment(lambda value, wanted: value == wanted),
    "DateLessThan": _moment(lambda value, wanted: value < wanted),
    "DateLessThanEquals": _moment(lambda value, wanted: value <= wanted),
    "DateGreaterThan": _moment(lambda value, wanted: value > wanted),
    "DateGreaterThanEquals": _moment(lambda value, wanted: value >= wanted),
    "Bool": _equals_ignoring_case,
    "IpAddress": _in_network,
    "ArnEquals": arn_like,
    "ArnLike": arn_like,
}

NEGATED: Mapping[str, Comparison] = {
    "StringNotEquals": _equals,
    "StringNotEqualsIgnoreCase": _equals_ignoring_case,
    "StringNotLike": text_matches,
    "NumericNotEquals": _number(lambda value, wanted: value == wanted),
    "DateNotEquals": _moment(lambda value, wanted: value == wanted),
    "NotIpAddress": _in_network,
    "ArnNotEquals": arn_like,
    "ArnNotLike": arn_like,
}

"""The object type in a path: found, refused, and what a token needs for it."""

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.object_types import ObjectType
from crmsnap.sandbox.account.property import Property
from crmsnap.sandbox.api import errors
from crmsnap.sandbox.api.route import Call

MARKETING_EMAIL = frozenset({"0-29", "marketing_email", "MARKETING_EMAIL"})
"""A type that HubSpot knows and does not serve here: it was seen to be refused by its name."""


def object_type(account: Account, text: str) -> ObjectType:
    """The type that a path or body names; 400 when the account has no such type."""
    found = account.find_type(text)
    if found is None:
        if text in MARKETING_EMAIL:
            raise errors.bad_request("MARKETING_EMAIL not supported")
        raise errors.bad_request(f"Unable to infer object type from: {text}")
    return found


def associable_type(account: Account, text: str) -> ObjectType:
    """The type that a path of the associations API names; 400 when there is no such type."""
    found = account.find_associable_type(text)
    if found is None:
        raise errors.bad_request(f"Unable to infer object type from: {text}")
    return found


def record_scopes(account: Account, call: Call) -> frozenset[str]:
    """The scopes that let a token read the records of `{type}`."""
    found = account.find_type(call.path["type"])
    return found.scopes if found else frozenset()


def schema_scopes(account: Account, call: Call) -> frozenset[str]:
    """The scopes that let a token read the definitions of `{type}`: those of its records too."""
    found = account.find_type(call.path["type"])
    if found is None:
        return frozenset()
    return found.scopes | {f"crm.schemas.{'custom' if found.custom else found.name}.read"}


def require(scopes: frozenset[str], call: Call) -> None:
    """Refuse a token that has none of these scopes: for what a route cannot say by itself."""
    if "*" not in call.scopes and not scopes & call.scopes:
        raise errors.missing_scopes(scopes)


def is_open(object_type: ObjectType, found: Property, call: Call) -> bool:
    """Whether the token may see values of a property. `*` does not open sensitive ones."""
    if found.sensitivity == "non_sensitive":
        return True
    return bool(object_type.sensitive_scopes(found.sensitivity) & call.scopes)

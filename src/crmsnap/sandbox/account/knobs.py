"""How the account misbehaves on request: what HubSpot does only sometimes, or only to large accounts."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(slots=True)
class Knobs:
    """Settings that `POST /_sandbox/knobs` changes while the sandbox runs."""

    search_id_order: str = "number"
    """How search compares `hs_object_id`: as `number`, or as `text`. HubSpot does not say which."""
    index_lag_ms: int = 0
    """How long a change stays invisible to search."""
    search_cap: int = 10_000
    """How many results one search gives before it answers 400."""
    short_pages: bool = False
    """Some pages of a list are short or empty although more records follow."""
    unasked_sensitive: bool = False
    """Sensitive values come without being asked for."""
    changes_per_request: int = 0
    """How many records change before each request of the API."""
    serves_ads: bool = False
    """Ad accounts are an object type like any other. HubSpot does not say whether they ever are."""
    numeric_after: bool = False
    """The cursor of a list of records is a JSON number instead of a text."""
    batch_misses: int = 0
    """So many of the next batch reads of records forget one id: it is in no result and no error."""
    hides_work_labels: bool = False
    """Labels of the category WORK are not listed, although associations have them."""

    def set(self, values: Mapping[str, Any]) -> str | None:
        """Change the settings that are named; the first problem in words, None when there is none."""
        for name, value in values.items():
            known = {found.name: found.type for found in fields(self)}
            if name not in known:
                return f"there is no knob {name}; there are {', '.join(known)}"
            if type(value) is not type(getattr(self, name)):
                return f"{name} has to be of type {type(getattr(self, name)).__name__}"
            if isinstance(value, int) and value < 0:
                return f"{name} cannot be negative"
            if name == "search_id_order" and value not in ("number", "text"):
                return "search_id_order has to be number or text"
            setattr(self, name, value)
        return None

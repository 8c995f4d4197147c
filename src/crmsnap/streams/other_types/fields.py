"""The declared fields of a type that has no list of properties of its own.

They are facts of HubSpot's API reference: names as the API has them, in snake_case, with their types.
"""

from dataclasses import dataclass
from typing import Literal, cast

FieldType = Literal["string", "number", "bool", "datetime", "date", "enumeration"]
"""As properties have them. Nested values are `string`: compact JSON."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an API's answers, as a property."""

    name: str
    type: FieldType
    description: str
    is_secret: bool = False
    """Whether its value is never copied: it opens something."""

    @property
    def label(self) -> str:
        """What people read as its name."""
        return self.name.removeprefix("hs_").replace("_", " ").capitalize()


def fields(declared: str) -> tuple[Field, ...]:
    """Fields written as lines of name, type and description; the type `secret` is a text that stays closed."""
    found = (line.split(maxsplit=2) for line in declared.strip().splitlines())
    return tuple(
        Field(name, "string", description, is_secret=True)
        if type_ == "secret"
        else Field(name, cast(FieldType, type_), description)
        for name, type_, description in found
    )

"""A property definition of the account, and the short notation in which this folder lists them.

    name                type/fieldType        values           filled  flags

The flag `unclassified` leaves out of a definition whether its values are sensitive, as answers of
older paths do; where the type allows sensitive data they then have to count as such.

`values` names a maker of `values.py`; `filled` is the share of records, in percent, that have one.
"""

from dataclasses import dataclass, replace

SENSITIVITIES = ("non_sensitive", "sensitive", "highly_sensitive")


@dataclass(frozen=True, slots=True)
class Property:
    """One property of one object type."""

    name: str
    type: str
    field_type: str
    values: str
    filled: int
    group: str
    flags: frozenset[str] = frozenset()
    sensitivity: str = "non_sensitive"
    categories: tuple[str, ...] = ()
    referenced_type: str | None = None
    added_ms: int | None = None
    """When it was made, None when that was before the account started."""
    changed_ms: int | None = None
    """When its definition was last changed since then."""
    own_label: str | None = None
    """The label that somebody gave it."""

    @property
    def label(self) -> str:
        """What people see: unless somebody said otherwise, the name without prefix and underscores."""
        return (
            self.own_label or self.name.removeprefix("hs_").replace("_", " ").strip().capitalize()
        )

    @property
    def options(self) -> tuple[str, ...]:
        """The values that an enumeration allows. HubSpot lists none for owners, teams and users."""
        maker, _, rest = self.values.partition(":")
        return tuple(rest.split(",")) if maker in ("enum", "many") else ()

    @property
    def archived(self) -> bool:
        """Whether the definition was archived: listed on request only, its values gone."""
        return "archived" in self.flags

    @property
    def classified(self) -> bool:
        """Whether the definition says if the values are sensitive; if not, a reader cannot know."""
        return "unclassified" not in self.flags

    @property
    def calculated(self) -> bool:
        """Whether HubSpot computes the values; they change without moving the record's time."""
        return "calculated" in self.flags

    @property
    def tracked(self) -> bool:
        """Whether people change it often, so that its history is long."""
        return "tracked" in self.flags

    @property
    def custom(self) -> bool:
        """Whether the account made it."""
        return "custom" in self.flags


def parse(group: str, table: str) -> tuple[Property, ...]:
    """The properties of a table in the notation above."""
    return tuple(_parse_line(group, line.split()) for line in table.strip().splitlines())


def _parse_line(group: str, words: list[str]) -> Property:
    name, kind, values, filled, *flags = words
    type_, _, field_type = kind.partition("/")
    found = Property(name, type_, field_type, values, int(filled), group, frozenset(flags))
    for flag in flags:
        if flag in SENSITIVITIES:
            category = "HIPAA" if flag == "highly_sensitive" else "CUSTOM"
            found = replace(found, sensitivity=flag, categories=(category,))
        elif flag.startswith("ref="):
            found = replace(found, referenced_type=flag.removeprefix("ref="))
    return found

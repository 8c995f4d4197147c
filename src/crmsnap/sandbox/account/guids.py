"""Ids that are GUIDs: they look random, do not grow with time, and can be read backwards."""

from dataclasses import dataclass

from crmsnap.sandbox.account.ids import mix

STEP = 0x9E37_79B1
"""Odd, so that multiplying by it can be undone."""
UNDO = pow(STEP, -1, 1 << 32)
MASK_32 = (1 << 32) - 1
LENGTH = 36


@dataclass(frozen=True, slots=True)
class GuidSpace:
    """The GUIDs of one kind of thing."""

    seed: int
    salt: int

    def guid(self, index: int) -> str:
        """The GUID of the thing with this index."""
        head = (index * STEP + mix(self.seed, self.salt)) & MASK_32
        middle = mix(self.seed, self.salt, index, 1)
        return (
            f"{head:08x}-{middle & 0xFFFF:04x}-4{middle >> 16 & 0xFFF:03x}-"
            f"{8 + (middle >> 28 & 3):x}{middle >> 32 & 0xFFF:03x}-"
            f"{mix(self.seed, self.salt, index, 2) & 0xFFFF_FFFF_FFFF:012x}"
        )

    def index_of(self, guid: str) -> int | None:
        """The index that this GUID belongs to, None when nothing ever has it."""
        head = guid[:8]
        if len(guid) != LENGTH or not all(letter in "0123456789abcdef" for letter in head):
            return None
        index = (int(head, 16) - mix(self.seed, self.salt)) * UNDO & MASK_32
        return index if self.guid(index) == guid else None

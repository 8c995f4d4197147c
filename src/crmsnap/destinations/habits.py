"""What a store does otherwise than S3 documents, as far as a destination has to know.

Stores that speak S3 differ where two writers meet: Ceph's radosgw 16 takes an e-tag only without its
quotes, and rclone's server answers 200 to every condition. `crmsnap check` finds out which kind it is.
"""

from dataclasses import dataclass
from typing import Literal

IfMatch = Literal["as-given", "unquoted", "version", "none"]
"""How `replace` tells a store which content it means.

The e-tag as the store gives it, the e-tag without quotes, the version in its place (Google), or not at
all: then nothing can be replaced.
"""


@dataclass(frozen=True, slots=True)
class Habits:
    """How a store is written to."""

    if_match: IfMatch = "as-given"
    single_writer: bool = False
    """Send no conditions at all, and look before each write; only safe as long as nobody else writes."""
    refuses_wrong_bytes: bool = True
    """It compares what arrives with its checksum; where it does not, the answer's e-tag is looked at."""

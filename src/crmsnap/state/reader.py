"""Reading the state: what tables see of it. Several processes may read at the same time."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class StateReader:
    """The state of one connection, open for reading; it can be pickled."""

    folder: Path

"""A virtual environment for each open reader: its dependencies are not ours and would not fit beside them.

Made from a lock file of this project once, kept in `.cache/` until the lock file changes.
"""

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[2]
PYTHON = "3.11"
"""What the lock files are compiled for."""


def environment_of(reader: str) -> Path:
    """The folder of the reader's programs, installed when it is not there yet."""
    lock = ROOT / "requirements" / "peers" / f"{reader}.txt"
    version = sha256(lock.read_bytes()).hexdigest()[:12]
    folder = ROOT / ".cache" / "peers" / f"{reader}-{version}"
    complete = folder / "complete"
    if not complete.exists():
        _uv("venv", "--clear", "--python", PYTHON, str(folder))
        # --no-deps: the lock file is the whole list, less what `<reader>.without` leaves out on purpose.
        options = ("--no-deps", "--require-hashes", "--python", str(folder), "-r", str(lock))
        _uv("pip", "install", *options)
        complete.touch()
    return folder / "bin"


def _uv(*words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "uv", "--quiet", *words], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr

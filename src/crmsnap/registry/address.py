"""What a registry's URL says, asked without loading SQLAlchemy: a file of this machine, or a server."""

from pathlib import Path

_SQLITE = "sqlite:///"


def file_url(file: Path) -> str:
    """The URL of a registry in a file; the path stands in it as it is, whatever its characters are."""
    return f"{_SQLITE}{file}"


def file_of(url: str) -> Path | None:
    """The file that a URL means, None for a server."""
    return Path(url.removeprefix(_SQLITE)) if url.startswith(_SQLITE) else None


def is_there(url: str) -> bool:
    """Whether there is something to open: a SQLite file is made by the first command that writes."""
    file = file_of(url)
    return file is None or file.exists()

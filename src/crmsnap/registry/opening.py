"""Opening a registry: a SQLite file for one machine, PostgreSQL for several."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from crmsnap.errors import RegistryError
from crmsnap.registry.schema import METADATA


def is_there(url: str) -> bool:
    """Whether there is something to open: a SQLite file is made by the first command that writes."""
    file = make_url(url).database
    return not url.startswith("sqlite:") or (file is not None and Path(file).exists())


@contextmanager
def open_registry(url: str) -> Iterator[Engine]:
    """The registry behind a URL, with today's schema. Raise `RegistryError` when it cannot be used."""
    engine = create_engine(url)
    try:
        METADATA.create_all(engine)
        yield engine
    except SQLAlchemyError as error:
        raise RegistryError(
            "the registry of connections cannot be used",
            cause=type(error).__name__,  # its text would repeat the URL, with the password
            remedy="check CRMSNAP_REGISTRY, or who may write the home folder",
        ) from None
    finally:
        engine.dispose()

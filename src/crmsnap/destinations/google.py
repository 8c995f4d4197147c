"""Google Cloud Storage, with the credentials that Google's own tools would use.

An object's generation takes the place of the e-tag: it is what `x-goog-if-generation-match` compares
(Cloud Storage documentation, "Request preconditions"). What is sent was looked at, and no Google was
asked.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from obstore.exceptions import BaseError
from obstore.store import GCSStore

from crmsnap.destinations.client import NO_RETRIES, Reach, client_options
from crmsnap.destinations.habits import Habits
from crmsnap.destinations.opening import OnePlace, Opened
from crmsnap.destinations.retry import Retries
from crmsnap.destinations.store import Store
from crmsnap.errors import AccessDenied

if TYPE_CHECKING:
    from obstore.store import GCSConfig


def google(bucket: str, prefix: str, reach: Reach, retries: Retries | None = None) -> Store:
    """A bucket below a prefix (without slashes at its ends, may be empty)."""
    url = f"gs://{bucket}/{prefix}" if prefix else f"gs://{bucket}"
    return Store(url, _OpenBucket(bucket, prefix, reach), retries, Habits(if_match="version"))


@dataclass(frozen=True, slots=True)
class _OpenBucket(OnePlace):
    bucket: str
    prefix: str
    reach: Reach

    def __call__(self) -> Opened:
        config: GCSConfig = {"skip_signature": False}
        if self.reach.endpoint_url is not None:
            config["base_url"] = self.reach.endpoint_url
        try:
            store = GCSStore(
                self.bucket,
                prefix=self.prefix or None,
                config=config,
                client_options=client_options(self.reach, {}),
                retry_config=NO_RETRIES,
            )
        except BaseError:  # the text may hold the credentials
            raise AccessDenied(
                f"no usable credentials for gs://{self.bucket}",
                cause="what GOOGLE_APPLICATION_CREDENTIALS or another GOOGLE_* variable names cannot be used",
                remedy="name the JSON file of a service account that may write to the bucket",
            ) from None
        return Opened(store)

"""Azure Blob Storage, with the account and the credentials that Azure's own tools would use.

`AZURE_STORAGE_ACCOUNT_NAME` says which account; a key, a shared access signature, a service principal
or the machine's identity opens it, as in Azure's SDKs. Run against Azurite, not against Azure.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from obstore.exceptions import BaseError
from obstore.store import AzureStore

from crmsnap.destinations.client import NO_RETRIES, Reach, client_options
from crmsnap.destinations.opening import OnePlace, Opened
from crmsnap.destinations.retry import Retries
from crmsnap.destinations.store import Store
from crmsnap.errors import AccessDenied

if TYPE_CHECKING:
    from obstore.store import AzureConfig


def azure(container: str, prefix: str, reach: Reach, retries: Retries | None = None) -> Store:
    """A container below a prefix (without slashes at its ends, may be empty)."""
    url = f"az://{container}/{prefix}" if prefix else f"az://{container}"
    return Store(url, _OpenContainer(container, prefix, reach), retries)


@dataclass(frozen=True, slots=True)
class _OpenContainer(OnePlace):
    container: str
    prefix: str
    reach: Reach

    def __call__(self) -> Opened:
        config: AzureConfig = {"skip_signature": False, "use_emulator": False}
        if self.reach.endpoint_url is not None:
            config["endpoint"] = self.reach.endpoint_url
        try:
            store = AzureStore(
                self.container,
                prefix=self.prefix or None,
                config=config,
                client_options=client_options(self.reach, {}),
                retry_config=NO_RETRIES,
            )
        except BaseError:  # the text may hold the credentials
            raise AccessDenied(
                f"no usable account for az://{self.container}",
                cause="AZURE_STORAGE_ACCOUNT_NAME is not set, or an AZURE_* variable cannot be used",
                remedy="set AZURE_STORAGE_ACCOUNT_NAME, and AZURE_STORAGE_ACCOUNT_KEY or another credential",
            ) from None
        return Opened(store)

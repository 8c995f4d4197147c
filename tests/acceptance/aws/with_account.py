"""The command with AWS behind it and a HubSpot account in front of it."""

from pathlib import Path

from tests.acceptance.aws.conftest import Customer, Service
from tests.aws.server import AwsServer, Keys
from tests.builders.command import Ended
from tests.builders.sandbox_process import SandboxAccount


class WithAccount(Service):
    """Runs commands in one folder, against one account and one AWS."""

    def __init__(self, folder: Path, aws: AwsServer, keys: Keys, account: SandboxAccount) -> None:
        super().__init__(folder, aws, keys)
        self.account = account
        self.variables["HUBSPOT_TOKEN"] = account.token

    def asked(self, *arguments: str, **variables: str) -> Ended:
        """Run a command of the account, with other variables for this once."""
        usual = dict(self.variables)
        self.variables.update(variables)
        try:
            return self(*arguments, "--base-url", self.account.url)
        finally:
            self.variables = usual

    def configure(self, customer: Customer, *, to: str = "", more: str = "") -> None:
        """Write the configuration of `acme`."""
        self.write_config(
            f'[connections.acme]\nto = "{to or customer.place}"\ntables = ["OWNERS"]\n'
            "[connections.acme.s3]\n"
            f'role_arn = "{customer.role_arn}"\n{more}\n'
        )

    def set_up(self, customer: Customer, *, to: str = "", more: str = "") -> None:
        """Configure `acme`, and make its role as `connect` says."""
        self.configure(customer, to=to, more=more)
        policies = self.connect("acme", "--no-check")["policies"]
        customer.make_role(trust=policies["trust"], policy=policies["permissions"])

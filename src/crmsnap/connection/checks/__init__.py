"""The questions about a bucket and its role, and how each is asked. boto3 is used here, never for data."""

from crmsnap.connection.checks.aws import run_aws_checks
from crmsnap.connection.checks.destination import run_destination_checks
from crmsnap.connection.checks.target import AwsTarget

__all__ = ["AwsTarget", "run_aws_checks", "run_destination_checks"]

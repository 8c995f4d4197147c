"""Where a bucket is: asked of S3, which tells everybody, allowed or not.

HeadBucket answers 403 to those who may not list, and 301 or 400 to those who ask elsewhere; the header
`x-amz-bucket-region` stands in every one of them (S3 API reference, HeadBucket). GetBucketLocation
needs a right that customers often cannot give, and is not needed.
"""

from dataclasses import dataclass

from crmsnap.connection.aws_client import STRAIGHT, Route, aws_client, aws_errors, not_answered
from crmsnap.destinations.s3_endpoint import Addressing, amazon_host

_HOME_REGIONS = {"aws-us-gov": "us-gov-west-1", "aws-cn": "cn-north-1"}


def home_region(partition: str) -> str:
    """Where to ask about a bucket of a partition as long as nothing is known of it."""
    return _HOME_REGIONS.get(partition, "us-east-1")


@dataclass(frozen=True, slots=True)
class AskRegion:
    """Asks where a bucket is; can be pickled, and signs nothing."""

    bucket: str
    partition: str = "aws"
    endpoint_url: str | None = None
    addressing: Addressing = "path"
    route: Route = STRAIGHT

    def __call__(self) -> str | None:
        """The bucket's region; None when the store does not say. Raise `Passing` when it is not reached."""
        from botocore.exceptions import ClientError

        region = home_region(self.partition)
        try:
            with aws_client(
                "s3",
                region=region,
                endpoint_url=self.endpoint_url or amazon_host("s3", region),
                route=self.route,
                addressing=self.addressing,
                unsigned=True,
            ) as client:
                answer = client.head_bucket(Bucket=self.bucket)
        except ClientError as error:
            answer = error.response
        except aws_errors() as error:
            message = f"could not ask where the bucket {self.bucket} is"
            raise not_answered(error, message) from None
        headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        found: str | None = headers.get("x-amz-bucket-region")
        return found

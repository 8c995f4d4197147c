"""Policy documents as a customer would write them, for the tests of the AWS side.

They are written again here, apart from the product: a mistake in the product's documents must not
agree with the same mistake in a test.
"""

from typing import Any

Document = dict[str, Any]

OBJECT_RIGHTS = (
    "s3:PutObject",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
)
BUCKET_RIGHTS = ("s3:ListBucket", "s3:GetBucketLocation")


def document(*statements: Document) -> Document:
    """Return a policy of these statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def statement(effect: str, action: str | list[str], **elements: Any) -> Document:
    """Return one statement; elements by their names."""
    return {"Effect": effect, "Action": action, **elements}


def as_published(bucket: str, prefix: str) -> Document:
    """The policy that HubSpot's article publishes: its location right hangs on a prefix."""
    return document(
        statement("Allow", list(OBJECT_RIGHTS), Resource=f"arn:aws:s3:::{bucket}/{prefix}/*"),
        statement(
            "Allow",
            list(BUCKET_RIGHTS),
            Resource=f"arn:aws:s3:::{bucket}",
            Condition={"StringLike": {"s3:prefix": [f"{prefix}/*"]}},
        ),
    )


def corrected(bucket: str, prefix: str, *, without: str = "") -> Document:
    """The same rights, each in force; one of them can be left out."""
    arn = f"arn:aws:s3:::{bucket}"
    statements = [
        statement("Allow", [right], Resource=f"{arn}/{prefix}/*")
        for right in OBJECT_RIGHTS
        if right != without
    ]
    if without != "s3:ListBucket":
        condition = {"StringLike": {"s3:prefix": [f"{prefix}/*"]}}
        statements.append(statement("Allow", "s3:ListBucket", Resource=arn, Condition=condition))
    if without != "s3:GetBucketLocation":
        statements.append(statement("Allow", "s3:GetBucketLocation", Resource=arn))
    return document(*statements)


def trust(principal: str, external_id: str | None, operator: str = "StringEquals") -> Document:
    """A trust policy for one principal; without an external id it has no condition."""
    condition: Document = {}
    if external_id is not None:
        condition = {"Condition": {operator: {"sts:ExternalId": external_id}}}
    return document(statement("Allow", "sts:AssumeRole", Principal={"AWS": principal}, **condition))

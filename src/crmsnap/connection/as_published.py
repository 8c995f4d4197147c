"""The permission policy of HubSpot's own help article, line by line ("Connect HubSpot and AWS S3", step 2).

Who follows the article pastes this text. Its second statement grants `s3:GetBucketLocation` under a
condition that no such request can meet, so it grants less than it says.
"""

from crmsnap.connection.policies import Grant

NOT_GRANTED = (
    "s3:GetBucketLocation: its statement asks for s3:prefix, which that request never carries, so it is"
    " denied. crmsnap learns the region in another way; `crmsnap check` shows one warning.",
    "kms:GenerateDataKey and kms:Decrypt: a bucket that encrypts with a KMS key of its own needs them.",
    "s3:AbortMultipartUpload, s3:ListBucketVersions, tagging: crmsnap needs none of them for a sync.",
)
"""What the text does not grant, and what that means."""

_TEXT = """\
{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": [
                "s3:PutObject",
                "s3:GetObject",
                "s3:GetObjectVersion",
                "s3:DeleteObject",
                "s3:DeleteObjectVersion"
            ],
            "Resource": "arn:aws:s3:::<bucket>/<prefix>/*"
        },
        {
            "Effect": "Allow",
            "Action": [
                "s3:ListBucket",
                "s3:GetBucketLocation"
            ],
            "Resource": "arn:aws:s3:::<bucket>",
            "Condition": {
                "StringLike": {
                    "s3:prefix": [
                        "<prefix>/*"
                    ]
                }
            }
        }
    ]
}"""


def as_published(grant: Grant) -> str:
    """The article's text, with a place filled in as its note says.

    For a whole bucket the condition is `["*"]`; other partitions have a prefix of their own in ARNs.
    """
    return (
        _TEXT.replace("<prefix>/*", grant.files)
        .replace("arn:aws:s3:::", f"arn:{grant.partition}:s3:::")
        .replace("<bucket>", grant.bucket)
    )

"""The documents that a customer pastes: exactly what is meant, and the article's words to the letter."""

import json

import pytest

from crmsnap.connection.agreement import agreed
from crmsnap.connection.arn import read_role
from crmsnap.connection.as_published import as_published
from crmsnap.connection.policies import as_json, grant_of
from crmsnap.connection.trust import placeholder_trust_policy
from crmsnap.destinations.s3_place import read_s3_place
from crmsnap.errors import ConfigError, ConnectError
from tests.unit.connection.agreements import EVERY_FORM, ID, KEY, NEXT_ID, agreement

# As the article shows it, without the indentation that its translations lost.
ARTICLE = """\
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
"Resource": "arn:aws:s3:::acme-lake/hs/*"
},
{
"Effect": "Allow",
"Action": [
"s3:ListBucket",
"s3:GetBucketLocation"
],
"Resource": "arn:aws:s3:::acme-lake",
"Condition": {
"StringLike": {
"s3:prefix": [
"hs/*"
]
}
}
}
]
}"""


def statements(policy: dict[str, list[dict[str, object]]]) -> dict[str, dict[str, object]]:
    """The statements by their Sid."""
    return {str(statement["Sid"]): statement for statement in policy["Statement"]}


def test_the_published_policy_is_the_articles_line_by_line() -> None:
    """Whoever compares it with the article finds no difference."""
    lines = as_published(agreement().grant).splitlines()
    assert [line.strip() for line in lines] == ARTICLE.splitlines()


@pytest.mark.parametrize("form", EVERY_FORM)
def test_the_published_policy_is_filled_in_for_every_place(form: str) -> None:
    """Also for `*` and other partitions, as the article's note says."""
    grant = EVERY_FORM[form].grant
    objects, bucket = json.loads(as_published(grant))["Statement"]
    assert objects["Resource"] == f"{grant.bucket_arn}/{grant.files}"
    assert bucket["Resource"] == f"arn:{grant.partition}:s3:::{grant.bucket}"
    assert bucket["Condition"] == {"StringLike": {"s3:prefix": [grant.files]}}


@pytest.mark.parametrize(
    ("form", "files", "bucket"),
    [
        ("one folder", "arn:aws:s3:::acme-lake/hs/*", "arn:aws:s3:::acme-lake"),
        ("the whole bucket", "arn:aws:s3:::acme-lake/*", "arn:aws:s3:::acme-lake"),
        ("GovCloud", "arn:aws-us-gov:s3:::acme-lake/hs/*", "arn:aws-us-gov:s3:::acme-lake"),
        ("China", "arn:aws-cn:s3:::acme-lake/hs/*", "arn:aws-cn:s3:::acme-lake"),
        ("a folder in folders", "arn:aws:s3:::acme.lake/a b/ünï/c/*", "arn:aws:s3:::acme.lake"),
    ],
)
def test_a_policy_names_its_place_and_nothing_else(form: str, files: str, bucket: str) -> None:
    """Every statement has one resource."""
    found = statements(EVERY_FORM[form].permissions)
    assert found["Objects"]["Resource"] == files
    assert found["List"]["Resource"] == found["Location"]["Resource"] == bucket


def test_listing_alone_hangs_on_the_folder() -> None:
    """GetBucketLocation carries no prefix: under the condition it would be denied."""
    found = statements(agreement().permissions)
    assert found["List"]["Condition"] == {"StringLike": {"s3:prefix": ["hs/*"]}}
    assert "Condition" not in found["Location"]
    whole = statements(agreement("s3://acme-lake").permissions)
    assert whole["List"]["Condition"] == {"StringLike": {"s3:prefix": ["*"]}}


def test_the_narrow_policy_reads_and_writes() -> None:
    """No version is touched, and nothing is deleted."""
    found = statements(agreement(narrow=True).permissions)
    assert found["Objects"]["Action"] == ["s3:PutObject", "s3:GetObject"]


def test_a_key_is_granted_only_where_there_is_one() -> None:
    """`GenerateDataKey` for each PUT, `Decrypt` for each GET."""
    assert "Key" not in statements(agreement().permissions)
    key = statements(agreement(kms_key=KEY).permissions)["Key"]
    assert key["Action"] == ["kms:GenerateDataKey", "kms:Decrypt"]
    assert key["Resource"] == KEY


@pytest.mark.parametrize("form", EVERY_FORM)
def test_every_policy_fits_into_iam(form: str) -> None:
    """6,144 characters without white space are the limit of a managed policy (IAM quotas)."""
    text = as_json(EVERY_FORM[form].permissions)
    assert json.loads(text) == EVERY_FORM[form].permissions
    assert len("".join(text.split())) < 6144 / 4


def test_the_trust_policy_asks_for_the_user_and_the_id() -> None:
    """As the article's step 5 has it."""
    (statement,) = agreement().trust["Statement"]
    assert statement == {
        "Sid": "",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111111111111:user/svc"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": ID}},
    }


def test_while_an_id_is_changed_both_are_trusted() -> None:
    """The old one goes on working until the new one is proven."""
    (statement,) = agreement(external_ids=(ID, NEXT_ID)).trust["Statement"]
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": [ID, NEXT_ID]}}


def test_a_role_begins_with_the_own_account_and_a_placeholder() -> None:
    """Step 3: nobody of ours may assume it yet."""
    (statement,) = placeholder_trust_policy(
        read_role("r", account="222222222222", partition="aws-us-gov")
    )["Statement"]
    assert statement["Principal"] == {"AWS": "arn:aws-us-gov:iam::222222222222:root"}
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": "0000"}}


@pytest.mark.parametrize("sign", "*?$")
def test_a_folder_that_stands_for_others_is_refused(sign: str) -> None:
    """In a policy it would open more than itself."""
    with pytest.raises(ConfigError, match="cannot name the folder"):
        agreement(f"arn:aws:s3:::acme-lake/h{sign}s")


def test_a_role_cannot_be_of_another_partition_than_anything_else() -> None:
    """STS and S3 would answer that it does not exist."""
    role = read_role("arn:aws-cn:iam::222222222222:role/r", account=None, partition="aws")
    for place, kms_key, said in (
        ("arn:aws:s3:::acme-lake/hs", None, "the bucket is in aws, the role in aws-cn"),
        ("s3://acme-lake/hs", KEY, "the key is in aws, the role in aws-cn"),
    ):
        with pytest.raises(ConnectError, match=said):
            grant_of(read_s3_place(place), role, kms_key=kms_key, versions=True, deletes=True)
    grant = grant_of(
        read_s3_place("s3://acme-lake/hs"), role, kms_key=None, versions=True, deletes=True
    )
    with pytest.raises(ConnectError, match="the role is in aws-cn") as refused:
        agreed(role, grant, "arn:aws:iam::111111111111:user/svc", (ID,))
    assert "AWS China" in refused.value.remedy

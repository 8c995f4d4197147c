"""Agreements for tests: every form that documents are made in."""

from crmsnap.connection.agreement import Agreement, agreed
from crmsnap.connection.arn import read_role
from crmsnap.connection.policies import grant_of
from crmsnap.destinations.s3_place import read_s3_place

ID = "5f0c3f0e-8f0b-4b86-9a51-0d4a3f6f2f10"
NEXT_ID = "0b9fb8f3-5d5a-4f7e-8a6c-c1a4a2a3d511"
KEY = "arn:aws:kms:eu-central-1:222222222222:key/11111111-2222-4333-8444-555555555555"


def agreement(
    place: str = "s3://acme-lake/hs",
    *,
    partition: str = "aws",
    path: str = "",
    kms_key: str | None = None,
    narrow: bool = False,
    external_ids: tuple[str, ...] = (ID,),
) -> Agreement:
    """What a customer in account 222222222222 and a service in 111111111111 agree on."""
    role = read_role(
        f"arn:{partition}:iam::222222222222:role/{path}crmsnap", account=None, partition=partition
    )
    grant = grant_of(
        read_s3_place(place), role, kms_key=kms_key, versions=not narrow, deletes=not narrow
    )
    return agreed(role, grant, f"arn:{partition}:iam::111111111111:user/svc", external_ids)


EVERY_FORM = {
    "one folder": agreement(),
    "a folder in folders": agreement("s3://acme.lake/a b/ünï/c"),
    "the whole bucket": agreement("s3://acme-lake"),
    "GovCloud": agreement("arn:aws-us-gov:s3:::acme-lake/hs", partition="aws-us-gov"),
    "China": agreement(
        "https://acme-lake.s3.cn-north-1.amazonaws.com.cn/hs",
        partition="aws-cn",
        kms_key=KEY.replace("arn:aws:kms:eu-central-1", "arn:aws-cn:kms:cn-north-1"),
    ),
    "a key": agreement(kms_key=KEY),
    "narrow": agreement(narrow=True),
    "a role in a folder": agreement(path="service/crm/"),
    "an id that is changed": agreement(external_ids=(ID, NEXT_ID)),
}

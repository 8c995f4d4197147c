"""When two ARNs are one role: IAM knows a role by its name in its account, in capitals or not.

"Names are not distinguished by case", and no path makes two roles of one name (IAM User Guide, "IAM
and AWS STS quotas"). STS takes the ARN as it is written, but a policy may let it through anyway.
"""


def role_identity(arn: str) -> str:
    """The same text for every ARN of one role: its account, and its name in small letters."""
    account, _, name = arn.partition(":role/")
    return f"{account}:role/{name.rpartition('/')[2].lower()}"

"""Policy vectors: actions, resources and principals, from the IAM User Guide's pages on elements."""

from typing import Any

import pytest

from tests.aws.evaluator.context import context
from tests.aws.evaluator.statement import (
    Caller,
    MalformedPolicy,
    Statement,
    read_policy,
)

USER = Caller("arn:aws:iam::111111111111:user/svc", "111111111111")
ROLE_ARN = "arn:aws:iam::222222222222:role/hubspot"
SESSION_ARN = "arn:aws:sts::222222222222:assumed-role/hubspot/run-1"
SESSION = Caller(SESSION_ARN, "222222222222", ROLE_ARN)
OBJECT = "arn:aws:s3:::acme-lake/hs/2025/a.csv.gz"
PUT = {"Action": "s3:PutObject"}

COVERED: list[tuple[str, dict[str, Any], str, str, bool]] = [
    ("an action by its name", {"Action": "s3:PutObject"}, "s3:PutObject", OBJECT, True),
    ("another action", {"Action": "s3:PutObject"}, "s3:GetObject", OBJECT, False),
    ("actions have no case", {"Action": "S3:putobject"}, "s3:PutObject", OBJECT, True),
    ("one of several actions", {"Action": ["s3:GetObject", "s3:PutObject"]}, "s3:PutObject", OBJECT, True),
    ("none of no action", {"Action": []}, "s3:PutObject", OBJECT, False),
    ("every action", {"Action": "*"}, "sts:AssumeRole", OBJECT, True),
    ("every action of a service", {"Action": "s3:*"}, "s3:PutObject", OBJECT, True),
    ("not of another service", {"Action": "s3:*"}, "sts:AssumeRole", OBJECT, False),
    ("a star inside", {"Action": "s3:*Object"}, "s3:PutObject", OBJECT, True),
    ("a pattern is whole", {"Action": "s3:GetObject"}, "s3:GetObjectVersion", OBJECT, False),
    ("a star at the end", {"Action": "s3:GetObject*"}, "s3:GetObjectVersion", OBJECT, True),
    ("a question mark", {"Action": "s3:?etObject"}, "s3:GetObject", OBJECT, True),
    ("a question mark is one", {"Action": "s3:?etObject"}, "s3:SsetObject", OBJECT, False),
    ("not this action", {"NotAction": "s3:PutObject"}, "s3:PutObject", OBJECT, False),
    ("not another action", {"NotAction": "s3:PutObject"}, "s3:GetObject", OBJECT, True),
    ("none of these actions", {"NotAction": ["s3:*", "sts:*"]}, "s3:GetObject", OBJECT, False),
    ("not these but others", {"NotAction": ["s3:*"]}, "iam:CreateUser", OBJECT, True),
    ("an ARN", {"Resource": OBJECT}, "s3:PutObject", OBJECT, True),
    ("another ARN", {"Resource": "arn:aws:s3:::acme-lake/hs/b"}, "s3:PutObject", OBJECT, False),
    ("every resource", {"Resource": "*"}, "s3:PutObject", OBJECT, True),
    ("the prefix", {"Resource": "arn:aws:s3:::acme-lake/hs/*"}, "s3:PutObject", OBJECT, True),
    ("resources have a case", {"Resource": "arn:aws:s3:::acme-lake/HS/*"}, "s3:PutObject", OBJECT, False),
    ("the bucket is not its objects", {"Resource": "arn:aws:s3:::acme-lake"}, "s3:PutObject", OBJECT, False),
    ("the objects are not the bucket", {"Resource": "arn:aws:s3:::acme-lake/*"}, "s3:PutObject", "arn:aws:s3:::acme-lake", False),
    ("a longer bucket name", {"Resource": "arn:aws:s3:::acme-lake*"}, "s3:PutObject", "arn:aws:s3:::acme-lake-2/x", True),
    ("a prefix that only begins alike", {"Resource": "arn:aws:s3:::acme-lake/hs/*"}, "s3:PutObject", "arn:aws:s3:::acme-lake/hs2/x", False),
    ("a colon in a key", {"Resource": "arn:aws:s3:::acme-lake/hs/*.csv"}, "s3:PutObject", "arn:aws:s3:::acme-lake/hs/a:b.csv", True),
    ("a question mark in a key", {"Resource": "arn:aws:s3:::acme-lake/hs/?"}, "s3:PutObject", "arn:aws:s3:::acme-lake/hs/a", True),
    ("one of several resources", {"Resource": ["arn:aws:s3:::b/*", "arn:aws:s3:::acme-lake/*"]}, "s3:PutObject", OBJECT, True),
    ("not this resource", {"NotResource": "arn:aws:s3:::acme-lake/hs/*"}, "s3:PutObject", OBJECT, False),
    ("not another resource", {"NotResource": "arn:aws:s3:::acme-lake/zz/*"}, "s3:PutObject", OBJECT, True),
    ("a star inside a segment", {"Resource": "arn:aws:iam::22*2:role/hubspot"}, "s3:PutObject", ROLE_ARN, True),
    ("a star inside stays in its segment", {"Resource": "arn:aws:iam::2*2:role/x"}, "s3:PutObject", "arn:aws:iam::2:a:2:role/x", False),
    ("a star at a segment's end reaches on", {"Resource": "arn:aws:iam*:role/hubspot"}, "s3:PutObject", ROLE_ARN, True),
    ("the role in every account", {"Resource": "arn:aws:iam::*:role/hubspot"}, "s3:PutObject", ROLE_ARN, True),
    ("GovCloud", {"Resource": "arn:aws-us-gov:s3:::acme-lake/*"}, "s3:PutObject", "arn:aws-us-gov:s3:::acme-lake/x", True),
    ("GovCloud is not aws", {"Resource": "arn:aws:s3:::acme-lake/*"}, "s3:PutObject", "arn:aws-us-gov:s3:::acme-lake/x", False),
    ("China is not aws", {"Resource": "arn:aws:s3:::acme-lake/*"}, "s3:PutObject", "arn:aws-cn:s3:::acme-lake/x", False),
    ("a variable in a resource", {"Resource": "arn:aws:s3:::acme-lake/${aws:username}/*"}, "s3:PutObject", "arn:aws:s3:::acme-lake/ann/x", True),
    ("a variable of another", {"Resource": "arn:aws:s3:::acme-lake/${aws:username}/*"}, "s3:PutObject", "arn:aws:s3:::acme-lake/bob/x", False),
    ("a variable without a value", {"Resource": "arn:aws:s3:::acme-lake/${aws:userid}/*"}, "s3:PutObject", "arn:aws:s3:::acme-lake/ann/x", False),
    ("no resource at all, as in a trust policy", {"Action": "sts:AssumeRole"}, "sts:AssumeRole", ROLE_ARN, True),
]  # fmt: skip

NAMED: list[tuple[str, Any, Caller, bool]] = [
    ("everybody", "*", USER, True),
    ("everybody, the long way", {"AWS": "*"}, USER, True),
    ("the user's ARN", {"AWS": USER.arn}, USER, True),
    ("another user's ARN", {"AWS": "arn:aws:iam::111111111111:user/svc2"}, USER, False),
    ("one of several", {"AWS": ["arn:aws:iam::333333333333:root", USER.arn]}, USER, True),
    ("the account's number", {"AWS": "111111111111"}, USER, True),
    ("the account's root", {"AWS": "arn:aws:iam::111111111111:root"}, USER, True),
    ("another account's root", {"AWS": "arn:aws:iam::333333333333:root"}, USER, False),
    ("another account's number", {"AWS": "333333333333"}, USER, False),
    ("no wildcard in a user's ARN", {"AWS": "arn:aws:iam::111111111111:user/*"}, USER, False),
    ("the account in another partition", {"AWS": "arn:aws-cn:iam::111111111111:root"}, USER, False),
    ("the session's role", {"AWS": ROLE_ARN}, SESSION, True),
    ("the session itself", {"AWS": SESSION_ARN}, SESSION, True),
    ("another session of the role", {"AWS": SESSION_ARN + "2"}, SESSION, False),
    ("the session's account", {"AWS": "222222222222"}, SESSION, True),
    ("a service", {"Service": "lambda.amazonaws.com"}, USER, False),
    ("a federated provider", {"Federated": "cognito-identity.amazonaws.com"}, USER, False),
    ("nobody", {"AWS": []}, USER, False),
]

EXCEPTED: list[tuple[str, list[str], Caller, bool]] = [
    ("the user and its account are excepted", [USER.arn, "111111111111"], USER, False),
    ("the account by its root", [USER.arn, USER.account_arn], USER, False),
    ("the account alone is not enough", ["111111111111"], USER, True),
    ("the user alone is not enough", [USER.arn], USER, True),
    ("role, session and account", [ROLE_ARN, SESSION_ARN, "222222222222"], SESSION, False),
    ("the role without the session", [ROLE_ARN, "222222222222"], SESSION, True),
    ("somebody else", ["333333333333"], USER, True),
]

MALFORMED: list[tuple[str, Any]] = [
    ("no JSON", "{"),
    ("no object", "[]"),
    ("no statement", {"Version": "2012-10-17"}),
    ("a version of the future", {"Version": "2025-01-01", "Statement": []}),
    ("an element of the document that is not known", {"Statement": [], "Statements": []}),
    ("an element of the statement that is not known", {"Statement": {"Effect": "Allow", "Actions": "*"}}),
    ("no effect", {"Statement": {"Action": "*"}}),
    ("an effect in small letters", {"Statement": {"Effect": "allow", "Action": "*"}}),
    ("no action", {"Statement": {"Effect": "Allow", "Resource": "*"}}),
    ("an action and its opposite", {"Statement": {"Effect": "Allow", "Action": "*", "NotAction": "*"}}),
    ("an action that is a number", {"Statement": {"Effect": "Allow", "Action": 1}}),
    ("a principal that is a name", {"Statement": {"Effect": "Allow", "Action": "*", "Principal": "me"}}),
    ("a condition that is a list", {"Statement": {"Effect": "Allow", "Action": "*", "Condition": []}}),
    ("an operator that is not known", {"Statement": {"Effect": "Allow", "Action": "*", "Condition": {"Equals": {}}}}),
]  # fmt: skip


def _statement(**elements: Any) -> Statement:
    raw = {"Effect": "Allow", **elements}
    return read_policy({"Version": "2012-10-17", "Statement": raw})[0]


@pytest.mark.parametrize(
    ("elements", "action", "resource", "covered"),
    [vector[1:] for vector in COVERED],
    ids=[vector[0] for vector in COVERED],
)
def test_a_statement_covers_what_its_elements_say(
    elements: dict[str, Any], action: str, resource: str, covered: bool
) -> None:
    """Prefixes decide whose data we can touch: a wildcard that reaches too far is a breach."""
    if not {"Action", "NotAction"} & elements.keys():
        elements = elements | PUT
    statement = _statement(**elements)
    assert statement.covers(action, resource, context({"aws:username": "ann"})) is covered


@pytest.mark.parametrize(
    ("principal", "caller", "named"),
    [vector[1:] for vector in NAMED],
    ids=[vector[0] for vector in NAMED],
)
def test_a_principal_names_whom_it_says(principal: Any, caller: Caller, named: bool) -> None:
    """A trust policy that names our account trusts every user in it."""
    assert _statement(Action="*", Principal=principal).names(caller) is named


@pytest.mark.parametrize(
    ("listed", "caller", "named"),
    [vector[1:] for vector in EXCEPTED],
    ids=[vector[0] for vector in EXCEPTED],
)
def test_not_principal_excepts_only_who_is_listed_whole(
    listed: list[str], caller: Caller, named: bool
) -> None:
    """AWS asks for the account, and for a session for its role too: half a list excepts nobody."""
    statement = _statement(Effect="Deny", Action="*", NotPrincipal={"AWS": listed})
    assert statement.names(caller) is named


@pytest.mark.parametrize(
    "document", [vector[1] for vector in MALFORMED], ids=[vector[0] for vector in MALFORMED]
)
def test_a_document_that_iam_would_refuse_is_refused(document: Any) -> None:
    """A misspelt element that is passed over would widen or narrow a policy in silence."""
    with pytest.raises(ValueError, match=r"."):
        read_policy(document)


def test_a_statement_without_a_list_is_one_statement() -> None:
    """IAM takes a single statement without brackets."""
    policy = read_policy({"Statement": {"Effect": "Deny", "Action": "*", "Sid": "Never"}})
    assert [(one.name, one.allows) for one in policy] == [("Never", False)]


def test_a_malformed_policy_says_which_statement() -> None:
    """The person who reads it has a document with several of them."""
    good = {"Effect": "Allow", "Action": "*"}
    with pytest.raises(MalformedPolicy, match="statement 2"):
        read_policy({"Statement": [good, good | {"NotAction": "*"}]})


@pytest.mark.parametrize(
    ("version", "covered"),
    [({"Version": "2012-10-17"}, True), ({"Version": "2008-10-17"}, False), ({}, False)],
)
def test_only_the_newer_version_has_variables(version: dict[str, str], covered: bool) -> None:
    """A policy without a version is one of the old kind, where a variable is plain text."""
    raw = {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::b/${aws:username}"}
    statement = read_policy({**version, "Statement": raw})[0]
    brought = context({"aws:username": "ann"})
    assert statement.covers("s3:PutObject", "arn:aws:s3:::b/ann", brought) is covered

"""Which S3 call a request is, and which rights it needs on what.

The rights are those of "Required permissions for Amazon S3 API operations" (S3 User Guide).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from tests.aws.front.refusal import Refusal
from tests.aws.front.request import Request

Calls = Mapping[tuple[str, str], tuple[str, str]]

BUCKET_CALLS: Calls = {
    ("GET", ""): ("ListObjects", "s3:ListBucket"),
    ("GET", "list-type"): ("ListObjectsV2", "s3:ListBucket"),
    ("GET", "versions"): ("ListObjectVersions", "s3:ListBucketVersions"),
    ("GET", "uploads"): ("ListMultipartUploads", "s3:ListBucketMultipartUploads"),
    ("GET", "location"): ("GetBucketLocation", "s3:GetBucketLocation"),
    ("GET", "versioning"): ("GetBucketVersioning", "s3:GetBucketVersioning"),
    ("GET", "policy"): ("GetBucketPolicy", "s3:GetBucketPolicy"),
    ("GET", "encryption"): ("GetBucketEncryption", "s3:GetEncryptionConfiguration"),
    ("GET", "object-lock"): ("GetObjectLockConfiguration", "s3:GetBucketObjectLockConfiguration"),
    ("HEAD", ""): ("HeadBucket", "s3:ListBucket"),
    ("PUT", ""): ("CreateBucket", "s3:CreateBucket"),
    ("PUT", "versioning"): ("PutBucketVersioning", "s3:PutBucketVersioning"),
    ("PUT", "policy"): ("PutBucketPolicy", "s3:PutBucketPolicy"),
    ("DELETE", ""): ("DeleteBucket", "s3:DeleteBucket"),
    ("DELETE", "policy"): ("DeleteBucketPolicy", "s3:DeleteBucketPolicy"),
    ("POST", "delete"): ("DeleteObjects", "s3:DeleteObject"),
}

OBJECT_CALLS: Calls = {
    ("GET", ""): ("GetObject", "s3:GetObject"),
    ("GET", "tagging"): ("GetObjectTagging", "s3:GetObjectTagging"),
    ("GET", "acl"): ("GetObjectAcl", "s3:GetObjectAcl"),
    ("GET", "uploadId"): ("ListParts", "s3:ListMultipartUploadParts"),
    ("GET", "attributes"): ("GetObjectAttributes", "s3:GetObjectAttributes"),
    ("GET", "retention"): ("GetObjectRetention", "s3:GetObjectRetention"),
    ("GET", "legal-hold"): ("GetObjectLegalHold", "s3:GetObjectLegalHold"),
    ("HEAD", ""): ("HeadObject", "s3:GetObject"),
    ("PUT", ""): ("PutObject", "s3:PutObject"),
    ("PUT", "uploadId"): ("UploadPart", "s3:PutObject"),
    ("PUT", "tagging"): ("PutObjectTagging", "s3:PutObjectTagging"),
    ("PUT", "acl"): ("PutObjectAcl", "s3:PutObjectAcl"),
    ("PUT", "retention"): ("PutObjectRetention", "s3:PutObjectRetention"),
    ("PUT", "legal-hold"): ("PutObjectLegalHold", "s3:PutObjectLegalHold"),
    ("DELETE", ""): ("DeleteObject", "s3:DeleteObject"),
    ("DELETE", "uploadId"): ("AbortMultipartUpload", "s3:AbortMultipartUpload"),
    ("DELETE", "tagging"): ("DeleteObjectTagging", "s3:DeleteObjectTagging"),
    ("POST", "uploads"): ("CreateMultipartUpload", "s3:PutObject"),
    ("POST", "uploadId"): ("CompleteMultipartUpload", "s3:PutObject"),
}

# Headers that ask for more than the call's own right.
MORE_RIGHTS = {
    "x-amz-tagging": "s3:PutObjectTagging",
    "x-amz-acl": "s3:PutObjectAcl",
    "x-amz-object-lock-mode": "s3:PutObjectRetention",
    "x-amz-object-lock-legal-hold": "s3:PutObjectLegalHold",
    "x-amz-bypass-governance-retention": "s3:BypassGovernanceRetention",
}
VERSIONED_RIGHTS = ("s3:GetObject", "s3:DeleteObject", "s3:GetObjectTagging", "s3:GetObjectAcl")


@dataclass(frozen=True, slots=True)
class Need:
    """One right that a call needs; a key is empty where the bucket itself is meant."""

    action: str
    bucket: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """An S3 call and the rights that it needs."""

    name: str
    needs: tuple[Need, ...]


def operation_of(request: Request) -> Operation:
    """Name the S3 call that a request makes; 501 for one that this server does not know."""
    if not request.bucket:
        return Operation("ListBuckets", (Need("s3:ListAllMyBuckets", "*"),))
    name, action = _call(request, OBJECT_CALLS if request.key else BUCKET_CALLS)
    if "x-amz-copy-source" in request.headers and name in ("PutObject", "UploadPart"):
        name = {"PutObject": "CopyObject", "UploadPart": "UploadPartCopy"}[name]
    if name == "DeleteObjects":
        return Operation(name, ())  # judged key by key
    if request.key and "versionId" in request.query and action in VERSIONED_RIGHTS:
        action = action.replace("Object", "ObjectVersion", 1)
    needs = [Need(action, request.bucket, request.key)]
    if "Copy" in name:
        needs.insert(0, copy_source(request))
    if request.key and "if-match" in request.headers and request.method in ("PUT", "DELETE"):
        needs.append(Need("s3:GetObject", request.bucket, request.key))
    if request.key:
        needs += [
            Need(right, request.bucket, request.key)
            for header, right in MORE_RIGHTS.items()
            if header in request.headers
        ]
    return Operation(name, tuple(needs))


def copy_source(request: Request) -> Need:
    """Return the right that a copy needs on its source."""
    path, _, query = request.headers["x-amz-copy-source"].partition("?")
    bucket, _, key = unquote(path).lstrip("/").partition("/")
    return Need("s3:GetObjectVersion" if "versionId=" in query else "s3:GetObject", bucket, key)


def _call(request: Request, calls: Calls) -> tuple[str, str]:
    query = request.query
    for (method, parameter), call in calls.items():
        if parameter and method == request.method and parameter in query:
            return call
    if (request.method, "") not in calls:
        raise Refusal(501, "NotImplemented", f"{request.method} {sorted(query)} is not known here")
    return calls[request.method, ""]

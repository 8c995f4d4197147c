"""The files that a check writes, and how it gets rid of them again, versions included."""

import hashlib
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any

from crmsnap.connection.checks.caller import Caller, Reply
from crmsnap.connection.checks.target import CANARIES, AwsTarget
from crmsnap.destinations.s3 import key_to_send

CONTENT = b"written by crmsnap check, which removes it again\n"
OTHER_CONTENT = b"written by crmsnap check in place of the first\n"


@dataclass(slots=True)
class Canaries:
    """Calls about the check's own files, and a memory of what was written."""

    target: AwsTarget
    caller: Caller
    s3: Any
    """A boto3 client."""
    name: str
    """Of the first file: nobody has it yet, or it is the one that is used again and again."""
    _versions: dict[str, set[str]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The first file."""
        return f"{self.target.folder}{CANARIES}/{self.name}"

    @property
    def copy_key(self) -> str:
        """Its copy."""
        return f"{self.key}-copy"

    def put(self, content: bytes, *, sha256_of: bytes | None = None, **conditions: str) -> Reply:
        """Write the first file, encrypted and checked as a sync does it."""
        digest = hashlib.sha256(content if sha256_of is None else sha256_of).digest()
        reply = self.caller.ask(
            self.s3.put_object,
            **self.at(self.key),
            Body=content,
            ChecksumSHA256=b64encode(digest).decode("ascii"),
            **self._encryption(),
            **conditions,
        )
        return self._wrote(self.key, reply)

    def get(self, version: str | None = None) -> Reply:
        """Read the first file."""
        return self.caller.ask(self.s3.get_object, **self.at(self.key), VersionId=version)

    def copy(self) -> Reply:
        """Copy the first file, unless there is a copy."""
        reply = self.caller.ask(
            self.s3.copy_object,
            **self.at(self.copy_key),
            CopySource={"Bucket": self.target.bucket, "Key": self.key},
            ExpectedSourceBucketOwner=self.target.bucket_owner,
            IfNoneMatch="*",
            **self._encryption(),
        )
        return self._wrote(self.copy_key, reply)

    def delete(self, key: str) -> Reply:
        """Remove a file; in a bucket with versions it stays as an earlier one."""
        reply = self.caller.ask(self.s3.delete_object, **self.at(key))
        if reply.worked and not reply.body.get("VersionId"):
            self._versions.pop(key, None)  # the bucket keeps no versions, so nothing is left
        elif reply.worked:
            self._versions.setdefault(key, set()).add(reply.body["VersionId"])  # its delete marker
        return reply

    def delete_versions(self) -> Reply:
        """Remove every version that was written here; the first refusal, else the last success."""
        known = [(key, one) for key, ones in self._versions.items() for one in sorted(ones)]
        reply = Reply(None)
        for key, version in known or [(self.key, "null")]:
            reply = self.caller.ask(self.s3.delete_object, **self.at(key), VersionId=version)
            if not reply.worked:
                break
            self._versions.get(key, set()).discard(version)
        return reply

    @property
    def version(self) -> str:
        """The newest version of the first file that is known; `null` where there are no versions."""
        return next(iter(self._versions.get(self.key, ())), "null")

    @property
    def left(self) -> tuple[str, ...]:
        """What is still there."""
        return tuple(key for key, versions in self._versions.items() if versions)

    def at(self, key: str) -> dict[str, str | None]:
        """What every call about one file says."""
        return {
            "Bucket": self.target.bucket,
            "Key": key,
            "ExpectedBucketOwner": self.target.bucket_owner,
        }

    def _encryption(self) -> dict[str, str | None]:
        return {
            "ServerSideEncryption": self.target.encryption,
            "SSEKMSKeyId": key_to_send(self.target.encryption, self.target.kms_key),
        }

    def _wrote(self, key: str, reply: Reply) -> Reply:
        if reply.worked:
            self._versions.setdefault(key, set()).add(reply.body.get("VersionId") or "null")
        return reply

"""Ceph's S3 and STS gateway from nothing, in a folder: an S3 server whose policy engine is not ours.

A monitor, one storage daemon that keeps objects in memory, and the gateway, all on loopback. What it
judges: permission and session policies, missing keys, create-only writes, payload hashes, clock skew.
What it cannot: the external id (a trust policy with that condition lets nobody in), checksum headers,
a quoted If-Match, create-only copies, the bucket's owner and region.
"""

import json
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socket import socket
from typing import Any

import boto3
from botocore.config import Config

from tests.servers.debian import programs

PACKAGES = ("radosgw", "ceph-mon", "ceph-osd", "ceph-common")
PROGRAMS = ("ceph", "ceph-authtool", "ceph-mon", "ceph-osd", "monmaptool")
GATEWAY_PROGRAMS = ("radosgw", "radosgw-admin")
START_SECONDS = 120
STOP_SECONDS = 10

CONF = """\
[global]
fsid = {fsid}
mon host = v2:127.0.0.1:{mon_port}
public network = 127.0.0.0/8
ms bind ipv4 = true
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
auth allow insecure global id reclaim = true
keyring = {folder}/keyring
osd objectstore = memstore
memstore device bytes = 4294967296
osd pool default size = 1
osd pool default min size = 1
mon allow pool size one = true
mon warn on pool no redundancy = false
osd crush chooseleaf type = 0
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
mon max pg per osd = 1000
mon data avail warn = 2
mon data avail crit = 1
run dir = {folder}/run
admin socket = {folder}/run/$name.asok
pid file = {folder}/run/$name.pid
log file = {folder}/log/$name.log
mon data = {folder}/mon/$id
osd data = {folder}/osd/$id
rgw data = {folder}/rgw
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:{port}
rgw s3 auth use sts = true
rgw sts key = abcdefghijklmnop
rgw enable apis = s3, sts, iam, admin
"""
# Without cephx the gateway hangs for five minutes and dies.


@dataclass(frozen=True, slots=True)
class RgwUser:
    """A user of the gateway."""

    arn: str
    access_key_id: str
    secret_access_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Radosgw:
    """A running gateway."""

    url: str
    admin: RgwUser
    """Owner of every bucket made here."""
    service: RgwUser
    """Whoever assumes roles: crmsnap's operator."""
    _run: Callable[..., str]

    def s3(self, user: RgwUser | None = None, token: str | None = None) -> Any:
        """A boto3 client of the owner, or of somebody else."""
        return self._client("s3", user or self.admin, token)

    def sts(self) -> Any:
        """A boto3 client of the service, to assume roles with."""
        return self._client("sts", self.service, None)

    def bucket(self) -> str:
        """A new bucket of the owner."""
        name = f"crmsnap-test-{uuid.uuid4().hex[:12]}"
        self.s3().create_bucket(Bucket=name)
        return name

    def role(self, policy: dict[str, Any]) -> str:
        """A new role that the service may assume, without any condition; its ARN."""
        name = f"hubspot-{uuid.uuid4().hex[:8]}"
        trust = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": [self.service.arn]},
                    "Action": ["sts:AssumeRole"],
                }
            ],
        }
        self._run(
            "role", "create", "--role-name", name, "--assume-role-policy-doc", _compact(trust)
        )
        self._run(
            *("role-policy", "put", "--role-name", name),
            *("--policy-name", "p", "--policy-doc", _compact(policy)),
        )
        return f"arn:aws:iam:::role/{name}"

    def _client(self, kind: str, user: RgwUser, token: str | None) -> Any:
        return boto3.client(
            kind,
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id=user.access_key_id,
            aws_secret_access_key=user.secret_access_key,
            aws_session_token=token,
            config=Config(
                retries={"total_max_attempts": 1},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                s3={"addressing_style": "path"},
            ),
        )


@contextmanager
def radosgw(folder: Path) -> Iterator[Radosgw]:
    """Run a gateway for as long as the block lasts; about 13 seconds to its first answer."""
    where = programs((*PROGRAMS, *GATEWAY_PROGRAMS), PACKAGES)
    fsid, osd = str(uuid.uuid4()), str(uuid.uuid4())
    port, mon_port = _free_port(), _free_port()
    for name in ("run", "log", "mon", "osd/0", "rgw"):
        (folder / name).mkdir(parents=True)
    text = CONF.format(fsid=fsid, folder=folder, port=port, mon_port=mon_port)
    (folder / "ceph.conf").write_text(text, encoding="utf-8")

    def run(program: str, *arguments: str) -> str:
        conf = () if program in ("ceph-authtool", "monmaptool") else ("-c", "ceph.conf")
        done = subprocess.run(
            [where[program], *conf, *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
        )
        assert done.returncode == 0, f"{program} {arguments}: {done.stderr}"
        return done.stdout

    _make_keys(run, fsid, mon_port)
    with ExitStack() as daemons:
        started = _starter(daemons, where, folder)
        started("ceph-mon", "-i", "a")
        run("ceph", "-s")
        run("ceph", "osd", "new", osd)
        run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", osd)
        started("ceph-osd", "-i", "0")
        _wait("the storage daemon", lambda: "1 up" in run("ceph", "osd", "stat"))
        gateway = started("radosgw", "-n", "client.rgw")
        url = f"http://127.0.0.1:{port}"
        _wait("the gateway", lambda: gateway.poll() is None and _answers(url))

        def admin(*arguments: str) -> str:
            return run("radosgw-admin", "-n", "client.rgw", *arguments)

        users = [_user(admin, name) for name in ("owner", "svc")]
        yield Radosgw(url, *users, admin)


def _make_keys(run: Callable[..., str], fsid: str, mon_port: int) -> None:
    every = ("--cap", "mon", "allow *", "--cap", "osd", "allow *")
    run("ceph-authtool", "--create-keyring", "keyring", "--gen-key", "-n", "mon.", *every[:3])
    for name in ("client.admin", "client.rgw"):
        run("ceph-authtool", "keyring", "--gen-key", "-n", name, *every, "--cap", "mgr", "allow *")
    run("ceph-authtool", "keyring", "--gen-key", "-n", "osd.0", *every)
    address = f"[v2:127.0.0.1:{mon_port}]"
    run("monmaptool", "--create", "--fsid", fsid, "--addv", "a", address, "monmap")
    run("ceph-mon", "--mkfs", "-i", "a", "--monmap", "monmap", "--keyring", "keyring")


def _starter(
    daemons: ExitStack, where: dict[str, Path], folder: Path
) -> "Callable[..., subprocess.Popen[bytes]]":
    def started(program: str, *arguments: str) -> "subprocess.Popen[bytes]":
        log = daemons.enter_context((folder / "log" / f"{program}.out").open("wb"))
        process = subprocess.Popen(
            [where[program], "-c", "ceph.conf", *arguments, "-f"],
            cwd=folder,
            stdout=log,
            stderr=log,
        )
        daemons.callback(_stop, process)
        return process

    return started


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _user(admin: Callable[..., str], name: str) -> RgwUser:
    key, secret = f"{name}KEY", f"{name}SECRET"
    admin(
        *("user", "create", "--uid", name, "--display-name", name),
        *("--access-key", key, "--secret-key", secret),
    )
    return RgwUser(f"arn:aws:iam:::user/{name}", key, secret)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


def _wait(what: str, ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        assert time.monotonic() < deadline, f"{what} did not start"
        time.sleep(0.2)


def _free_port() -> int:
    with socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _compact(document: dict[str, Any]) -> str:
    # Its parser takes a policy with spaces for a broken one when it comes in a form body.
    return json.dumps(document, separators=(",", ":"))

"""No line of the product takes a certificate unseen, and none could be told to by a setting."""

import ast
import re
from collections.abc import Iterator

import pytest

from crmsnap.config import json_schema
from tests.house.repository import files_of, shown, tree_of

PRODUCT = [path for path in files_of(".py", below="src") if "sandbox" not in path.parts]
NAMES = frozenset({"CERT_NONE", "CERT_OPTIONAL", "_create_unverified_context", "disable_warnings"})
OPTIONS = frozenset({"allow_invalid_certificates", "allow_invalid_hostnames", "allow_insecure"})
SWITCHES = frozenset({"verify", "check_hostname", "assert_hostname", "use_ssl", "verify_ssl"})


def unsafe(tree: ast.Module) -> Iterator[str]:
    """Everything by which a library can be told to trust anybody."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) if name in NAMES:
                yield name
            case ast.Constant(value=str(name)) if name in NAMES:
                yield name
            case ast.Dict(keys=keys, values=values):
                yield from (name for name in map(_allows, keys, values) if name)
            case ast.keyword(arg=name, value=ast.Constant(value=False | None)) if name in SWITCHES:
                yield str(name)
            case ast.keyword(arg=str(name), value=value):
                yield from filter(None, [_allows(ast.Constant(name), value)])
            case ast.Assign(targets=[ast.Attribute(attr=name)], value=ast.Constant(value=False)):
                if name in SWITCHES:
                    yield name


def _allows(key: ast.expr | None, value: ast.expr) -> str | None:
    """An option that is anything but False; to say False is better than to leave it to the environment."""
    if not isinstance(key, ast.Constant) or key.value not in OPTIONS:
        return None
    return None if isinstance(value, ast.Constant) and value.value is False else str(key.value)


def test_no_line_switches_verification_off() -> None:
    """A line that was there for a minute of debugging stays for years."""
    found = [f"{shown(path)}: {name}" for path in PRODUCT for name in unsafe(tree_of(path))]
    assert not found


@pytest.mark.parametrize(
    "source",
    [
        "requests.get(url, verify=False)",
        "context.check_hostname = False",
        "pool(cert_reqs='CERT_NONE')",
        "context.verify_mode = ssl.CERT_NONE",
        "ssl._create_unverified_context()",
        "S3Store(bucket, client_options={'allow_invalid_certificates': True})",
        "ClientConfig(allow_invalid_certificates=flag)",
        "boto3.client('s3', use_ssl=False)",
    ],
)
def test_a_line_that_does_is_found(source: str) -> None:
    """The search itself is tried on what it is there for."""
    assert list(unsafe(ast.parse(source)))


def test_no_setting_switches_verification_off() -> None:
    """`allow_http` of a store is another thing, and says so: it is for one without TLS at all."""
    names = set(re.findall(r'"(\w+)"', str(json_schema()).replace("'", '"')))
    assert not {name for name in names if re.search(r"verify|insecure|invalid|tls|ssl", name)}
    assert "ca_file" in names

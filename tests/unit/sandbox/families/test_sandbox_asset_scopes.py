"""Who may read marketing assets, under which paths: asked over HTTP."""

from collections.abc import Iterator

import pytest
import urllib3

from crmsnap.sandbox.server import Address, Options, running

ASSETS = (
    ("/cms/v3/pages/landing-pages", ("content", "content.landing_pages.read")),
    ("/cms/pages/2025-09/landing-pages", ("content", "content.landing_pages.read")),
    ("/cms/v3/pages/site-pages/", ("content", "content.site_pages.read")),
    ("/cms/pages/2026-03/site-pages", ("content", "content.site_pages.read")),
    ("/cms/v3/blogs/posts", ("content",)),
    ("/cms/blogs/2026-09/posts", ("content",)),
    ("/cms/blogs/2026-03/posts/cursor", ("content",)),
    ("/marketing/v3/forms", ("forms",)),
    ("/marketing/forms/2026-09-beta", ("forms",)),
    ("/marketing/v3/emails", ("content", "marketing.email.read")),
    ("/marketing/emails/2026-09", ("content", "marketing.email.read")),
    ("/marketing/v3/campaigns", ("marketing.campaigns.read",)),
    ("/marketing/campaigns/2026-03", ("marketing.campaigns.read",)),
)
SUBMISSIONS = "/form-integrations/v1/submissions/forms/"
SCOPES = sorted({scope for _, scopes in ASSETS for scope in scopes})


@pytest.fixture(scope="module")
def address() -> Iterator[Address]:
    """A sandbox with a token for each scope, named like it, and one that may nothing."""
    tokens = ("nobody=", *(f"{scope}={scope}" for scope in SCOPES))
    with running(Options(contacts=200, tokens=tokens)) as found:
        yield found


@pytest.fixture(scope="module")
def pool() -> Iterator[urllib3.PoolManager]:
    """One client for all of it."""
    with urllib3.PoolManager() as found:
        yield found


def ask(address, pool, path: str, token: str):
    return pool.request("GET", address.url + path, headers={"authorization": f"Bearer {token}"})


@pytest.mark.parametrize(("path", "scopes"), ASSETS)
def test_one_of_the_scopes_is_enough_and_no_other_is(path, scopes, address, pool):
    """The refusal names them."""
    for scope in SCOPES:
        assert ask(address, pool, path, scope).status == (200 if scope in scopes else 403)
    refused = ask(address, pool, path, "nobody").json()
    assert refused["category"] == "MISSING_SCOPES"
    assert refused["errors"][0]["context"]["requiredGranularScopes"] == sorted(scopes)


def test_submissions_need_the_scope_of_forms(address, pool):
    """They are personal data behind the same scope as the definitions."""
    form = ask(address, pool, "/marketing/v3/forms", "forms").json()["results"][0]["id"]
    assert ask(address, pool, SUBMISSIONS + form, "forms").status == 200
    assert ask(address, pool, SUBMISSIONS + form, "content").status == 403


@pytest.mark.parametrize(
    "path",
    [
        "/marketing/forms/2026-03",
        "/marketing/forms/2026-09",
        "/form-integrations/2026-09/submissions/forms/x",
        "/cms/pages/v9/site-pages",
    ],
)
def test_a_path_that_hubspot_does_not_have_is_an_unknown_route(path, address, pool):
    """Forms have a beta path only, their submissions no dated one: an HTML page says so."""
    answer = ask(address, pool, path, "forms")
    assert answer.status == 404
    assert answer.headers["content-type"].startswith("text/html")

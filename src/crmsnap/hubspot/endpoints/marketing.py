"""Forms and what was sent through them, marketing e-mails with their statistics, and campaigns.

(developers.hubspot.com: "Forms", "Marketing emails", "Campaigns"; the submissions of a form are an old
API that lives on without a dated path: "Form integrations".)
"""

from collections.abc import Sequence

from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints.raw_pages import RawPage, raw_page
from crmsnap.hubspot.paths import (
    CAMPAIGNS,
    FORM_SUBMISSIONS,
    FORM_SUBMISSIONS_PROBE,
    FORMS,
    MARKETING_EMAILS,
)

PAGE_ITEMS = 100
PAGE_SUBMISSIONS = 50
"""More is refused."""


def forms(client: Client, after: str | None, limit: int = PAGE_ITEMS) -> RawPage:
    """A page of the live forms."""
    return raw_page(client, FORMS, after, limit=limit)


def submissions(
    client: Client, form: str, after: str | None, limit: int = PAGE_SUBMISSIONS
) -> RawPage:
    """A page of what was sent through a form, newest first; `NotFound` for a form that is gone."""
    return raw_page(client, FORM_SUBMISSIONS, after, limit=limit, path={"form": form})


def newest_submissions(client: Client, form: str, after: str | None) -> RawPage:
    """The same page where it is asked whether a form has anything new: the first one is a probe."""
    if after is not None:
        return submissions(client, form, after)
    return raw_page(
        client, FORM_SUBMISSIONS_PROBE, None, limit=PAGE_SUBMISSIONS, path={"form": form}
    )


def emails(client: Client, after: str | None, limit: int = PAGE_ITEMS) -> RawPage:
    """A page of the live marketing e-mails with their statistics."""
    return raw_page(client, MARKETING_EMAILS, after, limit=limit, query=[("includeStats", "true")])


def campaigns(
    client: Client, after: str | None, properties: Sequence[str], limit: int = PAGE_ITEMS
) -> RawPage:
    """A page of campaigns with these properties; `BadRequest` for a name that campaigns do not have."""
    query = [("properties", ",".join(properties))] if properties else []
    return raw_page(client, CAMPAIGNS, after, limit=limit, query=query)

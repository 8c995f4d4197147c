"""Every family of the API that the sandbox serves: a new one is one file and one line here."""

from crmsnap.sandbox.api.route import Family

FAMILIES: tuple[Family, ...] = ()

"""Texts that occurrences of events carry: ordinary ones, and those that break a careless CSV writer."""

from crmsnap.sandbox.account.values import CANARY

SECRETS = (f"{CANARY}in-an-event-1", None, f"{CANARY}in-an-event-2")
"""What sensitive properties of events hold: they come with every occurrence, asked for or not."""

CITIES = ("Lund", "Köln", "São Paulo", "東京", "القاهرة", "Sault Ste. Marie", "", None)

PAGES = (
    "https://example.com/",
    "https://example.com/pricing?utm_source=newsletter&utm_medium=email",
    "https://example.com/blog/why-we-love-big-data",
    "https://example.com/de/preise?plan=%C3%BCber&n=1,2",
    "https://example.com/?q=\"quoted\"&r='single'",
    "https://example.com/" + "very-long-path/" * 20,
    "",
)

TITLES = (
    "Home",
    "Pricing: compare the plans — now",
    "Über uns",
    "価格表",
    'The "best", and only, page',
    "Zeile 1\nZeile 2",
    None,
)

HOSTILE = (
    "plain",
    'a "quoted", comma',
    "line 1\nline 2\r\nline 3\rline 4",
    "tab\tand \\ backslash \\",
    '=HYPERLINK("https://example.com")',
    "@SUM(1+1)",
    "\\N",
    "NULL",
    "  spaces around  ",
    "zero\u0000byte",
    "line\u2028separator\u0085next",
    "\ufeffbyte order mark",
    "👩‍👩‍👧 family, 🇩🇪 flag",
    "e\u0301 combining, \u202eright to left",
    "",
    None,
)

"""Texts that break careless readers. Each is a value that a real account can hold.

They are handed out in turn, by index, so that an account of 200 contacts holds every one of them.
"""

TEXTS: tuple[str | None, ...] = (
    "plain",
    "",
    None,
    "two\nlines",
    "carriage\rreturn",
    "carriage return\r\nand line feed",
    'a "quoted" word, and a comma',
    '"',
    '""',
    ",",
    "ends with a backslash\\",
    "\\N",
    "\\n is not a line feed",
    "NULL",
    "null",
    "NA",
    "N/A",
    "None",
    "nan",
    "true",
    "007",
    "1e5",
    "+49 30 901820",
    "-1",
    '=HYPERLINK("http://example.com","click")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\tstarts with a tab",
    " starts and ends with a space ",
    "next line \x85 mark",
    "line separator \u2028 and paragraph separator \u2029",
    "\ufeffbyte order mark",
    "nul \x00 byte",
    "bell \x07 and escape \x1b[31m",
    "family \N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL} and flag \N{REGIONAL INDICATOR SYMBOL LETTER I}"
    "\N{REGIONAL INDICATOR SYMBOL LETTER E}",
    "e\u0301 is not \u00e9",
    "right to left: مرحبا \u202eabc",
    "日本語のテキスト、改行\nあり",
    "Здравствуйте; как дела?",
    "<script>alert('x')</script> & &amp; &lt;",
    "{\"json\": [1, 2, null]}",
    "semi;colon;list",
    "tab\tseparated\tvalues",
    "'; DROP TABLE contacts; --",
    "../../etc/passwd",
    "%s %d %n {0} ${HOME} $(id)",
    "zero\u200bwidth and non\u00a0breaking",
    "ﷺ𝔘𝔫𝔦𝔠𝔬𝔡𝔢𐍈",
)  # fmt: skip

LONG_TEXT = "0123456789 abcdef\n" * 3640 + "0123456789 ends."
"""65,536 characters, HubSpot's limit for a text property."""

NUMBERS: tuple[str | None, ...] = (
    "90071992547409931", "12345678901234567", "1;2;3", "", None, "0.1", "-0", "1e21", "00012",
    "3.141592653589793238462643383279", "99999999999999999999", ".5", "1,234.56", "0", "-17.50",
)  # fmt: skip
"""Values of properties that HubSpot declares to be numbers."""

TIMES: tuple[str | None, ...] = (
    "2026-03-29T01:30:00.123Z", "2026-03-29T01:30:00Z", "1653696000000", "2024-02-29", "", None,
    "1969-12-31T23:59:59.999Z", "-1", "9999-12-31T23:59:59.999Z", "253402300799999", "0",
    "2025-12-31T23:59:60Z", "1900-01-01T00:00:00Z", "2026-10-25T02:30:00.5+02:00", "yesterday",
)  # fmt: skip
"""Values of date and datetime properties: most are ISO 8601, some epoch milliseconds, few neither."""

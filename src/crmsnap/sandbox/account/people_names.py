"""Names of people, as they are written where people live; some have none."""

FIRST_NAMES = (
    "Ada",
    "Björn",
    "Chloé",
    "Дмитрий",
    "恵子",
    "فاطمة",
    "Seán",
    "Nguyễn",
    "Jean-Luc",
    "Ana María",
    "",
)

LAST_NAMES = (
    "Byron",
    "O'Brien",
    "von der Höh",
    "Müller, MBA",
    'Smith "Smitty"',
    "Петров",
    "田中",
    "الزهراء",
    "de la Cruz",
    "Li",
    "",
)

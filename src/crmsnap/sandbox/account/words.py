"""The vocabulary of the account: what people, companies and texts are made of."""

from itertools import cycle, islice

FIRST_NAMES: tuple[tuple[str, str], ...] = (
    ("Ada", "ada"), ("Björn", "bjorn"), ("Chloé", "chloe"), ("Dmitri", "dmitri"), ("Éloïse", "eloise"),
    ("Fatima", "fatima"), ("Günther", "gunther"), ("Hana", "hana"), ("İbrahim", "ibrahim"),
    ("Jean-Luc", "jean-luc"), ("Katarzyna", "katarzyna"), ("Łukasz", "lukasz"), ("María José", "maria-jose"),
    ("Nguyễn", "nguyen"), ("Olga", "olga"), ("Pedro", "pedro"), ("Quinn", "quinn"), ("Renée", "renee"),
    ("Siobhán", "siobhan"), ("Thandiwe", "thandiwe"), ("Uwe", "uwe"), ("Vera", "vera"), ("Wei", "wei"),
    ("Xóchitl", "xochitl"), ("Yusuf", "yusuf"), ("Zoë", "zoe"), ("太郎", "taro"), ("美咲", "misaki"),
    ("Ольга", "olga2"), ("Сергей", "sergei"), ("محمد", "mohammed"), ("नेहा", "neha"), ("지우", "jiwoo"),
    ("Grace", "grace"), ("Liam", "liam"), ("Noah", "noah"), ("Emma", "emma"), ("Olivia", "olivia"),
    ("Mia", "mia"), ("Lucas", "lucas"), ("O'Neil", "oneil"),
)  # fmt: skip
"""A first name and how it looks in a mail address."""

LAST_NAMES: tuple[tuple[str, str], ...] = (
    ("Andersson", "andersson"), ("Byron", "byron"), ("Çelik", "celik"), ("D'Angelo", "dangelo"),
    ("Eriksen", "eriksen"), ("Ferreira da Silva", "ferreira"), ("García-Márquez", "garcia"),
    ("Hopper", "hopper"), ("Ivanova", "ivanova"), ("Jørgensen", "jorgensen"), ("Kowalska", "kowalska"),
    ("Lovelace", "lovelace"), ("Müller", "mueller"), ("Novák", "novak"), ("O'Connor", "oconnor"),
    ("Papadopoulos", "papadopoulos"), ("Quispe", "quispe"), ("Rossi", "rossi"), ("Sørensen", "soerensen"),
    ("Tanaka", "tanaka"), ("Ünal", "unal"), ("van der Berg", "vanderberg"), ("Wang", "wang"),
    ("Xu", "xu"), ("Yavaş", "yavas"), ("Žižek", "zizek"), ("山田", "yamada"), ("佐藤", "sato"),
    ("Кузнецов", "kuznetsov"), ("الحسن", "alhassan"), ("김", "kim"), ("Smith", "smith"),
    ("Jones \"JJ\"", "jones"), ("Brown, Jr.", "brown"), ("Taylor", "taylor"), ("Nakamura", "nakamura"),
    ("Okafor", "okafor"),
)  # fmt: skip

COMPANIES = (
    "Acme, Inc.", "Globex", "Initech", "Umbrella GmbH & Co. KG", "Hooli", "Vandelay Industries",
    "Stark \"Iron\" Works", "Wonka's Chocolate", "Société Générale d'Eau", "株式会社サンプル", "«Ромашка» ЖШС",
    "Blåbær AS", "Tyrell", "Wayne Enterprises", "Soylent", "Aperture Science", "Cyberdyne", "Oscorp",
    "Duff \N{BEER MUG}", "Massive Dynamic", "Pied Piper", "Gringotts", "Monsters, Inc.",
)  # fmt: skip
TITLES = (
    "CEO", "Head of Marketing", "VP, Sales", "Software Engineer", "Geschäftsführerin", "Responsable achats",
    "部長", "Data Analyst", "Customer Success Manager", "R&D Lead", "Buyer", "Founder \N{ROCKET}", "Intern",
)  # fmt: skip
CITIES = (
    "Dublin", "Kraków", "São Paulo", "Zürich", "東京", "Москва", "القاهرة", "Boston", "Bengaluru", "Malmö",
    "Saint-Étienne", "Kyōto", "Lagos", "Aix-en-Provence", "Reykjavík", "Washington, D.C.",
)  # fmt: skip
COUNTRIES = (
    "Ireland", "Poland", "Brazil", "Switzerland", "Japan", "Egypt", "United States", "India", "Sweden",
    "Côte d'Ivoire", "Germany", "France", "Nigeria", "Türkiye",
)  # fmt: skip
STATES = ("MA", "NY", "CA", "Bayern", "Île-de-France", "Mazowieckie", "New South Wales", "SP", "TX")
STREETS = (
    "High St.",
    "Rue de l'Église",
    "Hauptstraße",
    "Via Roma",
    "Ulica Długa",
    "5th Avenue",
    "Gran Vía",
)
DOMAINS = (
    "example.com",
    "example.org",
    "mail.example.net",
    "sub.acme.example",
    "xn--bcher-kva.example",
)
PATHS = (
    "/",
    "/pricing",
    "/blog/how-to-export?utm_source=mail&utm_campaign=q3",
    "/demo#form",
    "/docs/a%20b",
)
COLOURS = ("red", "green", "blue", "teal", "#ff8800", "Ocker", "青")
PRODUCTS = (
    "Starter seat",
    "Onboarding, 5 days",
    "Support (gold)",
    "Müsli 500 g",
    '24" monitor',
    "Cable 3/4''",
)
SENTENCES = (
    "Asked for a call back next week.",
    "Wants \"the big plan\", but not before March.",
    "Prix trop élevé; à revoir après l'été.",
    "Met at the fair, stand 12, hall 3.",
    "会議で資料を依頼された。",
    "No budget this year :(",
    "Uses a competitor today, contract ends in Q4.",
    "Happy customer \N{PARTY POPPER}, could be a reference.",
    "Следующий шаг: договор.",
    "50% of seats are unused, see ticket #4711.",
    "Path: C:\\Users\\ada\\export.csv",
    "Send to a@example.com; cc b@example.com",
)  # fmt: skip


def paragraph(number: int) -> str:
    """Two to five lines of text, as people type them into a text area: bare line feeds."""
    lines = 2 + number % 4
    start = number // 4 % len(SENTENCES)
    return "\n".join(islice(cycle(SENTENCES), start, start + lines))

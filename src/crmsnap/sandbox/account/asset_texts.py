"""What marketing assets say: names, HTML and hostile texts, another one after every edit."""

from crmsnap.sandbox.account.assets import Asset
from crmsnap.sandbox.account.hostile import TEXTS
from crmsnap.sandbox.account.words import SENTENCES, paragraph

SUBJECTS = (
    "Spring sale", "Webinar: “early birds”, Köln", "Price list\n(draft, do not send)", "新製品のご案内",
    "Product news \N{ROCKET}\N{SPARKLES}", "R&D <b>insights</b>", 'The "big" one, part 2', "Événement d'été",
    "Квартальный отчёт", "Thank you; see you soon", "100% off\r\n50% on", "../../welcome", "عرض خاص",
)  # fmt: skip
SLUGS = ("spring-sale", "events/webinar-k%C3%B6ln", "price-list", "a/b/c", "welcome", "")
LANGUAGES = ("en", "de", "fr", "ja", "pt-br", "ar")


def name(asset: Asset) -> str:
    """The name that people gave it. Names repeat, and an edit changes them."""
    text = SUBJECTS[asset.bits % len(SUBJECTS)]
    return f"{text} v{asset.revision + 1}" if asset.revision else text


def slug(asset: Asset) -> str:
    """The path of a page, empty for the start page of a domain."""
    text = SLUGS[asset.index % len(SLUGS)]
    return f"{text}-{asset.index}" if text else text


def hostile_text(asset: Asset) -> str | None:
    """A text that breaks careless readers, null and the empty one among them."""
    return TEXTS[(asset.index + asset.kind.salt + asset.revision) % len(TEXTS)]


def language(asset: Asset) -> str:
    """A language code."""
    return LANGUAGES[asset.bits // 7 % len(LANGUAGES)]


def html(asset: Asset) -> str:
    """A few lines of HTML with bare newlines, tabs, quotes, entities and emoji."""
    lines = paragraph(asset.bits // 11 % 1_000)
    return (
        f'<div class="hs-rich-text"\n\tdata-revision="{asset.revision}">\n<h1>{name(asset)}</h1>\n'
        f"<p>{lines}</p>\r\n<p>5 &lt; 6 &amp;&amp; 7 &gt; 6 \N{GRINNING FACE}</p>\n"
        "<script>if (a < b && c > \"d\") { go('there'); }</script>\n</div>\n"
    )


def sentence(asset: Asset) -> str:
    """One sentence."""
    return SENTENCES[(asset.bits // 13 + asset.revision) % len(SENTENCES)]

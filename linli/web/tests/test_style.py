"""The style page shows every part, and nothing of it breaks the content security policy."""

import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from linli.plumbing.templatetags import look
from linli.web.style import samples

WEB = Path(__file__).resolve().parent.parent
TEMPLATES = [*WEB.glob("templates/*.html"), *WEB.parent.glob("plumbing/templates/components/*.html")]
STATIC = WEB / "static"
HELPERS = {"cells", "kept", "url", "sprite", "key", "back", "photos", "table_row"}


@pytest.fixture
def plain_static(settings) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def page(plain_static) -> str:
    request = RequestFactory().get("/style/")
    return render_to_string("style.html", {**samples(), "request": request, "look": {}})


def test_style_page_shows_every_part() -> None:
    source = (WEB / "templates" / "style.html").read_text()
    missing = {name for name in look.register.tags if not name.startswith("end") and f"{{% {name} " not in source}
    assert missing - {"logo", "progress", *HELPERS} == set()


def test_style_page_has_no_inline_style_or_script(page: str) -> None:
    assert " style=" not in page
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    assert re.findall(r"\son[a-z]+=", page) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_template_has_no_inline_style_or_handler(path: Path) -> None:
    source = path.read_text()
    assert " style=" not in source
    assert re.findall(r"<script(?![^>]*\bsrc=)|\son[a-z]+=|<style", source) == []


def test_icons_shown_exist_in_the_sprite() -> None:
    drawn = set(re.findall(r'<symbol id="([a-z]+)"', (STATIC / "linli" / "icons.svg").read_text()))
    assert set(samples()["icons"]) == drawn


def test_every_token_used_is_defined() -> None:
    sheets = (STATIC / "linli" / "linli.css").read_text() + (STATIC / "linli" / "style.css").read_text()
    used = {name for name in re.findall(r"var\((--[a-z0-9-]+)", sheets) if not name.startswith("--bs-")}
    defined = set(re.findall(r"(--[a-z0-9-]+):", (STATIC / "linli" / "tokens.css").read_text()))
    assert used - defined == set()


def test_dark_tokens_are_the_same_by_system_and_by_choice() -> None:
    source = (STATIC / "linli" / "tokens.css").read_text()
    blocks = re.findall(r"color-scheme: dark;(.*?)}", source, re.S)
    values = [dict(re.findall(r"(--[a-z0-9-]+): ([^;]+);", block)) for block in blocks]
    assert len(values) == 2
    assert values[0] == values[1]


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(d * 2 for d in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    r, g, b = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


TEXT_ON = [
    *[(ink, ground) for ink in ("ink", "ink-2", "ink-3", "red") for ground in ("page", "surface", "sunk")],
    ("ink", "tint"), ("red", "tint"), ("ochre", "ochre-tint"), ("pine", "pine-tint"), ("on-fill", "fill"), ("on-mid", "mid"),
    ("on-red", "red-button"), ("on-red", "red-pressed"),
]  # fmt: skip


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_ON)
def test_text_contrast(mode: str, ink: str, ground: str) -> None:
    source = (STATIC / "linli" / "tokens.css").read_text()
    light = dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]+);", source.split("@media")[0]))
    dark = dict(
        re.findall(r"--([a-z0-9-]+): (#[0-9a-f]+);", re.search(r'\[data-bs-theme="dark"\] \{(.*?)\}', source, re.S)[1])
    )
    colours = light if mode == "light" else {**light, **dark}
    assert contrast(colours[ink], colours[ground]) >= 4.5

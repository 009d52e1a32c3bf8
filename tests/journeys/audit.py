"""What is asked of a page: its frame, its sizes, its contrast; the same without script."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from conftest import DESK

SHOTS = Path("/tmp/shots") if os.environ.get("LINLI_SHOTS") else None
# A sheet of paper has no switch; the kit shows its samples in both sizes itself.
NO_SWITCH = {
    "matters:print",
    "assembly:print",
    "assembly:request-form",
    "assembly:slip",
    "assembly:election-print",
    "web:style",
}


@dataclass
class Sample:
    name: str
    role: str
    path: str
    label: str = ""
    session: dict = field(default_factory=dict)

    @property
    def shot(self) -> str:
        return re.sub(r"[^\w-]+", "-", f"{self.name}-{self.label or self.role}")


LOOK = """
([least, width]) => {
  const doc = document.documentElement, wrong = [];
  const visible = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && e.getClientRects().length > 0;
  const clipped = (e) => { for (let p = e; p; p = p.parentElement) { const c = getComputedStyle(p); if (c.clipPath === "inset(50%)" || c.clip === "rect(0px, 0px, 0px, 0px)") return true; } return false; };
  const name = (e) => `${e.tagName.toLowerCase()} “${(e.innerText || e.getAttribute("aria-label") || e.name || "").trim().slice(0, 20)}”`;
  if (doc.scrollWidth > width) wrong.push(`scrolls sideways: ${doc.scrollWidth} > ${width}`);
  const small = [];
  for (const e of document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden])")) {
    if (!visible(e) || clipped(e) || e.matches(".skip, dialog *")) continue;
    const target = e.matches("input[type=radio], input[type=checkbox], input[type=file]") ? e.closest("label") || e : e;
    // A link in running text is measured by its line (WCAG 2.5.8), not by its own box.
    const around = e.parentElement;
    if (e.tagName === "A" && getComputedStyle(e).display === "inline" && [...around.childNodes].some((n) => n !== e && n.nodeType === 3 && n.textContent.trim().length > 1)) continue;
    const box = target.getBoundingClientRect();
    if (box.width >= least - 0.5 && box.height >= least - 0.5) continue;
    target.scrollIntoView({ block: "center", inline: "nearest" });
    const at = target.getBoundingClientRect();
    const x = at.left + at.width / 2, y = at.top + at.height / 2, r = least / 2 - 1;
    const dx = at.width >= least ? 0 : r, dy = at.height >= least ? 0 : r;
    const hits = [[-dx, 0], [dx, 0], [0, -dy], [0, dy]].every(([a, b]) => {
      const over = document.elementFromPoint(Math.min(Math.max(x + a, 1), width - 1), y + b);
      return over && (target.contains(over) || over.contains(target) && over.matches("a, button, label, summary"));
    });
    if (!hits) small.push(`${name(e)} ${Math.round(at.width)}×${Math.round(at.height)}`);
  }
  if (small.length) wrong.push(`smaller than ${least}: ${[...new Set(small)].slice(0, 8).join(", ")}`);
  scrollTo(0, 0);
  return wrong;
}
"""
FRAME = """
() => {
  const visible = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length > 0;
  const order = [...document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden])")].filter((e) => visible(e) && e.tabIndex >= 0);
  return {
    lang: document.documentElement.lang, h1: [...document.querySelectorAll("h1")].map((e) => e.textContent.trim()), title: document.title,
    first: order.slice(0, 2).map((e) => e.className === "skip" ? "skip" : e.closest(".switch") ? "switch" : e.outerHTML.slice(0, 60)),
    early: [...document.querySelectorAll("[tabindex]")].filter((e) => e.tabIndex > 0).length, words: document.body.innerText,
  };
}
"""
ENGLISH = re.compile(r"[A-Za-z]{2,}(?:[ ,.'’-]+[A-Za-z]{2,}){2,}")
BALLOT = re.compile(r"\b[2-9A-Z]{3}(?:-[2-9A-Z]{3}){2}\b")  # no word, though one may be all letters
AXE = Axe().axe_script
# The browser says these about an act that was refused on purpose, not about the page.
QUIET = re.compile(r"the server responded with a status of 422")


def frame(page: Page, sample: Sample) -> list[str]:
    seen, wrong = page.evaluate(FRAME), []
    if seen["lang"] != "zh-CN":
        wrong.append(f"lang {seen['lang']}")
    if len(seen["h1"]) != 1 or not seen["h1"][0]:
        wrong.append(f"h1 {seen['h1']}")
    if not seen["title"]:
        wrong.append("no title")
    if sample.name not in NO_SWITCH and seen["first"] != ["skip", "switch"]:
        wrong.append(f"first in tab order {seen['first']}")
    if seen["early"]:
        wrong.append("a tabindex above 0")
    english = ENGLISH.findall(BALLOT.sub("", seen["words"]))
    if english:
        wrong.append(f"English {english[:3]}")
    if re.search(r"\bNone\b|\{\{|\}\}|%\(|\bFalse\b|\bTrue\b", seen["words"]):
        wrong.append("a value shows raw")
    return wrong


def axe(page: Page, only: str = "") -> list[str]:
    if SHOTS:  # pictures are wanted quickly
        return []
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE)
    found = page.evaluate(
        "(options) => axe.run(document, options)",
        {"resultTypes": ["violations"], **({"runOnly": [only]} if only else {})},
    )
    return [f"axe {only}: {v['id']} {v['nodes'][0]['html'][:120]} ({len(v['nodes'])})" for v in found["violations"]]


def shoot(page: Page, sample: Sample, mode: str) -> None:
    if SHOTS:
        SHOTS.mkdir(exist_ok=True)
        width = page.viewport_size["width"]
        page.screenshot(
            path=str(SHOTS / f"{sample.shot}-{width}-{mode}.png"), full_page=width < 1000 or "desk" not in sample.name
        )


def least(page: Page, name: str, elder: bool) -> int:
    """A mouse needs less than a thumb."""
    return 24 if page.viewport_size["width"] > 1000 or name in NO_SWITCH else 60 if elder else 44


def at_width(page: Page, sample: Sample, width: int, height: int, elder: bool) -> list[str]:
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate("(on) => document.documentElement.classList.toggle('elder', on)", elder)
    mode = f"{width}{' large' if elder else ''}"
    return [f"{mode}: {w}" for w in page.evaluate(LOOK, [least(page, sample.name, elder), width])]


def whole(page: Page, sample: Sample) -> list[str]:
    wrong: list[str] = []
    heard: list[str] = []
    page.on(
        "console",
        lambda m: heard.append(m.text) if m.type in {"error", "warning"} and not QUIET.search(m.text) else None,
    )
    page.on("pageerror", lambda e: heard.append(str(e)))
    answer = page.goto(sample.path)
    if answer.status != 200 or urlsplit(page.url).path != urlsplit(sample.path).path:
        return [f"status {answer.status} at {page.url}"]
    wrong += frame(page, sample)
    wrong += at_width(page, sample, 375, 812, False)
    shoot(page, sample, "light")
    wrong += axe(page)
    page.emulate_media(color_scheme="dark")
    wrong += axe(page, "color-contrast")
    shoot(page, sample, "dark")
    page.emulate_media(color_scheme="light")
    wrong += at_width(page, sample, 320, 640, False)
    wrong += at_width(page, sample, 320, 640, True)
    wrong += at_width(page, sample, 375, 812, True)
    shoot(page, sample, "elder")
    wrong += at_width(page, sample, DESK["viewport"]["width"], DESK["viewport"]["height"], True)
    shoot(page, sample, "elder")
    wrong += at_width(page, sample, DESK["viewport"]["width"], DESK["viewport"]["height"], False)
    shoot(page, sample, "light")
    return wrong + [f"console: {text[:200]}" for text in heard]


BARE = """
() => {
  const fields = (form) => [...form.elements].filter((e) => e.type !== "hidden" && e.tagName !== "FIELDSET");
  const sends = (form) => fields(form).some((e) => e.matches("button:not([type=button]), input[type=submit]"));
  // A form of one line is sent by Enter; one of hidden fields alone belongs to buttons elsewhere.
  const oneLine = (form) => fields(form).length === 1 && fields(form)[0].matches("input[type=search], input[type=text]");
  const stuck = [...document.querySelectorAll("form")].filter((f) => f.method !== "dialog" && fields(f).length && !sends(f) && !oneLine(f));
  return {
    wide: document.documentElement.scrollWidth, h1: document.querySelectorAll("h1").length, stuck: stuck.map((f) => f.outerHTML.slice(0, 120)),
  };
}
"""


def bare(page: Page, sample: Sample) -> list[str]:
    """Without script: the same words, nothing wider, a way to send."""
    answer = page.goto(sample.path)
    found = page.evaluate(BARE)
    wrong = []
    if answer.status != 200:
        wrong.append(f"status {answer.status}")
    if found["wide"] > 375:
        wrong.append(f"scrolls sideways {found['wide']}")
    if found["h1"] != 1:
        wrong.append(f"{found['h1']} h1")
    if found["stuck"] and sample.name not in NO_SWITCH:
        wrong.append(f"a form without its button: {found['stuck']}")
    return [f"without script: {w}" for w in wrong]

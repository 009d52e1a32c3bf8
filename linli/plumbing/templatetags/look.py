"""The parts of the look. Call syntax: templates/components/README.md."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect, Select
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from linli.plumbing.addresses import kept_url
from linli.plumbing.fragments import kept

register = template.Library()
register.tag("url", kept_url)
register.tag("kept", kept)
register.simple_tag(lru_cache(static), name="static")

RINGS = {"inner": 3.6, "middle": 6.9, "outer": 10.2}
UNIT = re.compile(r"(?<=\d) (?=[天小分前起㎡])")
DOT = '\u00a0<i class="dot">·</i> '
TURNS = (*RINGS, "outside", "you", "done", "nobody")


def ring(radius: float, kind: str, width: float) -> str:
    return f'<circle class="m-{kind}" cx="12" cy="12" r="{radius}" stroke-width="{width}"/>'


def rings(turn: str) -> str:
    if turn == "you":
        disc = '<circle class="m-disc" cx="12" cy="12" r="11.5"/>'
        return disc + ring(8, "gap", 0.9) + ring(4.6, "gap", 1.1) + '<circle class="m-eye" cx="12" cy="12" r="1.9"/>'
    if turn == "done":
        return "".join(ring(radius, "ink", 1.9) for radius in RINGS.values())
    drawn = "".join(ring(radius, "quiet", 1) for name, radius in RINGS.items() if name != turn)
    if turn in RINGS:
        return drawn + ring(RINGS[turn], "red", 2.6)
    return drawn + ('<circle class="m-disc" cx="20.6" cy="3.4" r="2.6"/>' if turn == "outside" else "")


@register.simple_tag
@lru_cache
def mark(turn: str, size: int = 24) -> SafeString:
    if turn not in TURNS:
        raise template.TemplateSyntaxError(f"mark: no turn {turn!r}")
    return mark_safe(f'<svg class="mark mark-{size}" viewBox="0 0 24 24" aria-hidden="true">{rings(turn)}</svg>')


@register.simple_tag
@lru_cache
def logo() -> SafeString:
    drawn = ring(10.4, "ink", 1.7) + ring(6.6, "ink", 1.7) + '<circle class="m-disc" cx="12" cy="12" r="2.9"/>'
    return mark_safe(f'<svg class="mark mark-24 logo" viewBox="0 0 24 24" aria-hidden="true">{drawn}</svg>')


@register.filter
def thousands(n: int) -> str:
    """As on every printed sheet: 1,234."""
    return f"{n:,}"


@register.filter
def dots(words: str) -> SafeString:
    """Draw the separator of a grey line lighter than its words; a number and its unit stay on one line."""
    return SafeString(UNIT.sub("\u00a0", esc(words)).replace(" · ", DOT))


@register.simple_tag
@lru_cache
def sprite(name: str) -> str:
    return f"{static('linli/icons.svg')}#{name}"


@register.simple_tag
@lru_cache
def icon(name: str, size: int = 24) -> SafeString:
    return format_html(
        '<svg class="icon" width="{}" height="{}" aria-hidden="true"><use href="{}"/></svg>', size, size, sprite(name)
    )


@register.simple_tag
def pill(words: str, kind: str = "") -> SafeString:
    return format_html('<span class="pill {}">{}</span>', f"pill-{kind}" if kind else "", words)


@register.simple_tag
def key(name: str) -> SafeString:
    return format_html("<kbd>{}</kbd>", name)


@register.inclusion_tag("components/turn.html")
def turn(turn: str, title: str, note: str = "", size: int = 64, late: bool = False) -> dict[str, Any]:
    return {"turn": turn, "title": title, "note": note, "size": size, "late": late}


@register.inclusion_tag("components/three.html")
def three(parties: Iterable[Any]) -> dict[str, Any]:
    return {"parties": list(parties)}


@register.simple_tag
def back(href: str, words: str = "") -> SafeString:
    title = format_html('<h1 class="top-words">{}</h1>', words) if words else ""
    return format_html('<a class="top-back" href="{}" aria-label="{}">{}</a>{}', href, _("返回"), icon("back"), title)


# Bars: widths are SVG attributes, since the content security policy allows no style attribute.


def per_cent(value: Any) -> float:
    return max(0.0, min(100.0, float(value)))


@register.inclusion_tag("components/clock.html")
def clock(gone: Any, left: str = "", right: str = "", state: str = "", spoken: str = "") -> dict[str, Any]:
    share = 100.0 if state == "late" else per_cent(gone)
    return {
        "share": f"{share:g}",
        "rest": f"{100 - share:g}",
        "left": left,
        "right": right,
        "state": state,
        "spoken": spoken or right,
    }


@register.inclusion_tag("components/measure.html")
def measure(
    label: str, figure: str, total: str, percent: str, tick: str = "66.67", tick_label: str = "2/3",
    reached: bool = False, says: str = "",
) -> dict[str, Any]:  # fmt: skip
    return {
        "label": label, "figure": figure, "total": total, "percent": percent, "share": f"{per_cent(percent):g}",
        "tick": tick, "tick_label": tick_label, "says": says or (_("够了") if reached else ""),
    }  # fmt: skip


@register.inclusion_tag("components/bar.html")
def bar(
    value: Any, of: Any = 100, spoken: str = "", tick: Any = None, worse: bool = False, wide: bool = False
) -> dict[str, Any]:
    share = per_cent(100 * float(value) / float(of)) if float(of) else 0.0
    return {"share": f"{share:.4g}", "spoken": spoken, "tick": tick, "worse": worse, "wide": wide}


@register.inclusion_tag("components/spark.html")
def spark(values: Sequence[float], spoken: str = "", worse: bool = False) -> dict[str, Any]:
    points = spark_points(values)
    return {
        "points": " ".join(f"{x:g},{y:g}" for x, y in points),
        "last": points[-1] if points else None,
        "spoken": spoken,
        "worse": worse,
    }


def spark_points(
    values: Sequence[float], width: int = 96, height: int = 26, edge: int = 3
) -> list[tuple[float, float]]:
    if not values:
        return []
    low, high = min(values), max(values)
    span = (high - low) or 1
    step = (width - 2 * edge) / max(1, len(values) - 1)
    top = height - 2 * edge
    return [
        (round(edge + step * i, 1), round(edge + top * (1 - (v - low) / span) if high > low else height / 2, 1))
        for i, v in enumerate(values)
    ]


@register.inclusion_tag("components/progress.html")
def progress(now: int, of: int) -> dict[str, Any]:
    return {"now": now, "of": of, "steps": [n <= now for n in range(1, of + 1)]}


# Lists


CHEVRON = (
    '<svg class="chevron" width="12" height="18" viewBox="0 0 12 18" aria-hidden="true"><path d="m3 3 6 6-6 6"/></svg>'
)


FIELD = '<span class="cell-note quiet" data-field-done hidden></span>'


def esc(words: Any) -> str:
    """conditional_escape, without the machinery for lazy words."""
    return words.__html__() if hasattr(words, "__html__") else escape(str(words))


@register.simple_tag
def cell(
    title: str, note: str = "", href: str = "", turn: str = "", icon: str = "", pill: str = "", pill_kind: str = "",
    value: str = "", main: bool = False, field: str = "",
) -> SafeString:  # fmt: skip
    """In Python, not a template: lists draw twenty of them, and it is a tenth of the cost.

    `field`: what its page is about, where a phone keeps that page and says here what was done without a signal.
    """
    picture = (
        mark(turn)
        if turn
        else f'<svg class="icon" width="24" height="24" aria-hidden="true"><use href="{sprite(icon)}"/></svg>'
        if icon
        else ""
    )
    flag = f'<span class="pill{f" pill-{esc(pill_kind)}" if pill_kind else ""}">{esc(pill)}</span>' if pill else ""
    below = f'<span class="cell-note">{flag}<span class="cell-words">{dots(note)}</span></span>' if note or pill else ""
    inner = (
        (f'<span class="cell-mark">{picture}</span>' if picture else "")
        + f'<span class="cell-body"><span class="cell-title{" cell-main" if main else ""}">{esc(title)}</span>{below}{FIELD if field else ""}</span>'
        + (f'<span class="cell-value">{esc(value)}</span>' if value else "")
    )
    kept = f' data-keep="{esc(href)}" data-field-card="{esc(field)}"' if field else ""
    return SafeString(
        f'<a class="cell" href="{esc(href)}"{kept}>{inner}{CHEVRON}</a>' if href else f'<div class="cell">{inner}</div>'
    )


@register.simple_tag
def cells(rows: Iterable[Mapping[str, Any]]) -> SafeString:
    """Each row is what `cell` takes."""
    return SafeString("".join(cell(**row) for row in rows))


@register.inclusion_tag("components/timeline.html")
def timeline(rows: Iterable[Mapping[str, Any]], settled: bool = False) -> dict[str, Any]:
    return {"rows": rows, "settled": settled}


@register.inclusion_tag("components/steps.html")
def steps(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {"rows": rows}


@register.inclusion_tag("components/photos.html")
def photos(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {"rows": rows}


@register.inclusion_tag("components/compare.html")
def compare(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    return {"sides": [{"label": _("原来"), **before}, {"label": _("现在"), **after}]}


@register.inclusion_tag("components/floors.html")
def floors(grid: Mapping[str, Any]) -> dict[str, Any]:
    return {"grid": grid}


@register.inclusion_tag("components/legend.html")
def legend(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {"rows": rows}


@register.inclusion_tag("components/nothing.html")
def nothing(title: str, note: str = "", href: str = "", act: str = "") -> dict[str, Any]:
    return {"title": title, "note": note, "href": href, "act": act}


@register.inclusion_tag("components/question.html", takes_context=True)
def question(
    context: template.Context, title: str, turn: str = "you", lead: str = "", until: str = "", note: str = "",
    answers: Iterable[Mapping[str, Any]] = (), href: str = "",
) -> dict[str, Any]:  # fmt: skip
    return {
        "title": title, "turn": turn, "lead": lead, "until": until, "note": note, "answers": answers, "href": href,
        "csrf_token": context.get("csrf_token"),
    }  # fmt: skip


@register.inclusion_tag("components/cannot.html")
def cannot(act: str, why: str, article: str = "") -> dict[str, Any]:
    return {"act": act, "why": why, "article": article}


# Forms


@register.simple_tag
def field(bound: BoundField, big: bool = False, hide_label: bool = False) -> SafeString:
    widget = bound.field.widget
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return render("chips", {**chip_context(bound), "hide_label": hide_label})
    look = (
        "check-box"
        if isinstance(widget, CheckboxInput)
        else "form-select"
        if isinstance(widget, Select)
        else "form-control"
    )
    classes = [widget.attrs.get("class", ""), look, "form-words" if big else "", "is-invalid" if bound.errors else ""]
    tag = bound.as_widget(attrs={"class": " ".join(filter(None, classes))})
    optional = not bound.field.required and bound.name not in getattr(bound.form, "asked_for", ())
    given = {"field": bound, "tag": tag, "hide_label": hide_label, "check": look == "check-box", "optional": optional}
    return render("field", given)


@register.simple_tag
def chips(bound: BoundField, sunk: bool = False, hide_label: bool = False) -> SafeString:
    return render("chips", {**chip_context(bound), "sunk": sunk, "hide_label": hide_label})


@register.simple_tag
def choices(
    bound: BoundField, row: bool = False, hide_label: bool = False, title: bool = False, note: str = ""
) -> SafeString:
    return render(
        "choices", {**chip_context(bound), "row": row, "hide_label": hide_label, "title": title, "note": note}
    )


def chip_context(bound: BoundField) -> dict[str, Any]:
    """Choices in named groups fold by group; one in which something is chosen stands open."""
    choices = getattr(bound.field, "choices", ())
    sizes = [(name, len(inner)) for name, inner in choices if isinstance(inner, list | tuple)]
    options = [(option.tag(), option.choice_label) for option in bound.subwidgets]
    if not sizes:
        return {"field": bound, "legend": bound.label, "options": options}
    chosen = [bool(option.data["selected"]) for option in bound.subwidgets]
    groups, at = [], 0
    for name, size in sizes:
        groups.append({"name": name, "options": options[at : at + size], "open": any(chosen[at : at + size])})
        at += size
    return {"field": bound, "legend": bound.label, "groups": groups}


@register.inclusion_tag("components/chips.html")
def chip_set(
    name: str,
    choices: Iterable[tuple[Any, str]],
    chosen: Any = None,
    legend: str = "",
    sunk: bool = False,
    hide_label: bool = False,
) -> dict[str, Any]:
    options = [
        (
            format_html(
                '<input type="radio" name="{}" value="{}" id="id_{}_{}"{}>',
                name,
                value,
                name,
                i,
                mark_safe(" checked") if str(value) == str(chosen) else "",
            ),
            label,
        )
        for i, (value, label) in enumerate(choices)
    ]
    return {"legend": legend, "options": options, "sunk": sunk, "hide_label": hide_label}


@register.simple_tag
def photo_picker(bound: BoundField, max: int = 9) -> SafeString:
    attrs: dict[str, str | bool] = {"accept": "image/*", "data-photos": str(max), "class": "photo-input"}
    if isinstance(bound.field.widget, FileInput) and bound.field.widget.allow_multiple_selected:
        attrs["multiple"] = "multiple"
    return render("photo_picker", {"field": bound, "tag": bound.as_widget(attrs=attrs), "max": max})


@register.inclusion_tag("components/errors.html")
def errors(form: Any) -> dict[str, Any]:
    return {"form": form, "fields": [(bound, first_id(bound)) for bound in form if bound.errors]}


def first_id(bound: BoundField) -> str:
    """Where a link to the field lands; a group of radios has no id of its own, and one without choices none at all."""
    return bound.id_for_label or next((one.id_for_label for one in bound.subwidgets), "")


# Desk


# In Python for the same reason as `cell`: the desk draws them with every page.


def _link(row: Mapping[str, Any], words: str) -> str:
    current = ' aria-current="true"' if row.get("chosen") else ""
    return f'<li><a href="{esc(row["href"])}"{current}>{words}</a></li>'


@register.simple_tag
def views(rows: Iterable[Mapping[str, Any]]) -> SafeString:
    counts = ((row, row.get("count")) for row in rows)
    links = [_link(row, esc(row["label"]) + (f" {esc(n)}" if n is not None and n != "" else "")) for row, n in counts]
    return SafeString(f'<ul class="views">{"".join(links)}</ul>')


@register.simple_tag
def filter_menu(label: str, rows: Iterable[Mapping[str, Any]]) -> SafeString:
    rows = list(rows)
    chosen = next((row for row in rows if row.get("chosen")), None)
    top = f' class="is-chosen">{esc(chosen["label"])}' if chosen else f">{esc(label)}"
    links = "".join(_link(row, esc(row["label"])) for row in rows)
    return SafeString(f'<details class="menu" data-menu><summary{top}</summary><ul>{links}</ul></details>')


@register.simple_tag
def table_row(row: Any, base: str, query: str, pick: bool = False, oob: bool = False) -> SafeString:
    """A line of the desk's table; the panel at `base` shows the thing itself."""
    key, label, href = esc(row.key), esc(row.label), esc(f"{base}{row.key}/{query}")
    swap = ' hx-swap-oob="outerHTML"' if oob else ""
    box = f'<td class="pick"><label class="pick-box"><input type="checkbox" name="pick" value="{key}" aria-label="{label}"></label></td>'
    more = f' <span class="quiet">{esc(row.more)}</span>' if row.more else ""
    due = f"nb {row.due_kind}" if row.due_kind else "nb"
    return SafeString(
        f'<tr data-row id="row-{key}"{swap}>{box if pick else ""}<td class="quiet">{label}</td>'
        f'<td class="clip"><a data-open href="{href}" hx-get="{href}" hx-target="#panel">{esc(row.title)}{more}</a></td>'
        f'<td class="quiet nb">{esc(row.place)}</td><td class="quiet nb">{esc(row.category)}</td>'
        f'<td class="nb">{mark(row.mark, 20)}{esc(row.party)}</td><td class="nb">{esc(row.state)}</td>'
        f'<td class="{due}">{esc(row.due)}</td><td class="quiet nb">{esc(row.source)}</td></tr>'
    )


@register.simple_tag
def table_rows(rows: Iterable[Any], base: str, query: str, pick: bool = False) -> SafeString:
    return SafeString("".join(table_row(row, base, query, pick) for row in rows))


# With a body


@register.simple_block_tag(end_name="endsheet")
def sheet(content: SafeString, id: str, title: str, note: str = "") -> SafeString:
    return render("sheet", {"content": content, "id": id, "title": title, "note": note})


@register.simple_block_tag(end_name="endgroup")
def group(content: SafeString, title: str = "", href: str = "", more: str = "", wide: bool = False) -> SafeString:
    return render("group", {"content": content, "title": title, "href": href, "more": more, "wide": wide})


def render(name: str, context: dict[str, Any]) -> SafeString:
    return render_to_string(f"components/{name}.html", context)

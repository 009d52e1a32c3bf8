"""The same sheets in a browser, in the classes of `print.css`, and as a workbook."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from .. import qr, sheets
from .parts import Cell, Ending, Fields, Grid, Look, Paper, Runs, Words, plain

CODE_ROW = 4  # groups to a line


def html(paper: Paper, *, further: bool = False) -> SafeString:
    """A part for `print.html`; the language is said, for it may not be the page's. A `further` sheet leaves the page its one h1."""
    return SafeString(render_to_string("components/paper.html", {"paper": paper, "further": further, "parts": [_drawn(p) for p in paper.parts]} | _head(paper)))  # fmt: skip


def _head(paper: Paper) -> dict[str, Any]:
    return {"under": runs(paper.under), "qr": qr.svg(paper.link) if paper.link else "", "kind": paper.look.value}


def runs(text: Runs) -> SafeString:
    if isinstance(text, str):
        return SafeString(conditional_escape(text))
    return format_html_join("", "{}", ((one if isinstance(one, str) else format_html("<b>{}</b>", one.strong),) for one in text))  # fmt: skip


def _drawn(part: Any) -> dict[str, Any]:
    drawn: dict[str, Any] = {"kind": part.kind, "part": part}
    if isinstance(part, Words):
        drawn |= {"text": runs(part.text), "role": part.role.value}
    elif isinstance(part, Grid):
        drawn["rows"] = [[_cell(one, at, part) for at, one in _columns(row)] for row in part.rows]
        drawn["stacks"] = _stacks(part)
    elif isinstance(part, Fields):
        drawn["pairs"] = _pairs(part)
    elif part.kind == "notes":
        drawn["items"] = [runs(one) for one in part.items]
    elif part.kind == "code":
        drawn |= {"qr": qr.svg(part.text), "lines": _in_rows(part.text)}
    return drawn


def _pairs(part: Fields) -> list[tuple[str, dict[str, Any]]]:
    """Two to a line; what would stand alone on its line takes all of it."""
    pairs = [(label, _cell(value, 0, None)) for label, value in part.pairs]
    left = True
    for at, (_label, cell) in enumerate(pairs):
        wide = cell["across"] > 1
        if left and not wide and (at + 1 == len(pairs) or pairs[at + 1][1]["across"] > 1):
            cell["across"], wide = 2, True
        left = wide or not left
    return pairs


def _columns(row: Sequence[str | Cell]) -> Iterator[tuple[int, str | Cell]]:
    at = 0
    for one in row:
        yield at, one
        at += one.across if isinstance(one, Cell) else 1


def _stacks(grid: Grid) -> bool:
    """Many columns with words among them: on a telephone each row stands as a card. What is filled in by hand keeps its table."""
    cells = [one for row in grid.rows for one in row if isinstance(one, Cell)]
    return len(grid.headers) > 3 and bool(grid.left) and not any(one.tick or one.across > 1 for one in cells)


def _cell(value: str | Cell, at: int, grid: Grid | None) -> dict[str, Any]:
    side = "left" if grid and at in grid.left else "num" if grid and at in grid.right else ""
    head = grid.headers[at] if grid and at < len(grid.headers) else ""
    if isinstance(value, str):
        return {"text": value, "side": side, "head": head, "across": 1}
    return {
        "text": runs(value.text),
        "small": value.small,
        "tick": value.tick,
        "across": value.across,
        "side": side,
        "head": head,
    }


def _in_rows(text: str) -> list[str]:
    groups = text.split("-")
    return ["-".join(groups[at : at + CODE_ROW]) for at in range(0, len(groups), CODE_ROW)]


def tables(paper: Paper) -> list[sheets.Table]:
    """The parts that have a name, a sheet each, after the text of a letter; above them what the paper is called and what ties it to
    others. A form that has a number bears it in the names of its sheets."""
    number = paper.number[1] if paper.number else ""
    mark = "　".join(line for line in (paper.title, plain(paper.under), number, *paper.foot) if line)
    named = [_table(part, mark, number) for part in paper.parts if isinstance(part, (Grid, Fields)) and part.name]
    lines = _lines(paper) if paper.look is Look.LETTER else []
    return ([sheets.Table("正文", ("正文",), lines, mark, (90,))] if lines else []) + named


def _lines(paper: Paper) -> list[tuple[str]]:
    found = []
    for part in paper.parts:
        if isinstance(part, Words):
            found.append((plain(part.text),))
        elif isinstance(part, Ending):
            found += [(part.who,), (part.when,)]
    return found


def _table(part: Grid | Fields, mark: str, number: str) -> sheets.Table:
    name = f"{number} {part.name}".strip()
    if isinstance(part, Fields):
        return sheets.Table(name, ("项目", "内容"), [(label, _said(value)) for label, value in part.pairs], mark, (18, 50))  # fmt: skip
    widths = [max(8, width * 3 // 2) for width in part.widths]
    return sheets.Table(name, part.headers, [[_said(one) for one in row] for row in part.rows], mark, widths)


def _said(value: str | Cell) -> str:
    if isinstance(value, str):
        return value
    return "\n".join(one for one in (plain(value.text), value.small) if one)


def xlsx(*papers: Paper) -> bytes:
    return sheets.as_xlsx([table for paper in papers for table in tables(paper)])

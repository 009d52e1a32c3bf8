"""Sheets as PDF, set by typst. What people wrote travels as JSON and is text there, never markup."""

import io
import json
from collections.abc import Sequence
from dataclasses import fields
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from linli.kernel.refusal import Refusal, Refused

from .parts import Cell, Code, Paper

FOLDER = Path(__file__).parent
TEMPLATE = FOLDER / "sheet.typ"
PILE = 25  # sheets that are set in one go: typst remembers what it set, a megabyte a page and more
EPOCH = 0  # a sheet's date stands on it; the file has none, so that the same sheet is the same file
# The office's typefaces where the machine has them, else the nearest that it has: GB/T 9704 by its fallbacks.
SONG = ("Noto Serif CJK SC", "Source Han Serif SC", "Noto Serif SC", "Songti SC", "STSong", "SimSun", "NSimSun")
HEI = ("SimHei", "STHeiti", "Heiti SC", "Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "PingFang SC")
WANTED = {
    "song": SONG,
    "fang": ("FangSong", "FangSong_GB2312", "STFangsong", "FZFangSong-Z02", *SONG),
    "hei": (*HEI, "Microsoft YaHei", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei"),
    "kai": ("KaiTi", "KaiTi_GB2312", "STKaiti", "Kaiti SC", "LXGW WenKai", "FangSong", "STFangsong", *SONG),
    "title": ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "STZhongsong", *SONG),
}
RARE = ("Linli Rare", "SimSun-ExtB", "Noto Serif CJK TC")
NO_FONT = Refusal("no_font", "这台机器上没有中文字体，印不了。请运维装一种，例如 apt install fonts-noto-cjk")


@lru_cache(maxsize=1)
def _found() -> Any:
    """The machine's fonts and those that came with us; half a second, once a process."""
    import typst

    return typst.Fonts(font_paths=[str(folder) for folder in _folders()])


def _folders() -> list[Path]:
    try:
        import pylopdf_fonts_zh_cn as carried
    except ImportError:
        return [FOLDER / "fonts"]
    return [FOLDER / "fonts", Path(carried.__file__).parent]


def typefaces(families: Sequence[str], bold: Sequence[str]) -> dict[str, Any]:
    """For each use the families at hand, best first; `thin` names the uses whose first has no bold cut. Raises Refused."""
    at_hand = set(families)
    rare = [name for name in RARE if name in at_hand]
    any_chinese = [name for name in (*SONG, *WANTED["hei"], *WANTED["fang"]) if name in at_hand]
    if not any_chinese:
        raise Refused(NO_FONT)
    chosen = {use: [name for name in names if name in at_hand] or any_chinese for use, names in WANTED.items()}
    thin = [use for use, names in chosen.items() if names[0] not in bold]
    return {**{use: [*dict.fromkeys([*names, *any_chinese, *rare])] for use, names in chosen.items()}, "thin": thin}


@lru_cache(maxsize=1)
def _typefaces() -> dict[str, Any]:
    fonts = _found()
    return typefaces(fonts.families(), [one.family for one in fonts.fonts() if one.weight >= 600])


def render(template: Path, data: Any, *, form: Literal["pdf", "png"] = "pdf", ppi: int = 144, tags: bool = True) -> Any:
    """`data` as `sys.inputs.data`, beside the `fonts` at hand. PDF: bytes; PNG: bytes, or a list where there are several pages.

    `tags` let a PDF be read aloud. Raises Refused.
    """
    import typst

    inputs = {"data": json.dumps(data, ensure_ascii=False), "fonts": json.dumps(_typefaces())}
    press = typst.Compiler(str(template), root=str(template.parent), font_paths=_found(), sys_inputs=inputs)
    return press.compile(format=form, ppi=float(ppi), timestamp=EPOCH, pdf_tags=tags)


def pdf(papers: Paper | Sequence[Paper]) -> bytes:
    """Several sheets in one file, each on a page of its own and with its own page numbers. Raises Refused.

    A pile goes to the printer and has no tags for reading aloud: they would make it five times as large.
    """
    sheets = [papers] if isinstance(papers, Paper) else list(papers)
    if len(sheets) <= PILE:
        return _set(sheets)
    return _joined([_set(sheets[at : at + PILE]) for at in range(0, len(sheets), PILE)])


def _set(papers: Sequence[Paper]) -> bytes:
    found: bytes = render(TEMPLATE, [_sheet(one) for one in papers], tags=len(papers) == 1)
    return found


def _joined(files: Sequence[bytes]) -> bytes:
    from pypdf import PdfWriter

    whole, out = PdfWriter(), io.BytesIO()
    for file in files:
        whole.append(io.BytesIO(file), import_outline=False)
    whole.write(out)
    return out.getvalue()


def pictures(papers: Paper | Sequence[Paper], *, ppi: int = 144) -> list[bytes]:
    """The pages as PNG. Raises Refused."""
    sheets = [papers] if isinstance(papers, Paper) else papers
    found = render(TEMPLATE, [_sheet(one) for one in sheets], form="png", ppi=ppi)
    return found if isinstance(found, list) else [found]


def _sheet(paper: Paper) -> dict[str, Any]:
    drawn = {"qr": _for_camera(paper.link) if paper.link else ""}
    return _plain(paper) | drawn | {"parts": [_part(part) for part in paper.parts]}


def _part(part: Any) -> dict[str, Any]:
    return _plain(part) | ({"qr": _for_camera(part.text)} if isinstance(part, Code) else {})


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    if value is None or isinstance(value, (str, int, bool)):
        return value
    if hasattr(value, "strong"):
        return {"strong": value.strong}
    if isinstance(value, Cell):
        return {"text": _plain(value.text), "small": value.small, "tick": value.tick, "across": value.across}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    found = {field.name: _plain(getattr(value, field.name)) for field in fields(value) if field.name != "parts"}
    return found | {"kind": getattr(value, "kind", "paper")}


def _for_camera(text: str) -> str:
    import segno

    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=0, omitsize=True, xmldecl=False, nl=False)
    return out.getvalue().decode()

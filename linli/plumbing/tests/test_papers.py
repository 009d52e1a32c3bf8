import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from linli.kernel.refusal import Refused
from linli.plumbing import papers
from linli.plumbing.papers import (
    TICK,
    Cell,
    Code,
    Ending,
    Fields,
    Grid,
    Lines,
    Look,
    Notes,
    Paper,
    Role,
    Strong,
    Tear,
    Words,
    press,
)

MARKUP = '#eval("1+1") *粗* _斜_ $x^2$ <标签> @引用 `代码` \\ // [块] = 标题 "引号"'


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    """What a reader copies out of the file; a glyph that is missing stands for nothing."""
    return "\n".join(page.extract_text() for page in read(pdf).pages)


def embedded(pdf: bytes) -> dict[str, bool]:
    """Each typeface, and whether its glyphs are in the file."""
    found = {}
    for page in read(pdf).pages:
        for font in page["/Resources"]["/Font"].get_object().values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            given = inner["/FontDescriptor"].get_object()
            found[str(inner["/BaseFont"])] = any(key in given for key in ("/FontFile2", "/FontFile3"))
    return found


@pytest.fixture
def paper() -> Paper:
    return Paper(
        title="关于路灯的公示",
        look=Look.LETTER,
        parts=(
            Words("全体业主：", Role.FLUSH),
            Words(("现公示如下，", Strong("不许漏看"), "。")),
            Words("一、内容", Role.HEADING),
            Grid(("地点", "数量"), [("东门", Cell("3", "盏"))]),
            Fields((("电话", "0000-1234567"),)),
            Notes(("先看", (Strong("再签"),))),
            Lines(("签名", "日期")),
            Ending("业主委员会（第二届）", "2026年3月21日"),
        ),
        link="https://linli.example/n/1",
        foot=("编号 1",),
    )


def test_same_sheet_is_the_same_file(paper):
    first = papers.pdf(paper)
    assert first.startswith(b"%PDF-") and first == papers.pdf(paper)
    assert b"CreationDate" not in first


def test_chinese_typefaces_are_embedded(paper):
    found = embedded(papers.pdf(paper))
    assert len(found) >= 2 and all(found.values())
    assert all("+" in name for name in found)  # subsets


@pytest.mark.parametrize("look", list(Look))
def test_rare_character_has_a_glyph(look):
    """U+20BB7, as in names; a box would be glyph 0, which stands for nothing when copied."""
    found = papers.pdf(Paper(title="名册", look=look, parts=(Words("𠮷某"), Grid(("姓名",), [("𠮷某",)]))))
    assert text_of(found).count("𠮷某") == 2


def test_what_people_write_is_text(paper):
    cells = (
        Words(MARKUP),
        Grid(("姓名",), [(Cell(MARKUP, MARKUP),)]),
        Fields((("姓名", MARKUP),)),
        Notes((MARKUP,)),
        Ending(MARKUP, ""),
    )
    found = text_of(papers.pdf(replace(paper, title=MARKUP, under=MARKUP, parts=cells, foot=(MARKUP,))))
    squeezed = "".join(found.split())
    assert squeezed.count("".join(MARKUP.split())) == 9


def test_a_name_cannot_leave_its_cell(paper):
    names = [MARKUP, "]); #import", "\\u{41}", "sys.inputs.data", "{{ paper }}", "\x00", "\n\n= 题"]
    assert papers.pdf(replace(paper, parts=(Grid(("姓名",), [(name,) for name in names]),))).startswith(b"%PDF-")


def test_each_sheet_counts_its_own_pages(paper):
    long = replace(paper, parts=(Words("路灯坏了。" * 400),))
    assert len(read(papers.pdf([paper, long, paper])).pages) > 3
    numbers = [page.extract_text().count("— 1 —") for page in read(papers.pdf([paper, long, paper])).pages]
    assert numbers[0] == numbers[1] == numbers[-1] == 1 and sum(numbers) == 3


def test_a_pile_is_one_file_in_order():
    pile = [Paper(title=f"第 {at} 张", parts=()) for at in range(press.PILE + 2)]
    found = papers.pdf(pile)
    assert [page.extract_text().splitlines()[0] for page in read(found).pages] == [one.title for one in pile]
    assert found == papers.pdf(pile)


def test_a_wide_table_of_words_stands_as_cards_on_a_telephone_and_a_form_keeps_its_table():
    headers = ("序号", "姓名", "房号", "理由")
    of = {
        "words": Grid(headers, [("1", "张*", "301", "热心")], left=(3,)),
        "form": Grid(headers, [("1", "张*", "301", Cell(tick=True))], left=(3,)),
        "figures": Grid(("", "人数", "面积"), [("同意", "5/7", "500.00")]),
    }
    drawn = {key: papers.html(Paper(title="公示", parts=(grid,))) for key, grid in of.items()}
    assert [key for key, text in drawn.items() if "sheet-stack" in text] == ["words"]
    assert '<td class="left" data-head="理由">热心</td>' in drawn["words"] and "data-head" not in drawn["form"]


def test_header_stays_with_a_long_table():
    rows = [(str(at), "张*") for at in range(200)]
    assert len(papers.pictures(Paper(title="名册", parts=(Grid(("序号", "业主"), rows),)), ppi=30)) > 3


def test_torn_part_is_on_the_first_page():
    body = (Grid(("项", "同意"), [("换泵", TICK)] * 30, left=(0,)), Tear("存根"), Fields((("编号", "K1"),)))
    assert (
        len(papers.pictures(Paper(title="票", number=("编号", "K1"), link="https://a.example", parts=body), ppi=30)) > 1
    )


def test_code_is_in_groups_with_a_picture():
    assert papers.pdf(Paper(title="钥匙", parts=(Code("ABCD-EFGH-IJKL-MNOP-QRST"),)))


def test_no_chinese_typeface_is_said():
    with pytest.raises(Refused, match="没有中文字体"):
        press.typefaces(["DejaVu Sans"], [])


def test_nearest_typeface_stands_in():
    chosen = press.typefaces(["Noto Serif SC", "Linli Rare"], [])
    assert chosen["fang"] == ["Noto Serif SC", "Linli Rare"] and "title" in chosen["thin"]
    assert press.typefaces(["FangSong", "SimHei"], ["SimHei"])["fang"] == ["FangSong", "SimHei"]


def test_page_says_what_the_sheet_says(paper):
    page = papers.html(paper)
    assert "<b>不许漏看</b>" in page and "<h2>一、内容</h2>" in page and "<small>盏</small>" in page and "<svg" in page
    assert 'lang="zh-CN"' in page and "style=" not in page


def test_further_sheets_leave_the_page_its_one_heading(paper):
    page, further = papers.html(paper), papers.html(paper, further=True)
    assert page.count("<h1") == 1 and "<h1" not in further
    assert further.count('role="heading"') == 1 and paper.title in further


def test_a_field_alone_on_its_line_takes_all_of_it(paper):
    pairs = (("一", ""), ("二", ""), ("三", ""), ("四", Cell("", across=2)), ("五", ""))
    page = papers.html(replace(paper, parts=(Fields(pairs),)))
    wide = [label for label, _value in pairs if f'<div class="across"><dt>{label}</dt>' in page]
    assert wide == ["三", "四", "五"]


def test_page_escapes_what_people_write(paper):
    hostile = "<script>alert(1)</script>"
    parts = (
        Words((hostile, Strong(hostile))),
        Grid((hostile,), [(Cell(hostile, hostile),)]),
        Fields(((hostile, hostile),)),
        Notes((hostile,)),
    )
    assert "<script" not in papers.html(
        replace(paper, title=hostile, under=hostile, parts=(*parts, Ending(hostile, hostile)), foot=(hostile,))
    )


def test_named_tables_become_sheets(paper):
    grid = Grid(("票号", "原因"), [("K1", Cell("没有签名", "两处"))], name="无效票", widths=(3, 9))
    text, found = papers.tables(replace(paper, parts=(grid, Grid(("甲",), []), Words("乙"))))
    assert (found.name, found.headers, list(found.rows)) == ("无效票", ("票号", "原因"), [["K1", "没有签名\n两处"]])
    assert found.mark == "关于路灯的公示　编号 1"
    assert (text.name, list(text.rows)) == ("正文", [("乙",)])


def test_workbook_holds_text(paper):
    from python_calamine import CalamineWorkbook

    made = papers.xlsx(
        replace(
            paper, parts=(Grid(("姓名",), [("=1+1",)], name="名册"), Fields((("电话", "0000-1234567"),), name="概况"))
        )
    )
    book = CalamineWorkbook.from_filelike(io.BytesIO(made))
    assert book.sheet_names == ["名册", "概况"]
    assert book.get_sheet_by_name("名册").to_python()[2] == ["=1+1"]
    assert book.get_sheet_by_name("概况").to_python()[2] == ["电话", "0000-1234567"]


def test_a_machine_without_typefaces_prints_all_the_same(paper, monkeypatch):
    """With those that came with us alone: also 𠮷, and bold drawn thicker."""
    import typst

    alone = typst.Fonts(include_system_fonts=False, font_paths=[str(folder) for folder in press._folders()])
    monkeypatch.setattr(press, "_found", lambda: alone)
    monkeypatch.setattr(press, "_typefaces", press._typefaces.__wrapped__)
    found = papers.pdf(replace(paper, title="𠮷某的房"))
    assert "𠮷某的房" in text_of(found)
    assert {name.partition("+")[2].partition("-")[0] for name in embedded(found)} == {"LinliRare", "NotoSansSC", "NotoSerifSC"}  # fmt: skip

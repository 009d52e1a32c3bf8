"""The parts of the look render without a database, escape what they are given and carry no inline style."""

import re
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from linli.plumbing.addresses import numbered
from linli.plumbing.templatetags import look


def draw(source: str, **values: object) -> str:
    return Template("{% load look %}" + source).render(Context(values))


class SpotForm(forms.Form):
    words = forms.CharField(label="说一件事", help_text="写在哪里、什么样")
    spot = forms.ChoiceField(label="在哪里", choices=[("7", "7 栋"), ("unsure", "说不清")], widget=forms.RadioSelect)
    agree = forms.BooleanField(label="告诉家里人", required=False)


@pytest.mark.parametrize(("turn", "red"), [("inner", 1), ("middle", 1), ("outer", 1), ("nobody", 0), ("done", 0)])
def test_mark_has_one_red_ring_at_most(turn: str, red: int) -> None:
    assert look.mark(turn, 24).count("m-red") == red


def test_mark_is_hidden_from_readers() -> None:
    assert 'aria-hidden="true"' in look.mark("you", 64)


def test_mark_unknown_turn_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError):
        look.mark("us", 24)


def test_cell_escapes_words() -> None:
    html = draw("{% cell title note=note %}", title="<b>灯</b>", note="轮到 · <i>")
    assert "&lt;b&gt;灯" in html
    assert '轮到\u00a0<i class="dot">·</i> &lt;i&gt;' in html


def test_cell_without_address_is_no_link() -> None:
    assert "<a" not in draw("{% cell '停水' %}")
    assert '<a class="cell" href="/x/">' in draw("{% cell '停水' href='/x/' %}")


def test_views_and_menus_mark_what_is_chosen_and_escape_words() -> None:
    rows = [{"label": "<b>灯", "href": "?a=1&b=2", "count": 0, "chosen": True}, {"label": "水", "href": "?"}]
    links = '<li><a href="?a=1&amp;b=2" aria-current="true">&lt;b&gt;灯%s</a></li><li><a href="?">水</a></li></ul>'
    assert draw("{% views rows %}", rows=rows) == '<ul class="views">' + links % " 0"
    menu = '<details class="menu" data-menu><summary%s</summary><ul>'
    drawn = draw("{% filter_menu '类别' rows %}", rows=rows)
    assert drawn == menu % ' class="is-chosen">&lt;b&gt;灯' + links % "" + "</details>"
    assert draw("{% filter_menu '类别' rows %}", rows=rows[1:]).startswith(menu % ">类别")


def test_table_row_escapes_words_and_is_picked_or_swapped_where_asked() -> None:
    words = ["key", "label", "title", "more", "place", "category", "party", "state", "due", "due_kind", "source"]
    row = {name: f"<{name}>" for name in words} | {"key": "7", "mark": "you", "due_kind": "late"}
    html = draw("{% table_rows rows '/desk/panel/' '?q=<' %}", rows=[SimpleNamespace(**row)])
    assert html.startswith('<tr data-row id="row-7"><td class="quiet">&lt;label&gt;</td>')
    assert 'href="/desk/panel/7/?q=&lt;" hx-get="/desk/panel/7/?q=&lt;"' in html
    assert (
        '&lt;title&gt; <span class="quiet">&lt;more&gt;</span></a>' in html
        and '<td class="nb late">&lt;due&gt;' in html
    )
    assert "<q" not in html and "<place" not in html and "pick" not in html and "oob" not in html
    html = draw("{% table_row row '/' '' pick=True oob=True %}", row=SimpleNamespace(**row))
    assert 'id="row-7" hx-swap-oob="outerHTML"' in html
    assert '<input type="checkbox" name="pick" value="7" aria-label="&lt;label&gt;">' in html


def test_clock_late_fills_the_bar_and_has_no_tick() -> None:
    html = draw("{% clock 40 '3月20日' '超 15 小时' state='late' %}")
    assert 'aria-valuenow="100"' in html
    assert "bar-tick" not in html


def test_measure_speaks_its_sentence() -> None:
    html = draw("{% measure '人数' '398' '652 人' '61.04' %}")
    assert 'aria-label="人数 398，共 652 人，61.04%，要到 2/3"' in html
    assert 'width="61.04%"' in html


@pytest.mark.parametrize(("value", "of", "width"), [(31, 62, "50%"), (9, 3, "100%"), (0, 0, "0%")])
def test_bar_stays_in_its_track(value: int, of: int, width: str) -> None:
    assert f'class="bar-fill" y="3" width="{width}"' in draw("{% bar value of %}", value=value, of=of)


def test_spark_points_flat_line_is_in_the_middle() -> None:
    assert {y for _, y in look.spark_points([3, 3, 3])} == {13}


def test_spark_empty_draws_nothing() -> None:
    assert "polyline" not in draw("{% spark values %}", values=[])


def test_field_wrong_names_its_error() -> None:
    form = SpotForm({"words": "", "spot": "7"})
    html = draw("{% field form.words %}", form=form)
    assert 'aria-invalid="true"' in html
    assert 'id="id_words_error"' in html
    assert re.search(r'aria-describedby="[^"]*id_words_error', html)


def test_field_keeps_what_was_typed() -> None:
    assert 'value="灯坏了"' in draw("{% field form.words %}", form=SpotForm({"words": "灯坏了"}))


def test_chips_are_real_radios_with_a_legend() -> None:
    html = draw("{% chips form.spot %}", form=SpotForm({"spot": "7"}))
    assert html.count('type="radio"') == 2
    assert html.count("checked") == 1
    assert "<legend" in html


def test_choices_choose_nothing_beforehand() -> None:
    assert "checked" not in draw("{% choices form.spot %}", form=SpotForm())


def test_errors_links_to_each_field() -> None:
    html = draw("{% errors form %}", form=SpotForm({}))
    assert 'href="#id_words"' in html
    assert 'href="#id_spot_0"' in html


def test_errors_none_is_empty() -> None:
    assert draw("{% errors form %}", form=SpotForm({"words": "灯", "spot": "7"})).strip() == ""


def test_question_answers_post_with_the_token() -> None:
    html = draw(
        "{% question '修好了吗？' answers=rows %}", rows=[{"label": "修好了", "action": "/a/"}], csrf_token="t0"
    )
    assert 'name="csrfmiddlewaretoken" value="t0"' in html
    assert "btn-primary" not in html


def test_sheet_escapes_title_and_keeps_body() -> None:
    html = draw("{% sheet id='s' title=title %}<p>好</p>{% endsheet %}", title="<x>")
    assert "&lt;x&gt;" in html
    assert "<p>好</p>" in html


def test_cells_are_cells() -> None:
    rows = [
        {"title": "灯 <坏>", "note": "轮到物业", "href": "/x/", "pill": "超 1 天", "pill_kind": "late"},
        {"title": "b"},
    ]
    one_by_one = "".join(look.cell(**row) for row in rows)
    assert draw("{% cells rows %}", rows=rows) == one_by_one
    assert "&lt;坏&gt;" in one_by_one


def test_kept_part_is_drawn_once_for_each_value_and_language() -> None:
    seen = []

    def count() -> str:
        seen.append(1)
        return f"<{len(seen)}>"

    template = Template("{% kept name %}{{ name }}{{ count }}{% endkept %}")
    drawn = [template.render(Context({"name": name, "count": count})) for name in "aab"]
    assert drawn == ["a&lt;1&gt;", "a&lt;1&gt;", "b&lt;2&gt;"]
    with translation.override("en"):
        assert template.render(Context({"name": "a", "count": count})) == "a&lt;3&gt;"


def test_url_is_as_ever_and_says_what_it_cannot_make() -> None:
    assert draw("{% url 'matters:mine' slug %}", slug="a-b") == "/c/a-b/mine/"
    assert draw("{% url 'matters:mine' slug as it %}[{{ it }}]", slug="") == "[]"
    assert draw("{% url 'matters:matter' slug='a' number=3 %}") == "/c/a/matters/3/"
    with pytest.raises(NoReverseMatch):
        draw("{% url 'matters:mine' slug %}", slug="")
    assert numbered("matters:sent", "a", 12) == reverse("matters:sent", args=["a", 12])

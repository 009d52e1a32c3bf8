"""Rosters brought in by tests: uploaded, checked, confirmed, undone, and what they say."""

from linli.matters.tests import makers
from linli.people.models import Ownership
from linli.people.queries import chunks
from linli.people.services import imports
from linli.people.words.imports import said
from linli.places.models import Home

NOW = makers.NOW
ID1, ID2 = "11010519491231002X", "440524188001010014"
SAMPLE = """楼栋,单元,房号,业主姓名,联系电话,建筑面积,房屋用途
1#,1,101,张某甲,13800000001,89.50,住宅
1#,1,102,"李某乙、王某丙",13800000002/13800000003,112.36,住宅
2栋,甲单元,0301,××置业有限公司,0000-0000000,134.00,住宅
3幢,,S-05,陈某丁,13800000004,56.8,商铺
合计,,,,,392.66,
"""
HOMES = "楼栋,单元,房号,建筑面积\n"
OWNERS = "楼栋,单元,房号,业主姓名,联系电话,身份证号码\n"


def checked(place, by, text, kind="homes", name="表.csv", **chosen):
    data = text.encode() if isinstance(text, str) else text
    roster = imports.upload(by=by, compound=place.compound, kind=kind, filename=name, data=data, once=None, at=NOW)
    run(roster)
    return again(roster, by, **chosen)


def again(roster, by, **chosen):
    sheets = range(len(roster.mapping["sheets"]))
    given = {"fields": {}, "sheets": list(sheets), "keep": [], "reason": "", "sure": False} | chosen
    roster = imports.choose_columns(by=by, roster=roster, at=NOW, **given)
    return run(roster)


def run(roster):
    imports.work(roster_id=roster.pk, compound_id=roster.compound_id, at=NOW)
    roster.refresh_from_db()
    return roster


def applied(place, by, text, kind="homes", second=None, **more):
    roster = checked(place, by, text, kind, **more)
    roster = imports.confirm(by=by, roster=roster, at=NOW)
    if second:
        roster = imports.confirm(by=second, roster=roster, at=NOW)
    return run(roster)


def undone(roster, by, second=None):
    roster = imports.undo(by=by, roster=roster, reason="传错了小区", at=NOW)
    if second:
        roster = imports.undo(by=second, roster=roster, reason="", at=NOW)
    return run(roster)


def rows(roster):
    """As a page says them."""
    found = [rec for _, run in chunks.each(roster.compound_id, roster.pk) for rec in run]
    return [rec | {name: list(map(said, rec[name])) for name in ("e", "w") if name in rec} for rec in found]


def home(place, label):
    return Home.objects.get(compound=place.compound, label=label)


def owners_of(place, label):
    owned = Ownership.objects.filter(compound=place.compound, home__label=label, to_day=None).select_related("person")
    return sorted(o.person.name for o in owned)

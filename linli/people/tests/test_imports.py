"""Imports end to end as services: what is new, changed, same, refused; confirmed by two; applied once; undone whole."""

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from django.utils import translation

from linli.kernel.refusal import Refused
from linli.matters.tests import makers
from linli.people.models import Binding, Ownership, Person, Residency, RosterChunk, RosterImport
from linli.people.queries import chunks
from linli.people.queries import imports as pages
from linli.people.rules import Role
from linli.people.rules.imports import Stage
from linli.people.services import imports
from linli.people.tasks import forget_originals, run_imports
from linli.people.words.imports import said
from linli.places import queries as places
from linli.places.models import Building, Entrance, Home
from linli.plumbing import progress, vault
from linli.plumbing.models import AuditEntry

pytestmark = pytest.mark.django_db
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


# ── homes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_new_changed_same_and_refused_homes(place, clerk):
    text = HOMES + "7,1,301,89.00\n7,1,302,91.20\n7,2,301,95.5\n9号楼,1,101,8O\n"
    roster = checked(place, clerk, text)
    assert roster.state == Stage.CHECKED
    assert [r["st"] for r in rows(roster)] == ["same", "new", "changed", "refused"]
    assert rows(roster)[2]["c"] == [["", "building_area", 8900, 9550]]
    assert rows(roster)[3]["e"] == ["D 建筑面积：面积里有字母 O，请改成数字 0"]
    assert Home.objects.filter(compound=place.compound).count() == 4


def test_applied_homes_are_in_the_register(place, clerk):
    roster = applied(place, clerk, HOMES + "7,1,0302,91.20\n9号楼,二单元,101,80\n12,,S-05,56.8\n")
    assert roster.state == Stage.APPLIED
    assert home(place, "7栋1单元302").building_area == 9120
    made = home(place, "9号楼二单元101")
    assert (made.building.key, made.entrance.key, made.room_no, made.kind) == ("9", "2", "101", "residence")
    assert home(place, "12栋S-05").entrance.key == "0"
    entry = AuditEntry.objects.get(compound=place.compound, act="apply_roster")
    assert entry.data["made"] == {"buildings": 2, "homes": 3, "people": 0, "ownerships": 0, "residencies": 0}


def test_same_file_twice_changes_nothing(place, clerk):
    text = "楼栋,单元,房号,建筑面积,交房日期,入住情况,户型\n7,1,302,91.2,2019.6.30,已入住,三室；一厅\n"
    applied(place, clerk, text)
    roster = checked(place, clerk, text)
    assert [r["st"] for r in rows(roster)] == ["same"]
    with pytest.raises(Refused, match="没有要收进名册的行"):
        imports.confirm(by=clerk, roster=roster, at=NOW)


def test_sheet_without_entrances_means_the_one_home_with_that_number(place, clerk):
    text = "楼栋,房号,建筑面积\n7,301,88\n"
    assert rows(checked(place, clerk, text))[0]["e"] == ["7栋有 2 个单元都有 301，请写明单元"]
    text = "楼栋,单元,房号,建筑面积\n7,1,401,80\n"
    applied(place, clerk, text)
    assert rows(checked(place, clerk, "楼栋,房号,建筑面积\n7,401,88\n"))[0]["st"] == "changed"


def test_buildings_and_their_grid(place, clerk):
    text = "楼栋,地上层数,单元数,竣工年份,有无电梯,网格\n7栋,18,2,2009,有,第一网格\n10栋,6,1,1998,无,第九网格\n"
    roster = applied(place, clerk, text)
    old, new = (Building.objects.get(compound=place.compound, key=k) for k in ("7", "10"))
    assert (old.floors_above, old.built_year, old.has_lift, old.grid) == (18, 2009, True, place.grid)
    assert (new.floors_above, new.has_lift, new.grid) == (6, False, None)
    assert "没有“第九网格”" in rows(roster)[1]["w"][0]


def test_stale_row_is_refused_and_the_others_taken(place, clerk):
    roster = checked(place, clerk, HOMES + "7,1,301,90\n7,2,301,91\n7,1,501,92\n")
    Home.objects.filter(compound=place.compound, pk=place.homes[0].pk).update(building_area=7777)
    imports.confirm(by=clerk, roster=roster, at=NOW)
    roster = run(roster)
    assert [r["st"] for r in rows(roster)] == ["conflict", "changed", "new"]
    assert "检查以后名册变了" in rows(roster)[0]["e"][0]
    assert home(place, "7栋1单元301").building_area == 7777
    assert home(place, "7栋2单元301").building_area == 9100
    assert roster.summary["taken"] == {"changed": 1, "new": 1}


def test_confirming_twice_applies_once(place, clerk):
    roster = checked(place, clerk, HOMES + "7,1,501,92\n")
    imports.confirm(by=clerk, roster=roster, at=NOW)
    run(roster)
    assert imports.confirm(by=clerk, roster=roster, at=NOW).state == Stage.APPLIED
    assert not imports.work(roster_id=roster.pk, compound_id=roster.compound_id, at=NOW)
    assert AuditEntry.objects.filter(compound=place.compound, act="apply_roster").count() == 1


def test_upload_repeated_is_one_import(place, clerk):
    from uuid import uuid4

    once, text = uuid4(), (HOMES + "7,1,501,92\n").encode()
    first, again_ = (
        imports.upload(by=clerk, compound=place.compound, kind="homes", filename="a.csv", data=text, once=once, at=NOW)
        for _ in range(2)
    )
    assert first.pk == again_.pk
    assert RosterImport.objects.filter(compound=place.compound).count() == 1


# ── owners ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_sample_of_the_domain(place, clerk, second):
    roster = applied(place, clerk, SAMPLE, "owners", second)
    assert [r["st"] for r in rows(roster)] == ["new", "new", "new", "new", "skipped"]
    assert roster.summary["totals"] == [["表", 6, 39266, 39266]]
    assert owners_of(place, "1#1单元102") == ["李某乙", "王某丙"]
    assert Person.objects.get(compound=place.compound, name="王某丙").phone == "13800000003"
    assert Person.objects.get(compound=place.compound, name="××置业有限公司").is_organisation
    assert home(place, "2栋甲单元301").entrance.key == "1"
    shop = home(place, "3幢S-05")
    assert (shop.kind, shop.entrance.key, shop.building_area) == ("shop", "0", 5680)
    assert [r["st"] for r in rows(checked(place, clerk, SAMPLE, "owners"))] == ["same"] * 4 + ["skipped"]


def test_owners_wait_for_a_second_person(place, clerk, second):
    roster = checked(place, clerk, OWNERS + f"7,1,301,张三,13800000001,{ID1}\n", "owners")
    roster = imports.confirm(by=clerk, roster=roster, at=NOW)
    assert roster.state == Stage.PROPOSED
    assert not Person.objects.filter(compound=place.compound).exists()
    with pytest.raises(Refused, match="另一个有这个权限的人"):
        imports.confirm(by=clerk, roster=roster, at=NOW)
    run(imports.confirm(by=second, roster=roster, at=NOW))
    person = Person.objects.get(compound=place.compound)
    assert owners_of(place, "7栋1单元301") == ["张三"]
    assert person.identity_hash == vault.keyed_hash(ID1)
    assert vault.unseal(person.identity_sealed) == ID1


def test_community_does_not_propose_where_a_committee_keeps_the_register(place, clerk, second):
    with pytest.raises(Refused, match="名册管理员"):
        checked(place, second, OWNERS + "7,1,301,张三,,\n", "owners")


def test_front_desk_imports_homes_alone(place):
    desk = place.post(Role.FRONT_DESK)
    assert checked(place, desk, HOMES + "7,1,501,92\n").state == Stage.CHECKED
    with pytest.raises(Refused, match="不能导入"):
        checked(place, desk, OWNERS + "7,1,301,张三,,\n", "owners")


def test_another_owner_in_the_register_is_a_conflict(place, clerk, second):
    applied(place, clerk, OWNERS + "7,1,301,张三,13800000001,\n", "owners", second)
    roster = checked(place, clerk, OWNERS + "7,1,301,李四,13800000002,\n7,2,301,王五,,\n", "owners")
    assert [r["st"] for r in rows(roster)] == ["conflict", "changed"]
    assert rows(roster)[0]["e"] == ["7栋1单元301：名册里的业主是“张三”，文件里是“李四”，没有改名册，请核对"]
    run(imports.confirm(by=second, roster=imports.confirm(by=clerk, roster=roster, at=NOW), at=NOW))
    assert owners_of(place, "7栋1单元301") == ["张三"]


def test_co_owner_joins_whichever_row_names_the_first(place, clerk, second):
    applied(place, clerk, OWNERS + "7,1,301,张三,13800000001,\n", "owners", second)
    text = "楼栋,单元,房号,业主姓名,联系电话,与业主关系\n7,1,301,李四,13800000002,共有\n7,1,301,张三,13800000001,本人\n"
    roster = applied(place, clerk, text, "owners", second)
    assert [r["st"] for r in rows(roster)] == ["changed", "same"]
    assert owners_of(place, "7栋1单元301") == ["张三", "李四"]


def test_identity_number_of_somebody_else_is_a_conflict(place, clerk, second):
    applied(place, clerk, OWNERS + f"7,1,301,张三,13800000001,{ID1}\n", "owners", second)
    roster = checked(place, clerk, OWNERS + f"7,2,301,李四,13800000002,{ID1}\n", "owners")
    assert rows(roster)[0]["e"] == ["“李四”的证件号，名册里是“张三”的，请核对"]


def test_one_person_with_two_homes_is_one_person(place, clerk, second):
    text = OWNERS + f"7,1,301,张三,13800000001,{ID1}\n7,2,301,张三,,{ID1}\n8,1,301,张三,13800000001,\n8,2,301,张三,,\n"
    applied(place, clerk, text, "owners", second)
    assert Ownership.objects.filter(compound=place.compound).count() == 4
    # The fourth says neither number nor phone: nobody can know, so nobody is merged.
    assert Person.objects.filter(compound=place.compound, name="张三").count() == 2


def test_new_phone_is_shown_and_the_old_one_kept(place, clerk, second):
    applied(place, clerk, OWNERS + "7,1,301,张三,13800000001,\n", "owners", second)
    roster = applied(place, clerk, OWNERS + "7,1,301,张三,13800000009,\n", "owners", second)
    assert rows(roster)[0]["c"] == [["张三", "phone", "13800000001", "13800000009"]]
    person = Person.objects.get(compound=place.compound)
    assert (person.phone, person.phone2) == ("13800000009", "13800000001")
    assert rows(checked(place, clerk, OWNERS + "7,1,301,张三,13800000009,\n", "owners"))[0]["st"] == "same"


def test_tenants_live_there_and_do_not_own(place, clerk, second):
    text = "楼栋,单元,房号,业主姓名,联系电话,与业主关系\n7,1,301,张三,13800000001,本人\n7,1,301,赵六,13800000006,租户\n"
    applied(place, clerk, text, "owners", second)
    assert owners_of(place, "7栋1单元301") == ["张三"]
    assert [
        (r.person.name, r.kind) for r in Residency.objects.filter(compound=place.compound).select_related("person")
    ] == [("赵六", "tenant")]


def test_sensitive_columns_are_kept_only_for_a_reason_and_sealed(place, clerk, second):
    text = "楼栋,单元,房号,业主姓名,政治面貌,性别\n7,1,301,张三,中共党员,女\n"
    roster = applied(place, clerk, text, "owners", second)
    assert roster.summary["plans"][0]["sensitive"] == ["政治面貌"]
    assert Person.objects.get(compound=place.compound).extra == {"性别": "女"}
    with pytest.raises(Refused, match="用在哪里"):
        checked(place, clerk, text, "owners", keep=[(0, 4)])
    roster = applied(place, clerk, text, "owners", second, keep=[(0, 4)], reason="党员包户，街道文件")
    kept = Person.objects.get(compound=place.compound).extra["sealed"]["政治面貌"]
    assert "党员" not in str(kept)
    assert vault.unseal(bytes.fromhex(kept[1])) == "中共党员"


def test_identity_numbers_lie_nowhere_in_the_clear(place, clerk, second):
    text = "楼栋,单元,房号,业主姓名,身份证号码,共有人身份证号\n7,1,301,张三," + ID1 + "," + ID2 + "\n"
    roster = applied(place, clerk, text, "owners", second)
    assert roster.summary["plans"][0]["sensitive"] == ["共有人身份证号"]
    everything = (
        str(roster.mapping) + str(roster.summary) + str(list(Person.objects.filter(compound=place.compound).values()))
    )
    everything += str(
        [bytes(c.rows) + bytes(c.changes or b"") for c in RosterChunk.objects.filter(compound=place.compound)]
    )
    assert ID1 not in everything and ID2 not in everything
    assert all(ID1.encode() not in f.read_bytes() for f in vault.path("x").parent.rglob("*") if f.is_file())


# ── undo ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_undo_puts_everything_back(place, clerk):
    before = list(Home.objects.filter(compound=place.compound).order_by("pk").values())
    roster = applied(place, clerk, HOMES + "7,1,301,90\n7,1,501,92\n12,3,101,80\n")
    roster = undone(roster, clerk)
    assert roster.state == Stage.UNDONE
    assert pages.kept_back(roster) == []
    assert list(Home.objects.filter(compound=place.compound).order_by("pk").values()) == before
    assert not Building.objects.filter(compound=place.compound, key="12").exists()
    assert not Entrance.objects.filter(compound=place.compound, key="3").exists()


def test_undo_of_owners_takes_two_and_removes_people(place, clerk, second):
    first = applied(place, clerk, OWNERS + "7,1,301,张三,13800000001,\n", "owners", second)
    roster = applied(place, clerk, OWNERS + f"7,1,301,张三,13800000009,{ID1}\n9,1,101,王五,,\n", "owners", second)
    with pytest.raises(Refused, match="为什么撤回"):
        imports.undo(by=clerk, roster=roster, reason="", at=NOW)
    roster = imports.undo(by=clerk, roster=roster, reason="传错了", at=NOW)
    assert roster.state == Stage.UNDO_ASKED
    with pytest.raises(Refused, match="提出的人不能自己确认"):
        imports.undo(by=clerk, roster=roster, reason="", at=NOW)
    roster = run(imports.undo(by=second, roster=roster, reason="", at=NOW))
    person = Person.objects.get(compound=place.compound)
    assert (person.phone, person.phone2, person.identity_hash, person.identity_sealed) == ("13800000001", "", "", None)
    assert Home.objects.filter(compound=place.compound).count() == 4
    assert undone(first, clerk, second).summary["kept"] == []
    assert not Person.objects.filter(compound=place.compound).exists()


def test_undo_says_what_was_changed_or_used_since(place, clerk, second):
    roster = applied(
        place,
        clerk,
        OWNERS.replace("身份证号码", "建筑面积") + "7,1,301,张三,13800000001,90\n9,1,101,王五,,70\n9,1,102,赵六,,71\n",
        "owners",
        second,
    )
    Home.objects.filter(compound=place.compound, label="7栋1单元301").update(building_area=9100)
    wang = Person.objects.get(compound=place.compound, name="王五")
    Binding.objects.create(
        compound=place.compound, account=makers.account("王五"), person=wang, home=home(place, "9栋1单元101"), relation="owner",
        state="confirmed", asked_at=NOW,
    )  # fmt: skip
    roster = undone(roster, clerk, second)
    assert pages.kept_back(roster) == [
        "7栋1单元301 的建筑面积后来又改成了“91.00”，没有动",
        "王五 已经绑定了账号，没有撤回",
        "9栋1单元101 已经有诉求或绑定，没有撤回",
    ]
    assert owners_of(place, "9栋1单元101") == ["王五"]
    assert owners_of(place, "7栋1单元301") == []
    assert not Home.objects.filter(compound=place.compound, label="9栋1单元102").exists()


# ── files and work ──────────────────────────────────────────────────────────────────────────────────────────────────


def refused_rows(by, roster):
    data = imports.download_refused(by=by, roster=roster, form="csv", at=NOW)
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def test_refused_rows_come_back_with_row_and_reason(place, clerk, second):
    applied(place, clerk, OWNERS + "7,1,301,张三,13800000001,\n", "owners", second)
    text = "楼栋,单元,房号,业主姓名,政治面貌,建筑面积\n7,1,301,李四,中共党员,90\n7,1,,=cmd(),群众,80\n"
    roster = checked(place, clerk, text, "owners")
    assert refused_rows(clerk, roster) == [
        ["楼栋", "单元", "房号", "业主姓名", "政治面貌", "建筑面积", "行号", "没有收进的原因"],
        [
            "7",
            "1",
            "301",
            "李四",
            "",
            "90",
            "2",
            "7栋1单元301：名册里的业主是“张三”，文件里是“李四”，没有改名册，请核对",
        ],
        ["7", "1", "", "'=cmd()", "", "80", "3", "C 房号：缺房号"],
    ]
    book = openpyxl.load_workbook(io.BytesIO(imports.download_refused(by=clerk, roster=roster, form="xlsx", at=NOW)))
    assert book.active["D3"].value == "=cmd()" and book.active["D3"].data_type == "s"
    assert AuditEntry.objects.filter(compound=place.compound, act="download_refused").count() == 2


def test_mended_file_of_refused_rows_is_taken(place, clerk):
    roster = checked(place, clerk, HOMES + "7,1,501,9o\n")
    data = imports.download_refused(by=clerk, roster=roster, form="xlsx", at=NOW)
    book = openpyxl.load_workbook(io.BytesIO(data))
    book.active["D2"].value = "90"
    out = io.BytesIO()
    book.save(out)
    applied(place, clerk, out.getvalue(), name="back.xlsx")
    assert home(place, "7栋1单元501").building_area == 9000
    assert home(place, "7栋1单元501").extra == {}


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"", "a.xlsx", "文件是空的"),
        (b"x", "a.pdf", "不认识"),
        (b"PK\x03\x04broken", "a.xlsx", "已损坏"),
        (b"<html>", "a.xls", "网页格式"),
    ],
)
def test_unreadable_file_is_refused_in_words(place, clerk, data, name, says):
    with pytest.raises(Refused, match=says) as no:
        imports.upload(by=clerk, compound=place.compound, kind="homes", filename=name, data=data, once=None, at=NOW)
    assert no.value.field == "file"
    assert not RosterImport.objects.filter(compound=place.compound).exists()


def test_a_book_of_fees_must_be_asked_about(place, clerk):
    text = "房号,业主姓名,建筑面积,应收金额,实收金额,欠费金额\n3-1-301,张三,90,1,1,0\n"
    with pytest.raises(Refused, match="收费台账"):
        checked(place, clerk, text, "owners")
    assert checked(place, clerk, text, "owners", sure=True).state == Stage.CHECKED


def test_columns_chosen_by_hand_are_obeyed(place, clerk):
    text = "楼栋,单元,房号,面积A,面积B,杂项\n7,1,501,90,80,x\n"
    roster = checked(place, clerk, text, fields={(0, 3): "inner_area", (0, 4): "building_area", (0, 5): "-"})
    assert rows(roster)[0]["h"][0][7:9] == [8000, 9000]
    assert "x" not in rows(roster)[0]
    with pytest.raises(Refused, match="选成了同一项"):
        again(roster, clerk, fields={(0, 3): "building_area"})


def test_five_thousand_rows_wait_for_the_worker(place, clerk, second):
    lines = "".join(f"{b},1,{f}01,业主{b}{f},139{b:04d}{f:04d},\n" for b in range(20, 120) for f in range(1, 51))
    roster = imports.upload(
        by=clerk,
        compound=place.compound,
        kind="owners",
        filename="a.csv",
        data=(OWNERS + lines).encode(),
        once=None,
        at=NOW,
    )
    assert run_imports(NOW) == (1 if roster.state == Stage.READING else 0)
    roster.refresh_from_db()
    roster = imports.choose_columns(
        by=clerk, roster=roster, fields={}, sheets=[0], keep=[], reason="", sure=False, at=NOW
    )
    assert not imports.is_small(roster)
    assert run_imports(NOW) == 1
    assert run_imports(NOW) == 0
    roster.refresh_from_db()
    assert roster.summary["counts"] == {"new": 5000}
    imports.confirm(by=second, roster=imports.confirm(by=clerk, roster=roster, at=NOW), at=NOW)
    assert run_imports(NOW) == 1
    assert Ownership.objects.filter(compound=place.compound).count() == 5000
    roster.refresh_from_db()
    shown, more = pages.preview(roster, "new", 99, Role.REGISTER_CLERK)
    assert (len(shown), more, shown[0]["number"]) == (50, False, 4952)


def test_step_that_fails_leaves_the_register_and_says_so(place, clerk, monkeypatch):
    roster = checked(place, clerk, HOMES + "7,1,501,92\n")
    roster = imports.confirm(by=clerk, roster=roster, at=NOW)
    monkeypatch.setattr("linli.people.services.imports.applying.write", lambda *a: (_ for _ in ()).throw(RuntimeError))
    roster = run(roster)
    assert roster.state == Stage.CHECKED
    assert "名册没有动" in roster.failure
    assert Home.objects.filter(compound=place.compound).count() == 4


def test_dropped_import_keeps_no_rows(place, clerk):
    roster = imports.drop(by=clerk, roster=checked(place, clerk, HOMES + "7,1,501,92\n"), at=NOW)
    assert roster.state == Stage.DROPPED
    assert not RosterChunk.objects.filter(compound=place.compound).exists()


# ── in the reader's language ────────────────────────────────────────────────────────────────────────────────────────


def test_remarks_are_said_in_the_language_of_whoever_reads(place, clerk):
    text = HOMES + "7,1,301,8O\n7,1,302,91.255\n7,,301,89\n,,,\n9,1,101,80\n9,1,101,81\n"
    roster = checked(place, clerk, text)
    with translation.override("en"):
        found = rows(roster)
        file = list(
            csv.reader(
                io.StringIO(imports.download_refused(by=clerk, roster=roster, form="csv", at=NOW).decode("utf-8-sig"))
            )
        )
    assert found[0]["e"] == ["D 建筑面积: There is a letter O in the area; please make it the figure 0"]
    assert found[1]["w"] == ["D 建筑面积: The area “91.255” has more than two decimals; rounded to 91.26"]
    assert found[2]["e"] == ["In 7栋, 2 entrances have a 301; write which entrance"]
    assert found[3]["e"] == ["Empty row"]
    assert found[4]["e"] == ["9-1-101: Building area differs from row 7; check and keep one row only"]
    assert file[0][-2:] == ["Row number", "Why not taken in"]
    assert file[1][-1] == found[0]["e"][0]
    assert rows(roster)[4]["e"] == ["9-1-101 和第 7 行的建筑面积不一样，请核对后只留一行"]


def test_a_file_downloaded_in_english_comes_back_without_its_remarks(place, clerk):
    with translation.override("en"):
        roster = checked(place, clerk, HOMES + "7,1,301,8O\n")
        file = imports.download_refused(by=clerk, roster=roster, form="csv", at=NOW)
    again = checked(place, clerk, file.replace(b"8O", b"90"))
    assert rows(again)[0]["st"] == "changed" and "x" not in rows(again)[0]


def test_what_undoing_kept_is_said_in_english(place, clerk):
    roster = applied(place, clerk, HOMES + "7,1,301,92\n")
    Home.objects.filter(compound=place.compound, label="7栋1单元301").update(building_area=9300)
    roster = undone(roster, clerk)
    with translation.override("en"):
        assert pages.kept_back(roster) == ["7栋1单元301: Building area has been changed to “93.00” since; kept"]
    assert pages.kept_back(roster) == ["7栋1单元301 的建筑面积后来又改成了“93.00”，没有动"]


def test_why_a_file_cannot_be_read_is_said_in_english(place, clerk):
    with translation.override("en"), pytest.raises(Refused, match=r"“\.doc” is not a kind of file"):
        imports.upload(by=clerk, compound=place.compound, kind="homes", filename="a.doc", data=b"x", once=None, at=NOW)


# ── order ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_buildings_stand_in_natural_order_whatever_the_file_says(place, clerk):
    text = HOMES + "".join(
        f"{b},1,101,80\n" for b in ("B座", "12号楼", "A座", "2期10栋", "9号楼", "2期2栋", "10号楼", "东楼")
    )
    applied(place, clerk, text)
    found = [b.label for b in places.buildings(place.compound.pk)]
    assert found == ["7栋", "8栋", "9号楼", "10号楼", "12号楼", "2期2栋", "2期10栋", "A座", "B座", "东楼"]


# ── the original ────────────────────────────────────────────────────────────────────────────────────────────────────


def later(days):
    return NOW + timedelta(days=days)


def test_original_is_deleted_thirty_days_after_it_was_taken_in(place, clerk):
    roster = applied(place, clerk, HOMES + "7,1,302,80\n7,1,9,8O\n")
    file = vault.path(roster.stored)
    assert forget_originals(later(29)) == 0 and file.exists()
    assert pages.original(roster) == "原件留到 2026年4月23日"
    assert forget_originals(later(30)) == 1
    roster.refresh_from_db()
    assert (file.exists(), roster.stored, roster.state) == (False, "", Stage.APPLIED)
    assert pages.original(roster) == "原件已按期删除"
    entry = AuditEntry.objects.get(compound=place.compound, act="forget_original")
    assert (entry.subject_id, entry.role, entry.data) == (roster.pk, "clock", {"abandoned": False})
    assert forget_originals(later(60)) == 0
    file = imports.download_refused(by=clerk, roster=roster, form="csv", at=later(31))
    assert "8O" in file.decode()


def test_undoing_needs_no_original(place, clerk):
    roster = applied(place, clerk, HOMES + "7,1,302,80\n")
    forget_originals(later(30))
    undone(roster, clerk)
    assert not Home.objects.filter(compound=place.compound, label="7栋1单元302").exists()


def test_import_that_nobody_went_on_with_goes_with_its_file(place, clerk):
    roster = checked(place, clerk, HOMES + "7,1,302,80\n")
    file = vault.path(roster.stored)
    assert forget_originals(later(30)) == 1
    roster.refresh_from_db()
    assert (roster.state, file.exists()) == (Stage.DROPPED, False)
    assert not RosterChunk.objects.filter(compound=place.compound, roster=roster).exists()


def test_same_file_uploaded_again_keeps_its_own_time(place, clerk):
    first = applied(place, clerk, HOMES + "7,1,302,80\n")
    second = imports.upload(
        by=clerk, compound=place.compound, kind="homes", filename="表.csv", once=None, at=later(20),
        data=(HOMES + "7,1,302,80\n").encode(),
    )  # fmt: skip
    assert second.stored == first.stored
    assert forget_originals(later(30)) == 1
    assert vault.path(second.stored).exists()
    assert forget_originals(later(50)) == 1
    assert not vault.path(second.stored).exists()


def test_deleted_original_is_said_and_nothing_breaks(place, clerk):
    roster = checked(place, clerk, HOMES + "7,1,302,80\n")
    vault.forget_sealed(roster.stored)
    roster = again(roster, clerk)
    assert (roster.state, pages.failure(roster)) == (Stage.FAILED, "原件已按期删除，要再看请重新上传。")


# ── the header, by hand ─────────────────────────────────────────────────────────────────────────────────────────────

ODD = "柳溪苑\n甲,乙,丙,丁\n幢数,门洞号,几零几,平米数\n7,1,301,89\n7,1,309,77\n"


def chosen_header(roster, by, row, span=1):
    return run(imports.choose_header(by=by, roster=roster, sheet=0, row=row, span=span, at=NOW))


def uploaded(place, by, text):
    return imports.upload(
        by=by, compound=place.compound, kind="homes", filename="表.csv", data=text.encode(), once=None, at=NOW
    )


def test_header_and_columns_are_chosen_by_hand_where_not_recognised(place, clerk):
    roster = uploaded(place, clerk, ODD)
    assert roster.mapping["sheets"][0]["columns"] == []
    roster = chosen_header(roster, clerk, 2)
    assert [c[2] for c in roster.mapping["sheets"][0]["columns"]] == ["幢数", "门洞号", "几零几", "平米数"]
    fields = {(0, 0): "building", (0, 1): "entrance", (0, 2): "room_no", (0, 3): "building_area"}
    roster = again(roster, clerk, fields=fields)
    assert [r["st"] for r in rows(roster)] == ["same", "new"]
    roster = run(imports.confirm(by=clerk, roster=roster, at=NOW))
    assert home(place, "7栋1单元309").building_area == 7700


def test_other_sheets_keep_what_was_chosen(place, clerk):
    book = openpyxl.Workbook()
    for name in ("一", "二"):
        sheet = book.active if name == "一" else book.create_sheet()
        sheet.title = name
        for row in (("楼栋", "单元", "房号", "面积"), (7, 1, 301, 89)):
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    roster = checked(place, clerk, out.getvalue(), name="表.xlsx", fields={(1, 3): "-"})
    roster = chosen_header(roster, clerk, 0)
    assert roster.mapping["sheets"][1]["columns"][3][3] == "-"
    assert roster.mapping["sheets"][0]["columns"][3][3] == "building_area"


def test_header_of_two_rows(place, clerk):
    roster = uploaded(place, clerk, "房屋,,,\n楼栋,单元,房号,面积\n甲,乙,丙,丁\n7,1,302,80\n")
    roster = chosen_header(roster, clerk, 1, 2)
    assert [c[2] for c in roster.mapping["sheets"][0]["columns"]] == ["甲", "乙", "丙", "丁"]
    assert roster.mapping["sheets"][0]["rows"] == 1


@pytest.mark.parametrize(("sheet", "row", "span"), [(0, 5, 1), (0, -1, 1), (0, 4, 2), (1, 0, 1), (0, 0, 3)])
def test_no_such_header_is_refused(place, clerk, sheet, row, span):
    roster = uploaded(place, clerk, ODD)
    with pytest.raises(Refused):
        imports.choose_header(by=clerk, roster=roster, sheet=sheet, row=row, span=span, at=NOW)


# ── how far it is ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_applying_tells_how_far_it_is(place, clerk, monkeypatch):
    heard, rosters = [], []

    def tell(compound_id, pk, *told):
        progress_tell(compound_id, pk, *told)
        if not rosters:  # later the connection is busy: PostgreSQL waits for the rows of a COPY
            rosters.append(RosterImport.objects.get(compound_id=compound_id, pk=pk))
        heard.append(pages.working(rosters[0])["words"])

    progress_tell = progress.tell
    monkeypatch.setattr(progress, "tell", tell)
    roster = applied(place, clerk, HOMES + "".join(f"9,1,{f}{r:02d},80\n" for f in range(1, 30) for r in range(1, 80)))
    assert heard[:3] == ["对了 1,000 / 2,291 行", "对了 2,000 / 2,291 行", "对了 2,291 / 2,291 行"]
    assert heard[3:] == ["已写入 2,000 / 2,293 条"]
    assert progress.heard(roster.compound_id, roster.pk) is None

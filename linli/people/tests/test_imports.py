"""What a roster brings into the register: new, changed, same, refused; confirmed by two; applied once; undone whole."""

import pytest

from linli.kernel.refusal import Refused
from linli.matters.tests import makers
from linli.people.models import Binding, Ownership, Person, Residency, RosterChunk, RosterImport
from linli.people.queries import imports as pages
from linli.people.rules import Role
from linli.people.rules.imports import Stage
from linli.people.services import imports
from linli.places import queries as places
from linli.places.models import Building, Entrance, Home
from linli.plumbing import vault
from linli.plumbing.models import AuditEntry

from .rosters import HOMES, ID1, ID2, NOW, OWNERS, SAMPLE, applied, checked, home, owners_of, rows, run, undone

pytestmark = pytest.mark.django_db


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


# ── order ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_buildings_stand_in_natural_order_whatever_the_file_says(place, clerk):
    text = HOMES + "".join(
        f"{b},1,101,80\n" for b in ("B座", "12号楼", "A座", "2期10栋", "9号楼", "2期2栋", "10号楼", "东楼")
    )
    applied(place, clerk, text)
    found = [b.label for b in places.buildings(place.compound.pk)]
    assert found == ["7栋", "8栋", "9号楼", "10号楼", "12号楼", "2期2栋", "2期10栋", "A座", "B座", "东楼"]

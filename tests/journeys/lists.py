"""Lists of the village that come in and leave: imports, bindings, a batch case, exports."""

from io import BytesIO
from typing import Any

from ground import Village
from PIL import Image

from linli.matters.rules.batches import USUAL_PAPERS, USUAL_PATH
from linli.matters.services import (
    batches,
)
from linli.matters.tests.makers import account, at
from linli.people import services as people_services
from linli.people.models import Binding, Ownership, Person
from linli.people.services import ask_about_data, imports, propose_death
from linli.people.services.assistance import start_assistance
from linli.people.services.register import propose_ownership


def furnish_batch(village: Village) -> None:
    """One case with a home at each sort of step; a second list waits with what it could not take; one way to an agency."""
    place, chair = village.place, village.people["chair"]
    batch = batches.open_batch(
        by=chair, compound=place.compound, title="补办不动产权证", words="2012 年交房，一直没有证", path=USUAL_PATH, papers=USUAL_PAPERS,
        bring_to="物业前台", at=at(2),
    )  # fmt: skip
    batches.add_buildings(
        by=chair, batch=batch, buildings=[village.homes[0].building_id, village.homes[-1].building_id], at=at(2)
    )
    head = "楼栋,单元,房号,契税,当前环节,原因,办结日期,证号\n"
    rows = "7,1,301,有,拿到证,,2026-03-10,示例第 1 号\n7,2,302,无,缺材料,,,\n7,2,401,有,卡住了,开发商欠税费,,\n8,1,201,有,登记中,,,\n"
    for text in (rows, "7,1,301,有,拿到证,,2026-03-10,示例第 1 号\n7,2,302,有,材料齐了,,,\n9,9,909,有,登记中,,,\n"):
        roster = batches.check_import(
            by=chair, batch=batch, filename="台账.csv", data=(head + text).encode(), at=at(20)
        )
        if text is rows:
            batches.apply_import(by=chair, batch=batch, roster=roster, at=at(20))
    village.rows["roster"] = roster
    batches.log_visit(
        by=chair, batch=batch, day=at(18).date(), agency="税务局", persons="业委会两人", result="同意先办契税", next_step="带业主去办",
        said="税务局同意先办契税", at=at(18),
    )  # fmt: skip
    batches.add_milestone(by=chair, batch=batch, title="第一本证发到手", reached_on=at(10).date(), at=at(18))


def furnish_exports(village: Village) -> None:
    """The case's list with numbers: one more must agree, granted, not granted."""
    place, who = village.place, village.people
    for purpose, said in (
        ("补发票的户挨家打电话，约好来前台的时间", {"secretary": True}),
        ("给卡住的户逐户解释开发商欠税怎么办", {"secretary": True, "chair": True}),
        ("节日给各家发祝福短信", {"clerk": False}),
    ):
        request = people_services.ask_export(
            by=who["front"], compound=place.compound, kind=batches.KIND, params={"number": "1"}, purpose=purpose,
            needed_by=at(27).date(), at=at(24, 8),
        )  # fmt: skip
        for key, yes in said.items():
            people_services.decide_export(
                by=who[key], request=request, yes=yes, words="" if yes else "发通知就行，用不着电话", at=at(24, 9)
            )


def furnish_asked(village: Village) -> None:
    """Two who wait to be bound."""
    place = village.place
    for home, name, relation in ((village.homes[9], "陈建军", "owner"), (village.homes[12], "胡小兵", "tenant")):
        row = Binding.objects.create(
            compound=place.compound,
            account=account(name),
            home=home,
            relation=relation,
            claimed_name=name,
            note="上个月刚搬来",
            asked_at=at(23, 20),
        )
        village.rows.setdefault("binding", row)
    tenant = village.people["tenant"].account_id
    village.rows["confirmed"] = Binding.objects.get(compound=place.compound, account_id=tenant)


OWNERS_SHEET = """楼栋,单元,房号,业主姓名,电话,建筑面积
7,1,401,韩梅,13800001111,89.60
7,1,402,白云,1380000,89.70
8,2,101,唐明,13800003333,89.o0
8,2,,无名,,89.00
8,2,102,马晓燕,13800004444,91.20
"""
HOMES_SHEET = "楼栋,单元,房号,建筑面积\n9,1,101,88.20\n9,1,102,90.00\n"


def furnish_registers(village: Village) -> None:
    """An import at each step, and a change that waits for a second pair of eyes."""
    place, clerk = village.place, village.people["keeper"]

    def uploaded(text: str, kind: str, name: str) -> Any:
        roster = imports.upload(
            by=clerk, compound=place.compound, kind=kind, filename=name, data=text.encode(), once=None, at=at(24, 9)
        )
        imports.work(roster_id=roster.pk, compound_id=place.compound.pk, at=at(24, 9))
        roster.refresh_from_db()
        return roster

    def checked(roster: Any) -> Any:
        chosen = {
            "fields": {},
            "sheets": list(range(len(roster.mapping["sheets"]))),
            "keep": [],
            "reason": "",
            "sure": False,
        }
        roster = imports.choose_columns(by=clerk, roster=roster, at=at(24, 9), **chosen)
        imports.work(roster_id=roster.pk, compound_id=place.compound.pk, at=at(24, 9))
        roster.refresh_from_db()
        return roster

    village.rows["import"] = uploaded(OWNERS_SHEET, "owners", "业主名册.csv")
    village.rows["import-checked"] = checked(
        uploaded(OWNERS_SHEET.replace("韩梅", "韩小梅"), "owners", "业主名册 三月.csv")
    )
    homes = checked(uploaded(HOMES_SHEET, "homes", "九栋房屋表.csv"))
    homes = imports.confirm(by=clerk, roster=homes, at=at(24, 9))
    imports.work(roster_id=homes.pk, compound_id=place.compound.pk, at=at(24, 9))
    village.rows["import-applied"] = homes
    village.rows["import-odd"] = uploaded("柳溪苑\n幢数,门洞号,几零几,平米数\n7,1,301,89\n", "homes", "奇怪的表.csv")
    waiting = checked(uploaded(HOMES_SHEET + "9,2,301,80\n9,2,302,8O\n", "homes", "九栋再来.csv"))
    imports.confirm(by=clerk, roster=waiting, at=at(24, 9))
    village.rows["import-working"] = waiting
    owned = Ownership.objects.filter(compound=place.compound).select_related("home", "person").order_by("id")[0]
    village.rows["paper"] = start_assistance(
        by=village.people["grid"], purpose="楼道灯不亮，请人来看", channel="visit", person=owned.person, home=owned.home, at=at(23),
        paper=_sheet(),
    )  # fmt: skip
    village.rows["owned"] = owned
    village.rows["asked-data"] = ask_about_data(
        by=village.people["owner"], compound=place.compound, kind="correct", words="名字里的“小”写错了", at=at(23),
        person=Person.objects.get(compound=place.compound, pk=village.people["owner"].person_id),
    )  # fmt: skip
    other = (
        Ownership.objects.filter(compound=place.compound).exclude(person=owned.person).select_related("home", "person")
    )
    gone = other.order_by("id")[0]
    village.rows["death"] = propose_death(
        by=clerk,
        home=gone.home,
        person=gone.person,
        day=at(20).date(),
        reason="看了死亡医学证明",
        paper=_sheet(),
        at=at(23),
    )
    propose_ownership(
        by=clerk,
        kind="end",
        home=owned.home,
        person=owned.person,
        day=at(20).date(),
        reason="房子卖了，看过不动产证",
        at=at(23),
    )


def _sheet() -> bytes:
    out = BytesIO()
    Image.new("RGB", (900, 1200), (236, 232, 220)).save(out, "JPEG")
    return out.getvalue()

"""In the furnished compound: a property company that came and is handed things over, and another whose bids are being scored."""

from datetime import date
from io import BytesIO
from typing import Any

from ground import Village

from linli.assembly.models import Bid, FormationObjection, Scorer, Selection, ServiceContract
from linli.assembly.services import selections as verbs
from linli.councils.services import standards
from linli.matters.tests.makers import at
from linli.people.models import Organisation
from linli.people.rules import Body

PDF = b"%PDF-1.4 contract"
CRITERIA = [["服务方案", 40], ["报价", 30], ["业绩和信誉", 30]]


def furnish_companies(village: Village) -> None:
    place = village.place
    common = {
        "compound": place.compound, "body": place.committee, "contact": "业委会，0000-1234567", "services": "保洁、秩序、绿化、共用设施维护", "months": 36,
        "fee_model": "lump_sum", "criteria": CRITERIA, "comments_until": at(8).date(), "planned_at": at(1), "called_at": at(9),
        "bids_until": at(20).date(), "opened_at": at(21), "witnesses": ["苏文", "何静"],
    }  # fmt: skip
    _came(village, common)
    _scored(village, common)
    _held(village)


def _came(village: Village, common: dict[str, Any]) -> None:
    place, chair = village.place, village.people["chair"]
    gone = Organisation.objects.create(
        kind=Body.PROPERTY, name="旧和物业", compound=place.compound, ended_on=date(2026, 3, 1)
    )
    made = Selection.objects.create(
        number=1, state="entered", turn_since=at(2), started_at=at(1), ground="expiry", old=gone, new=place.property,
        given_on=date(2025, 12, 1), ends_on=date(2026, 3, 1), delivered="当面签收", published_at=at(1), chosen_at=at(1), signed_at=at(1),
        filed_on=at(2).date(), filing_no="街备 7 号", filed_with="临溪街道", entered_at=at(2), left_at=at(2),
        handover_until=at(12).date(), **common,
    )  # fmt: skip
    bid = Bid.objects.create(
        compound=place.compound, selection=made, number=1, company="清和物业", contact="赵强", phone="0000", received_at=at(1),
        price_fen=165, promise="三十分钟到场", entered_at=at(1),
    )  # fmt: skip
    made.chosen = bid
    made.save()
    terms = {
        "signed_on": at(1).date(),
        "starts_on": at(2).date(),
        "notice_days": 60,
        "clauses": ["items", "fees", "term"],
    }
    village.rows["contract"] = verbs.record_contract(
        by=chair, compound=place.compound, company=place.property, price_fen=150, fee_model="lump_sum", months=24, signer="吴海",
        company_signer="赵强", file=BytesIO(PDF), name="物业服务合同", at=at(1), **terms,
    )  # fmt: skip
    kept = {field: getattr(village.rows["contract"], field) for field in ("kind", "digest", "sealed")}
    ServiceContract.objects.create(
        compound=place.compound, number=2, selection=made, body=place.committee, company_name="清和物业", ends_on=date(2029, 3, 1),
        months=36, fee_model="lump_sum", price_fen=165, signer="吴海", company_signer="赵强", name="物业服务合同", at=at(1), **terms, **kept,
    )  # fmt: skip
    for key, lacking in (("keys", "少一串地下室钥匙"), ("rooms", "")):
        verbs.give(by=village.people["writer"], selection=made, key=key, what="按清单", name="周一平", at=at(3))
        verbs.take(by=chair, selection=made, key=key, what="按清单", lacking=lacking, at=at(4))
    verbs.give(by=village.people["writer"], selection=made, key="papers", what="档案十二盒", name="周一平", at=at(5))


def _scored(village: Village, common: dict[str, Any]) -> None:
    place, chair = village.place, village.people["chair"]
    made = Selection.objects.create(
        number=2, state="scoring", turn_since=at(21), started_at=at(1), ground="expiry", old=place.property,
        given_on=at(1).date(), ends_on=date(2026, 9, 30), delivered="当面签收", **common,
    )  # fmt: skip
    for n, (name, who) in enumerate((("王秀兰", "owner"), ("周敏", "clerk"), ("外请专家", "")), 1):
        Scorer.objects.create(
            compound=place.compound, selection=made, place=n, name=name, side="owner" if n == 1 else "expert", named_at=at(2),
            account_id=village.people[who].account_id if who else None,
        )  # fmt: skip
    for n, (company, price) in enumerate((("甲安物业服务有限公司", 165), ("乙和物业服务有限公司", None)), 1):
        bid = Bid.objects.create(
            compound=place.compound, selection=made, number=n, company=company, contact="林建", phone="0000-7654321", received_at=at(10),
            price_fen=price, promise="三十分钟到场" if price else "", entered_at=at(21) if price else None,
        )  # fmt: skip
        verbs.add_paper(by=chair, selection=made, bid=bid, file=BytesIO(PDF), name="服务方案", at=at(21))
    village.rows["comment"] = FormationObjection.objects.create(
        compound=place.compound, selection=made, about="plan", name="王秀兰", words="报价的分太少", raised_at=at(5)
    )


def _held(village: Village) -> None:
    """Standards of the contract in force: one published and checked, one that waits for the company."""
    chair, said = village.people["chair"], {"compound": village.place.compound}
    kept = standards.add(by=chair, title="楼道保洁", measure="每天扫一次，没有垃圾", every="week", at=at(3), **said)
    standards.pledge(by=village.people["manager"], at=at(3), **said)
    standards.publish(by=chair, at=at(3), **said)
    standards.check(by=chair, standard=kept, on=at(10).date(), holds=True, at=at(10), **said)
    village.rows["standard"] = kept
    village.rows["standard_check"] = standards.check(
        by=chair, standard=kept, on=at(20).date(), holds=False, words="三楼有垃圾", at=at(20), **said
    )
    village.rows["standard_waits"] = standards.add(
        by=chair, title="代搬重物", measure="老人上楼的重物帮着搬", every="month", free=True, at=at(21), **said
    )

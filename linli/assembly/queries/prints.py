"""What the papers of a session say, from its tables: values for `linli.assembly.papers`."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from linli.kernel.clock import SHANGHAI
from linli.kernel.profiles import profile
from linli.kernel.strokes import is_ordered
from linli.kernel.tally.adding import Silence
from linli.kernel.tally.case import Duplicates
from linli.places.queries import calendar
from linli.plumbing.moments import day_and_hour

from .. import papers
from ..models import (  # fmt: skip
    Asking,
    Candidate,
    Delivery,
    Item,
    ItemPaper,
    Leaf,
    Paper,
    Party,
    RegisterHome,
    RegisterOwner,
    Session,
)
from ..rules.casting import refuse_online
from ..rules.dates import result_by
from ..rules.delivery import ALL, DELIVERS
from ..rules.printed import ONLINE_ELSEWHERE, printed
from ..rules.returning import OF_THE_PARTY
from ..rules.sessions import GROUND_ARTICLES, OFFICES, ground_of
from ..rules.sheets import KEEPERS
from .counting import items_of
from .filing import checked
from .held import signs, terms_elected
from .officers import officers
from .register import corrections, in_succession
from .requests import asking
from .sessions import only_of, places_of

KINDS = {
    "residence": "住宅", "shop": "商铺", "office": "办公", "parking_space": "车位", "storage": "储藏间", "other": "其他",
}  # fmt: skip


RESULTS_AT = "小区公告栏和本次会议的网页"


def mark_of(session: Session) -> papers.Mark | None:
    if session.register_frozen_at is None:
        return None
    return papers.Mark(
        fingerprint=session.register_fingerprint, persons=session.register_parties, area=session.register_area
    )


def day_of(at: datetime | None) -> date | None:
    return at.astimezone(SHANGHAI).date() if at else None


# ── what is decided ─────────────────────────────────────────────────────────────────────────────────────────────────


def _materials(session: Session) -> dict[UUID, str]:
    found: dict[UUID, list[str]] = defaultdict(list)
    rows = ItemPaper.objects.filter(compound_id=session.compound_id, item__session=session).order_by("id")
    for item, name in rows.values_list("item_id", "name"):
        found[item].append(name)
    return {item: "、".join(names) for item, names in found.items()}


def candidates_of(session: Session) -> dict[UUID, list[Candidate]]:
    found: dict[UUID, list[Candidate]] = defaultdict(list)
    for one in Candidate.objects.filter(compound_id=session.compound_id, item__session=session).order_by("place"):
        found[one.item_id].append(one)
    return found


def _decided(session: Session) -> list[tuple[Item, papers.Item | papers.Election]]:
    materials, candidates, items = _materials(session), candidates_of(session), items_of(session)
    terms = terms_elected(items)
    places = places_of(session) if any(item.scope for item in items) else {}
    found: list[tuple[Item, papers.Item | papers.Election]] = []
    for item in items:
        if item.form == "approve":
            about = papers.Item(
                title=item.title,
                matter_no=item.matter_no,
                about=item.summary,
                materials=materials.get(item.pk, ""),
                only="、".join(only_of(item, places)),
            )
            found.append((item, about))
        else:
            names = [
                papers.Candidate(name=c.name, home=c.home_label, about=c.about, left=day_of(c.withdrawn_at))
                for c in candidates[item.pk]
            ]
            found.append((item, papers.Election(title=item.title, seats=item.seats or 1, term=terms.get(item.pk, ""), candidates=names, only="、".join(only_of(item, places)), per_candidate=item.form == "per_candidate", by_strokes=is_ordered([one.name for one in names]))))  # fmt: skip
    return found


def session_notice(session: Session, compound: str, link: str, until: date | None = None) -> papers.SessionNotice:
    assert session.noticed_at and session.opens_at and session.closes_at and session.record_on
    decided, rules = [found for _item, found in _decided(session)], session.rules
    on = day_of(session.noticed_at)
    assert on
    keepers = [OFFICES[office] for office in KEEPERS]
    return papers.SessionNotice(
        compound=compound, session=session.title, ground=_ground(session), body=signed_by(session, on), on=on, number=number_of(session, "公告", on), record_date=session.record_on,
        items=[one for one in decided if isinstance(one, papers.Item)], elections=[one for one in decided if isinstance(one, papers.Election)],
        opens_at=session.opens_at, closes_at=session.closes_at, count_at=session.count_at or session.closes_at, count_place=session.place,
        ways=_ways(session), boxes=session.place, contact=session.contact,
        parties=session.register_parties, area=session.register_area, mark=mark_of(session), objections_until=until, corrected=_corrected(session),
        silence=Silence(rules.get("silence_mode", "A")), duplicates=Duplicates(rules.get("duplicate_rule", "first_valid_wins")),
        extension_days=rules.get("extension_days", 0), head_key=session.sign_key, share_holders=keepers, link=link,
        heads_link=f"{link}heads/" if link else "", first=session.first, rules=_printed(session), ground_article=GROUND_ARTICLES[session.ground],
        attachments=[name for names in _materials(session).values() for name in names.split("、")],
    )  # fmt: skip


def _corrected(session: Session) -> list[tuple[date, str]]:
    return [(row.at.astimezone(SHANGHAI).date(), row.fingerprint) for row in reversed(corrections(session))]


def number_of(session: Session, kind: str, on: date) -> str:
    return f"业主大会{kind}〔{on.year}〕{session.number} 号"


def signed_by(session: Session, on: date) -> str:
    return signs(session.body, session.compound_id, on)


def _ways(session: Session) -> str:
    no = refuse_online(session.rules, session.profile)
    if no is None:
        return "书面投票，也可以网上投票"
    return f"书面投票；{ONLINE_ELSEWHERE}" if no.key == "official_evote_required" else "书面投票"


def _printed(session: Session) -> list[tuple[str, str, str]]:
    lines = printed(session.rules, profile(session.profile), first=session.first)
    return [(line.label, str(line.value), "；".join(line.sources)) for line in lines]


def _ground(session: Session) -> str:
    said = ground_of(session.ground, session.body.kind)
    return f"{said}（{session.ground_words}）" if session.ground_words else said


def key_sheets(session: Session, compound: str, texts: Sequence[str], at: datetime) -> list[papers.ShareSheet]:
    """What is printed once; `texts` are kept nowhere."""
    names = {officer.office: officer.name for officer in reversed(officers(session))}
    return [
        papers.ShareSheet(
            compound=compound, session=session.title, place=place, holder=names.get(office, ""), role=OFFICES[office], text=text, made_at=at,
            mark=mark_of(session),
        )
        for place, (office, text) in enumerate(zip(KEEPERS, texts, strict=True), 1)
    ]  # fmt: skip


# ── by home and by party ────────────────────────────────────────────────────────────────────────────────────────────


def _owners(session: Session, **more: object) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    rows = RegisterOwner.objects.filter(compound_id=session.compound_id, session=session, **more).order_by("id")
    for row, name in rows.values_list("row_id", "name"):
        found[row].append(name)
    return found


def register(session: Session, compound: str, link: str, until: date | None = None) -> papers.Register:
    owners, inherited = _owners(session), in_succession(session)
    rows = RegisterHome.objects.filter(compound_id=session.compound_id, session=session).order_by("place")
    found = [
        papers.RegisterRow(
            home=label, kind=KINDS.get(kind, kind), area=area, source=source, owners=owners[pk], party=str(party or ""), counts=party is not None,
            remark="继承中" if pk in inherited and party is not None else "",
        )
        for pk, label, kind, area, source, party in rows.values_list("pk", "label", "kind", "area", "area_source", "party__number")
    ]  # fmt: skip
    opens = day_of(session.register_published_at)
    based = session.record_on or opens
    assert based
    totals = papers.Mark(
        fingerprint=session.register_fingerprint, persons=session.register_parties, area=session.register_area
    )
    return papers.Register(
        compound=compound, session=session.title, record_date=based, rows=found, mark=totals,
        frozen=session.register_frozen_at is not None, opens=opens if until else None, closes=until, link=link,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Printed:
    """A numbered paper with the homes it speaks for, all of its party or one by itself, and their owners."""

    paper: Paper
    party: Party
    homes: list[str]
    owners: list[str]
    area: int


def _printed_in(session: Session, building: UUID) -> list[_Printed]:
    """In the order of the register. Three queries."""
    scope = {"compound_id": session.compound_id, "session": session}
    papers_ = Paper.objects.filter(**scope, party__building_id=building).exclude(state__in=("void", *OF_THE_PARTY))
    owners, rows = _owners(session, row__party__building_id=building), defaultdict[UUID, list[RegisterHome]](list)
    for row in RegisterHome.objects.filter(**scope, party__building_id=building).order_by("place"):
        rows[row.party_id].append(row)
    found = []
    for paper in papers_.select_related("party").order_by("party__number", "row__place", "printed_at"):
        homes = [row for row in rows[paper.party_id] if paper.row_id in (None, row.pk)]
        names = dict.fromkeys(name for row in homes for name in owners[row.pk])
        found.append(
            _Printed(paper, paper.party, [row.label for row in homes], list(names), sum(row.area for row in homes))
        )
    return found


def ballots(session: Session, compound: str, building: UUID, link: Callable[[str], str], *, large: bool = False) -> list[papers.Paper]:  # fmt: skip
    """One for each party of the building, or each home where each votes by itself; items that others alone decide are left out."""
    decided, mark, rules = _decided(session), mark_of(session), session.rules
    assert session.closes_at and mark
    vote = papers.Vote(
        compound=compound, session=session.title, closes_at=session.closes_at, boxes=session.place, contact=session.contact, mark=mark,
        silence=Silence(rules.get("silence_mode", "A")), duplicates=Duplicates(rules.get("duplicate_rule", "first_valid_wins")),
        follow_majority=rules.get("follow_majority", False), proxy_cap=rules.get("proxy_cap", 3), results=RESULTS_AT,
        results_by=result_by(profile(session.profile), calendar(session.compound), session.count_at or session.closes_at),
    )  # fmt: skip
    inside = {item.pk: _inside(session, item) for item, _found in decided if item.scope}
    made = []
    for one in _printed_in(session, building):
        theirs = [found for item, found in decided if item.pk not in inside or _is_in(one, *inside[item.pk])]
        asked = replace(vote, items=[x for x in theirs if isinstance(x, papers.Item)], elections=[x for x in theirs if isinstance(x, papers.Election)])  # fmt: skip
        number = one.paper.number
        paper = papers.BallotPaper(number=number, link=link(number), owners=one.owners, homes=one.homes, area=one.area)
        if theirs:
            made.append(papers.ballot(asked, paper, large=large))
    return made


def _inside(session: Session, item: Item) -> tuple[set[UUID | None], set[UUID]]:
    """Parties with a home in scope, and those homes."""
    rows = RegisterHome.objects.filter(compound_id=session.compound_id, session=session, party__isnull=False)
    buildings, entrances = item.scope.get("buildings", []), item.scope.get("entrances", [])
    kept = rows.filter(building_id__in=buildings) | rows.filter(home__entrance_id__in=entrances)
    pairs = list(kept.values_list("party_id", "pk"))
    return {party for party, _row in pairs}, {row for _party, row in pairs}


def _is_in(one: _Printed, parties: set[UUID | None], homes: set[UUID]) -> bool:
    """By its home where each home votes by itself."""
    return one.paper.row_id in homes if one.paper.row_id else one.party.pk in parties


def delivery(session: Session, compound: str, building: UUID, where: str, link: str) -> papers.DeliveryRegister:
    tried: dict[UUID, Delivery] = {}
    came = Leaf.objects.filter(compound_id=session.compound_id, session=session, kind="returned")
    back = set(came.values_list("ballot", flat=True))
    for attempt in Delivery.objects.filter(compound_id=session.compound_id, session=session, party__building_id=building).order_by("id"):  # fmt: skip
        if attempt.party_id not in tried or attempt.evidence in DELIVERS:
            tried[attempt.party_id] = attempt
    rows = [_handed(one, tried.get(one.party.pk), one.paper.number in back) for one in _printed_in(session, building)]
    mark = mark_of(session)
    assert mark
    return papers.DeliveryRegister(compound=compound, session=session.title, part=where, rows=rows, mark=mark, link=link)  # fmt: skip


def _handed(one: _Printed, last: Delivery | None, back: bool) -> papers.Delivery:
    row = papers.Delivery(
        number=one.paper.number, homes=one.homes, owners=one.owners, area=one.area, back="已收回" if back else ""
    )
    if last is None:
        return row
    return replace(row, how=ALL[last.evidence], when=day_and_hour(last.at), carriers="、".join(last.carriers), remark=last.words)  # fmt: skip


# ── who asked, and what is filed ────────────────────────────────────────────────────────────────────────────────────


def joint_request(session: Session, compound: str, link: str) -> papers.JointRequest:
    """Who signed, as it was entered, each with the area of the home signed for."""
    rows = RegisterHome.objects.filter(compound_id=session.compound_id, session=session)
    areas = dict(rows.values_list("label", "area"))
    signed = Asking.objects.filter(compound_id=session.compound_id, session=session).order_by("id")
    items = Item.objects.filter(compound_id=session.compound_id, session=session).order_by("place")
    return papers.JointRequest(
        compound=compound, matter="；".join(item.title for item in items), reasons=session.ground_words,
        backers=[papers.Backer(name=one.name, home=one.label, area=areas.get(one.label), on=day_of(one.at)) for one in signed],
        asked=asking(session), of=papers.Weight(session.register_area, session.register_parties) if session.register_parties else None,
        mark=mark_of(session), link=link,
    )  # fmt: skip


def filing_list(session: Session, compound: str, due: date | None, link: str) -> papers.FilingList:
    rows = [papers.Filed(name=one.name, ready=not one.lacks) for one in checked(session)]
    on = day_of(session.filed_at or session.announced_at)
    assert on
    return papers.FilingList(
        compound=compound, subject=session.title, to="街道办事处（乡镇人民政府）", body=session.body.name, on=on, due=due,
        rows=rows, mark=mark_of(session), link=link,
    )  # fmt: skip

"""What the sheet of the count and the announced result say, from the tables: values for `linli.assembly.papers`."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from linli.kernel.profiles import profile
from linli.kernel.tally.adding import Silence
from linli.kernel.tally.case import Duplicates
from linli.kernel.tally.thresholds import Result

from .. import papers
from ..models import (  # fmt: skip
    Item,
    Leaf,
    Lots,
    OfficialResult,
    Outcome,
    Party,
    PhoneEntry,
    Session,
)
from ..rules.sessions import UNDER_REVIEW
from .counting import items_of, last_outcomes
from .held import terms_elected
from .leaving import gone_of
from .officers import officers
from .prints import candidates_of, day_of, mark_of, number_of, signed_by
from .results import last_day, official, published_turn
from .results import lots as lots_of

BESIDE = frozenset(
    {"repeated", "conflict", "in_person", "double_dropped"}
)  # not counted, as another of the same owner is


def _counts(
    session: Session, *, published: bool = False
) -> tuple[list[papers.ItemCount], list[papers.ElectionCount], dict[UUID, Outcome]]:
    """As they were counted last; `published`: as they were announced last."""
    outcomes = last_outcomes(session, published_turn(session) if published else None)
    candidates, drawn = candidates_of(session), lots_of(session, session.announced_at if published else None)
    gone, decided = gone_of(session), items_of(session)
    terms = terms_elected(decided)
    items, elections = [], []
    for item in decided:
        if item.pk not in outcomes:
            continue
        found = outcomes[item.pk].found
        if item.form == "approve":
            items.append(papers.ItemCount.kept(item.title, item.matter_no, found))
        else:
            names = {c.code: c.name for c in candidates[item.pk]}
            lots = [_lots(one, names) for one in drawn.get(item.pk, ())]
            left = [papers.left(one.name, one.on, counted=one.counted) for one in gone.get(item.pk, ())]
            elections.append(
                papers.ElectionCount.kept(item.title, item.seats or 1, found, names, lots, left, terms.get(item.pk, ""))
            )
    return items, elections, outcomes  # fmt: skip


def _lots(one: Lots, names: dict[str, str]) -> str:
    drawn = "、".join(names.get(code, code) for code in one.order)
    return f"{day_of(one.at):%m月%d日}当众抽签，抽签人{one.drawn_by}，顺序：{drawn}。{one.words}"


def count_sheet(session: Session, compound: str, link: str) -> papers.CountSheet:
    items, elections, outcomes = _counts(session)
    mark, closed = mark_of(session), session.closed_at or session.closes_at
    assert mark and closed and outcomes
    found, office = profile(session.profile), defaultdict[str, list[str]](list)
    for one in officers(session):
        office[one.office].append(one.name)
    delivered = Party.objects.filter(compound_id=session.compound_id, session=session, delivered_at__isnull=False)
    channels = Leaf.objects.filter(compound_id=session.compound_id, session=session)
    said = sorted({(row["ballot"], row["words"], row["code"]) for o in outcomes.values() for row in o.listed})
    return papers.CountSheet(
        compound=compound, session=session.title, mark=mark, closed_at=closed, counted_at=min(o.at for o in outcomes.values()),
        place=session.place, delivered=papers.Weight(sum(delivered.values_list("area", flat=True)), delivered.count()),
        on_paper=channels.filter(kind="returned").count(), online=channels.filter(kind="cast").count(),
        by_phone=PhoneEntry.objects.filter(compound_id=session.compound_id, session=session).count(), items=items, elections=elections,
        silence=Silence(session.rules.get("silence_mode", "A")), duplicates=Duplicates(session.rules.get("duplicate_rule", "first_valid_wins")),
        profile=f"{found.name}（{found.source}）", invalid=[(n, w) for n, w, code in said if code not in BESIDE],
        repeated=[(n, w) for n, w, code in said if code in BESIDE], tellers=office["teller"], scrutineers=office["scrutineer"],
        disputed=sorted({"、".join(ids) for o in outcomes.values() for ids in o.found["disputed"]}),
        observer="、".join(office["observer"]), link=link,
    )  # fmt: skip


def _official(item: Item, held: OfficialResult, names: Mapping[str, str], term: str) -> papers.Official:
    on = day_of(held.at)
    assert on
    return papers.Official(
        title=f"{item.title}（{term}）" if term else item.title,
        result=Result(held.result),
        document=held.name,
        digest=held.digest,
        on=on,
        figures=held.figures,
        chosen=_chosen(held.election, names) if held.election else (),
    )


def _chosen(election: Mapping[str, Any], names: Mapping[str, str]) -> list[tuple[str, str, Mapping[str, int | None]]]:
    places = dict.fromkeys(election["elected"], "当选") | {
        code: f"候补第 {n} 位" for n, code in enumerate(election["alternates"], 1)
    }
    votes = {one["name"]: one["approve"] for one in election["candidates"]}
    order = [*places, *(code for code in votes if code not in places)]
    return [(names.get(code, code), places.get(code, ""), votes[code]) for code in order]


def result_notice(session: Session, compound: str, link: str) -> papers.ResultNotice:
    items, elections, outcomes = _counts(session, published=True)
    mark, closed, on = mark_of(session), session.closed_at or session.closes_at, day_of(session.announced_at)
    assert mark and closed and on and session.announced_at
    numbers = {row["ballot"] for o in outcomes.values() for row in o.listed if row["code"] not in BESIDE}
    objections = f"对结果有异议的，可以书面、当面或者在网上向{session.body.name}提出。{session.contact}"
    held = official(session, session.announced_at)
    names, decided = candidates_of(session), items_of(session)
    terms = terms_elected(decided)
    officials = [
        _official(item, held[item.pk], {one.code: one.name for one in names[item.pk]}, terms.get(item.pk, ""))
        for item in decided
        if item.pk in held
    ]
    if officials:
        items, elections = [], []
    return papers.ResultNotice(
        compound=compound, session=session.title, body=signed_by(session, on), on=on, number=number_of(session, "结果", on), mark=mark, closed_at=closed, items=items, elections=elections,
        officials=officials, silence=Silence(session.rules.get("silence_mode", "A")), invalid_ballots=len(numbers), objections=objections, link=link,
        under_review=session.state in UNDER_REVIEW,
        open_until=last_day(session),
    )  # fmt: skip

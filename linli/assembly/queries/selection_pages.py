"""What the pages of a selection and of service contracts show, made ready."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from linli.kernel import masks
from linli.people.rules import Act as Right
from linli.people.rules import may
from linli.plumbing.acts import Actor
from linli.plumbing.addresses import address, numbered
from linli.plumbing.moments import moment, whole

from ..models import Bid, BidPaper, FormationObjection, HandOver, Scorer, Selection, ServiceContract
from ..rules import selections as rules
from ..rules.selections import Act, State, Thing, Who, allowed
from ..words import RESULTS
from ..words.selections import CLAUSES, FEE_MODELS, GROUNDS, HANDED, SIDES, STATES, THINGS
from . import selections as queries
from .selection_turns import Seen, more_of, next_of, session_of, steps, whose

S = State
PILLS = {Thing.OPEN: "late", Thing.GIVEN: "near", Thing.SHORT: "late", Thing.DONE: "done"}


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02}"


def price(fen: int) -> str:
    return _("每平方米每月 %(yuan)s 元") % {"yuan": yuan(fen)}


def title(one: Selection) -> str:
    return _("第 %(n)s 次选聘物业公司") % {"n": one.number}


def cell(one: Selection, slug: str) -> dict[str, Any]:
    note = f"{STATES[one.state]} · {one.chosen.company}" if one.chosen else STATES[one.state]
    return {"title": title(one), "note": note, "href": numbered("assembly:selection", slug, one.number), "main": one.state not in rules.OVER}  # fmt: skip


def under_council(compound_id: UUID, by: Actor, slug: str) -> list[dict[str, Any]]:
    """The one under way for who may read it, and the way to the contracts where there are any."""
    rows = [
        cell(row, slug) for row in queries.selections(compound_id)[:1] if row.planned_at and row.state not in rules.OVER
    ]
    if queries.contracts(compound_id) or rows or may(by.role, Right.CREATE_ASSEMBLY_SESSION):
        note = _("正在履行的合同，怎么选的")
        rows.append(
            {"title": _("物业公司"), "note": note, "icon": "file", "href": address("assembly:selections", slug)}
        )
    return rows


def seen(one: Selection, by: Actor, parts: frozenset[Who], mine: Scorer | None, now: datetime) -> Seen:
    done = queries.puts(one) if one.published_at else []
    return Seen(
        one=one, parts=parts, can=allowed(S(one.state), parts), now=now, bids=queries.bids(one) if one.called_at else [],
        judges=queries.scorers(one), mine=mine, puts=done, answer=queries.answer_of(one, done[-1]) if done else None,
        contract=queries.contract_of(one) if one.signed_at else None, handed=queries.handed(one) if one.signed_at else {},
        open_objections=queries.open_objections(one), in_hand=queries.in_hand(one),
    )  # fmt: skip


def page(it: Seen) -> dict[str, Any]:
    one = it.one
    rows = queries.objections(one)
    return {
        "selection": one,
        "title": title(one),
        "turn": whose(it),
        "next": next_of(it),
        "more": more_of(it),
        "steps": steps(it),
        "facts": about(one),
        "plan": plan(one) if one.services else [],
        "criteria": one.criteria,
        "judges": [judge(it, row) for row in it.judges],
        "bids": bids(it),
        "waiting": len(it.bids) if one.state == S.BIDDING and not it.works else 0,
        "ranking": ranking(it) if one.published_at else [],
        "points": rules.POINTS,
        "votes": votes(it),
        "contract": contract_cell(it.contract, it.slug) if it.contract else None,
        "handed": [thing(it, key, rows) for key, rows in it.handed.items()] if one.signed_at and one.old_id else [],
        "in_hand": it.in_hand,
        "late": it.handed and one.handover_until and it.today > one.handover_until and one.state != S.DONE,
        "objections": [objection(it, row) for row in rows],
    }


def about(one: Selection) -> list[tuple[str, str]]:
    rows = [(_("为什么"), GROUNDS[one.ground]), (_("谁在办"), one.body.name), (_("找谁问"), one.contact)]
    if one.old:
        rows.insert(1, (_("原公司"), one.old.name))
    if one.given_on and one.delivered:
        rows.append((_("通知怎么送的"), one.delivered))
    if one.witnesses:
        rows.append((_("开标见证"), _("、").join(masks.name(name) for name in one.witnesses)))
    if one.filing_no:
        rows.append((_("备案"), f"{one.filing_no} · {one.filed_with}"))
    if one.reason:
        rows.append((_("为什么停下"), one.reason))
    return rows


def plan(one: Selection) -> list[tuple[str, str]]:
    assert one.months
    rows = [
        (_("服务内容"), one.services),
        (_("合同期"), _("%(n)s 个月") % {"n": one.months}),
        (_("怎么收费"), FEE_MODELS[one.fee_model]),
    ]
    if one.price_cap:
        rows.append((_("最高报价"), price(one.price_cap)))
    rows.append((_("至少几家投标"), _("%(n)s 家，不够就延长一次") % {"n": one.least}))
    return rows


def judge(it: Seen, row: Scorer) -> dict[str, str]:
    """Named to who works on it, masked to everybody else."""
    one, href = it.one, ""
    if Act.RELEASE_SCORER in it.can:
        href = address("assembly:selection-scorer", it.slug, one.number, row.place)
    return {"name": row.name if it.works else masks.name(row.name), "side": SIDES[row.side], "href": href}


def bids(it: Seen) -> list[dict[str, Any]]:
    held = queries.papers(it.one) if it.bids and (it.works or it.mine) else {}
    scored = {pk for pk, _scorer in queries.last_scores(it.one)} if Act.ENTER in it.can else set()
    return [bid(it, row, held.get(row.pk, []), scored=row.pk in scored) for row in it.bids]


def bid(it: Seen, row: Bid, papers: Sequence[BidPaper], *, scored: bool) -> dict[str, Any]:
    """Before they are opened only who works on it knows who bids; what came in confidence stays with them."""
    one, acts = it.one, []
    if row.out_at is None:
        for which, words in ((Act.ENTER, _("录投标书")), (Act.ADD_PAPER, _("放材料")), (Act.RULE_OUT, _("不再考虑"))):
            if which in it.can and not (scored and which == Act.ENTER):
                acts.append((words, address("assembly:selection-bid", it.slug, one.number, row.number, which.value)))
        if row.price_fen is not None and it.mine:
            acts.append((_("打分"), address("assembly:selection-score", it.slug, one.number, row.number)))
        if row.price_fen is not None and Act.ENTER_SCORE in it.can:
            acts += [
                (_("录%(name)s的评分表") % {"name": j.name}, address("assembly:selection-sheet", it.slug, one.number, row.number, j.place))
                for j in it.judges
                if j.account_id is None
            ]  # fmt: skip
    shown = one.opened_at is not None or it.works
    return {
        "number": row.number,
        "company": row.company if shown else "",
        "price": price(row.price_fen) if row.price_fen else "",
        "promise": row.promise,
        "contact": f"{row.contact} {row.phone}" if it.works else "",
        "out": row.out_why,
        "received": moment(row.received_at, it.now),
        "acts": acts,
        "papers": [(paper.name, address("assembly:bid-paper", it.slug, one.number, paper.pk)) for paper in papers],
    }


def ranking(it: Seen) -> list[dict[str, Any]]:
    rows = queries.ranking(it.one, it.bids, it.judges)
    n = len(it.judges)
    return [
        {
            "rank": row.rank,
            "company": row.bid.company,
            "price": yuan(row.bid.price_fen or 0),
            "total": row.total,
            "average": rules.average(row.total, n),
            "each": [
                {"label": label, "average": rules.average(points, n), "most": most}
                for (label, most), points in zip(it.one.criteria, row.each, strict=True)
            ],
            "by": row.by,
        }
        for row in rows
    ]


def votes(it: Seen) -> list[dict[str, Any]]:
    """Each company that owners were asked about, and what they said."""
    found = []
    for put in it.puts:
        said = queries.answer_of(it.one, put) if put is not it.puts[-1] else it.answer
        assert said
        result = RESULTS[said.result] if said.result else _("会议取消了") if said.cancelled else _("还没有结果")
        found.append({
            "title": put.bid.company, "note": f"{put.item.session.title} · {_(result)}", "icon": "council",
            "href": session_of(it, put.item.session), "reason": put.reason,
        })  # fmt: skip
    return found


def thing(it: Seen, key: str, rows: Sequence[HandOver]) -> dict[str, Any]:
    """A line of the list: where it stands, who gave and who took, what is lacking."""
    one, stands = it.one, queries.thing_of(rows)
    act = Act.TAKE if stands == Thing.GIVEN else Act.GIVE
    mine = act in it.can and stands != Thing.DONE
    return {
        "title": HANDED[key],
        "pill": THINGS[stands],
        "kind": PILLS[stands],
        "rows": [
            {"who": row.gave or row.took, "gave": row.side == "gave", "what": row.what, "lacking": row.lacking, "when": moment(row.at, it.now)}
            for row in rows
        ],
        "label": _("点收") if act == Act.TAKE else _("交出"),
        "href": address("assembly:selection-hand", it.slug, one.number, key, act.value) if mine else "",
    }  # fmt: skip


def objection(it: Seen, row: FormationObjection) -> dict[str, Any]:
    """Everybody reads what was said and answered; who said it, those who look into it."""
    answers = Act.ANSWER in it.can and not row.answered_at
    return {
        "words": row.words,
        "about": _("对方案") if row.about == "plan" else _("对评分"),
        "name": row.name if it.works else "",
        "when": moment(row.raised_at, it.now),
        "answer": row.answer,
        "upheld": row.upheld,
        "href": address("assembly:selection-answer", it.slug, it.one.number, row.pk) if answers else "",
    }


# ── contracts ───────────────────────────────────────────────────────────────────────────────────────────────────────


def contract_cell(one: ServiceContract, slug: str) -> dict[str, Any]:
    days = _("%(from)s 到 %(to)s") % {"from": whole(one.starts_on), "to": whole(one.ends_on)}
    return {"title": one.company_name, "note": f"{price(one.price_fen)} · {days}", "icon": "file", "href": numbered("assembly:contract", slug, one.number)}  # fmt: skip


def contract_facts(one: ServiceContract) -> list[tuple[str, str]]:
    rows = [
        (_("物业公司"), one.company_name),
        (_("合同期"), _("%(from)s 到 %(to)s") % {"from": whole(one.starts_on), "to": whole(one.ends_on)}),
        (_("住宅物业费"), price(one.price_fen)),
        (_("怎么收费"), FEE_MODELS[one.fee_model]),
        (
            _("谁签的"),
            f"{one.body.name} {masks.name(one.signer)}{_('，')}{one.company_name} {masks.name(one.company_signer)}",
        ),
        (_("哪天签的"), whole(one.signed_on)),
        (_("解聘要提前几天通知"), _("%(n)s 天") % {"n": one.notice_days}),
    ]
    if one.seal_line:
        rows.append((_("用印登记"), one.seal_line))
    if one.selection and one.selection.filing_no:
        rows.append((_("备案"), f"{one.selection.filing_no} · {one.selection.filed_with}"))
    return rows


def lacking(one: ServiceContract) -> list[str]:
    return [CLAUSES[key] for key in rules.without(one.clauses)]

"""Money held by somebody else, as the page of its whistle tells it, each entry with what proves it."""

from typing import Any

from django.utils.translation import gettext as _

from linli.plumbing.moments import whole as day

from ...models import FundingEntry, WhistleFile
from ...queries import whistles as reads
from ...rules.help import yuan
from ...words import WHISTLE_DECISIONS, WHISTLE_MONEY
from .shared import Where, pictures


def _sum(fen: int) -> str:
    return _("%(yuan)s 元") % {"yuan": yuan(fen)}


def money_words(e: FundingEntry, corrected: bool) -> dict[str, Any]:
    parts = [
        WHISTLE_MONEY[e.kind], WHISTLE_DECISIONS.get(e.decision, ""), _sum(e.fen) if e.fen else "",
        _("付给%(payee)s") % {"payee": e.payee} if e.payee else "", e.paper, e.words,
    ]  # fmt: skip
    mark = _("（已更正）") if corrected else _("（更正）") if e.corrects_id else ""
    return {"text": " · ".join(filter(None, parts)) + mark, "when": day(e.day), "who": ""}


def funding_of(whole: reads.Whole, shown: list[WhistleFile], where: Where) -> dict[str, Any] | None:
    f = whole.funding
    if f is None:
        return None
    corrected = {e.corrects_id for e in whole.money}
    facts = [
        (_("该谁出钱"), f.liable),
        (_("为什么出不了"), f.why),
        (
            _("冻结"),
            " ".join(filter(None, [f.court, f.case_no, _sum(f.frozen_fen) if f.frozen_fen else ""])),
        ),
        (_("依据"), f.basis),
    ]
    steps = [
        (_("要"), f.asked_fen, True),
        (_("同意"), f.granted_fen, bool(f.decision)),
        (_("拨出"), f.released_fen, f.released_fen > 0),
        (_("花了"), f.spent_fen, f.spent_fen > 0),
    ]
    return {
        "facts": [(label, value) for label, value in facts if value],
        "steps": [
            {"title": f"{label} {_sum(fen)}" if known else label, "state": "done" if known else "todo"} for label, fen, known in steps
        ] + [{"title": _("验收"), "dates": f.accepted_on and day(f.accepted_on), "state": "done" if f.accepted_on else "todo"}],
        "lines": [
            {**money_words(e, e.pk in corrected), **pictures([f for f in shown if f.funding_entry_id == e.pk], where)}
            for e in reversed(whole.money)
        ],
    }  # fmt: skip

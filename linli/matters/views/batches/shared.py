"""What the pages of one batch case share: finding it, its tabs, its sentence."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from linli.plumbing.addresses import numbered
from linli.plumbing.guards import or_404

from ...access.batches import batch_for, batch_part
from ...models import Batch
from ...queries.batches import counting
from ...rules.batches import HomeState, Part


def found(request: HttpRequest, number: int) -> Batch:
    return or_404(batch_for(compound=request.compound, number=number, by=request.actor))


def leads(request: HttpRequest, batch: Batch) -> bool:
    return batch_part(batch, request.actor) == Part.LEAD


def sentence(counts: counting.Counts) -> str:
    given = {"all": counts.homes, "done": counts.certified, "blocked": counts.states.get(HomeState.BLOCKED, 0)}
    if not counts.homes:
        return _("还没有房屋")
    if given["blocked"]:
        return _("%(all)s 户，%(done)s 户拿到证，%(blocked)s 户卡住了") % given
    return _("%(all)s 户，%(done)s 户拿到证") % given


def frame(request: HttpRequest, batch: Batch, tab: str, counts: counting.Counts | None = None) -> dict[str, Any]:
    tabs = [
        ("batch-desk", _("名单")), ("batch-table", _("楼盘表")), ("batch-visits", _("跑部门")), ("batch-imports", _("导入")),
        ("batch-tell", _("告诉大家")), ("batch-settings", _("节点和设置")), ("batch", _("进度页")),
    ]  # fmt: skip
    slug = request.compound.slug
    counts = counts or counting.counts(batch)
    return {
        "batch": batch, "counts": counts, "headline": sentence(counts), "leads": leads(request, batch), "is_open": batch.closed_at is None,
        "tabs": [{"label": words, "href": numbered(f"matters:{name}", slug, batch.number), "chosen": name == tab} for name, words in tabs],
    }  # fmt: skip

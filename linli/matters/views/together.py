"""What several bodies do together: one page that leads to each kind."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from linli.people.rules import Act as Right
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow

from .whistles.shared import WATCH

# A kind, the rights of which one opens it, its address, what it is called, and what it is for.
KINDS = (
    (WATCH, "matters:whistles", _("吹哨报到"), _("这一层解决不了，请上一层和部门来")),
    ((Right.SEE_MATTERS,), "matters:orders", _("订单"), _("很多人说的事，业委会收成一张单交给物业")),
    ((Right.KEEP_BATCH,), "matters:batches", _("专项"), _("很多家同一个老问题，一户一户办到底")),
    ((Right.MIND_HOTLINE,), "matters:hotline", _("12345 工单"), _("导入工单，两个期限都看着，答复热线")),
    ((Right.PLAN_OUTAGE,), "matters:outages", _("计划停水停电"), _("先说一声，要报的人就不用再报")),
    ((Right.KEEP_DECORATIONS,), "matters:decorations", _("装修登记"), _("谁家在装、谁在装，出事时知道找谁")),
    ((Right.SEE_MATTERS,), "matters:rapid", _("快修"), _("社区一步派出去，到场按分钟算")),
    ((Right.SEE_MATTERS,), "matters:hot", _("大家都在说"), _("很多人说的同一件事，按人数排")),
    (
        (Right.EXPORT_LIST, Right.APPROVE_EXPORT),
        "people:exports",
        _("带电话的名单"),
        _("一个人申请，两个人同意才能下载"),
    ),
    ((Right.NAME_REPRESENTATIVE,), "volunteers:representatives", _("居民代表"), _("谁看哪些人家，这个月做了什么")),
    ((Right.SEE_MATTERS,), "matters:listed", _("三方联席会清单"), _("过了时间一天还没办的")),
)


@allow(*(right for rights, _name, _words, _note in KINDS for right in rights))
@require_safe
def together(request: HttpRequest, slug: str) -> HttpResponse:
    rows = [
        {"title": words, "note": note, "href": address(name, slug)}
        for rights, name, words, note in KINDS
        if any(request.may(right) for right in rights)
    ]
    return render(request, "matters/together.html", {"rows": rows})

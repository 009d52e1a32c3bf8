"""The hotline: each order once, both clocks, the caller nowhere but at the desk, repeated subjects, answers."""

import io
import json
import time
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from linli.kernel.refusal import Refused
from linli.matters import services, tasks
from linli.matters.models import Clock, HotlineImport, HotlineOrder, Matter, ProposedTopic, ReturnVisit
from linli.matters.queries.hotline import answers, lines, look
from linli.matters.queries.recount import differences
from linli.matters.services import hotline
from linli.matters.services.hotline import orders as acts
from linli.matters.services.hotline import ticking
from linli.notices.models import Message
from linli.people.models import Organisation, Post
from linli.people.rules import Body, Role
from linli.plumbing import vault
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import compound_scope, uuid7

from . import hotline_books as books
from . import makers
from .hotline_books import CALLER, HOME, PHONE, row
from .makers import NOW, at
from .test_whistles import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    made = makers.compound()
    with compound_scope(made.compound.pk), time_machine.travel(NOW, tick=False):
        yield made


@pytest.fixture
def desk(place):
    return place.post(Role.COMMUNITY_WORKER)


@pytest.fixture
def worker(place):
    return place.post(Role.ENGINEER)


def refusal(call) -> str:
    with pytest.raises(Refused) as no:
        call()
    return no.value.refusal.key


def taken(place, desk, *rows, when=NOW) -> list[HotlineOrder]:
    batch = hotline.upload(by=desk, compound=place.compound, filename="工单.xlsx", data=books.xlsx(rows), at=when)
    hotline.take_in(by=desk, batch=batch, at=when)
    return list(HotlineOrder.objects.filter(compound_id=place.compound.pk).order_by("number"))


def done(place, desk, worker, order, when=NOW) -> Matter:
    m = Matter.objects.get(compound_id=place.compound.pk, pk=order.matter_id)
    m = services.triage(by=desk, matter=m, category="0101", level="building", urgency="normal", at=when)
    post = Post.objects.get(pk=worker.role_id)
    m = services.dispatch(by=desk, matter=m, body=place.property, post=post, at=when)
    m = services.take(by=worker, matter=m, words="去看", at=when)
    return services.resolve(by=worker, matter=m, words="换了灯", evidence=True, at=when)


# ── taking in ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_order_becomes_a_matter_of_the_hotline_with_its_number(place, desk):
    (order,) = taken(place, desk, row("2026-001"))
    m = order.matter
    assert (m.source, m.source_ref, m.hotline, m.caller_secret) == ("hotline", "2026-001", 1, False)
    assert (m.words, m.building.key, m.reporter_name, m.reporter_phone) == ("7栋楼道灯不亮", "7", "", "")
    assert (order.received_at, order.due_at) == (at(23, 16, 20), at(30, 17, 30))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_text_files_in_either_encoding(place, desk, encoding):
    data = books.text([row("1"), row("2")], encoding)
    batch = hotline.upload(by=desk, compound=place.compound, filename="工单.csv", data=data, at=NOW)
    assert batch.counts == {"new": 2}


def test_the_same_file_twice_adds_nothing(place, desk):
    first = taken(place, desk, row("1"), row("2"))
    again = taken(place, desk, row("1"), row("2"), row("3"))
    assert [o.pk for o in again[:2]] == [o.pk for o in first] and len(again) == 3
    assert Matter.objects.filter(compound_id=place.compound.pk).count() == 3
    assert HotlineImport.objects.order_by("-uploaded_at", "-id")[0].counts == {"new": 1, "same": 2, "refused": 0}


def test_taking_in_twice_is_once_and_the_file_is_gone_after(place, desk, django_capture_on_commit_callbacks):
    batch = hotline.upload(by=desk, compound=place.compound, filename="a.xlsx", data=books.xlsx([row("1")]), at=NOW)
    name = batch.stored
    assert CALLER.encode() not in vault.path(name).read_bytes()
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(2):
            hotline.take_in(by=desk, batch=batch, at=NOW)
    assert not vault.path(name).exists() and HotlineOrder.objects.count() == 1


def test_a_faulty_row_stops_no_other_and_says_why(place, desk):
    from linli.kernel.rosters.reading import read_sheets

    rows = [row("1"), row("", "没写编号"), row("3", when="昨天"), row("4")]
    found = look(place.compound, read_sheets(books.xlsx(rows), "a.xlsx"), NOW)
    assert [(r.row, r.result) for r in found.rows] == [(3, "new"), (4, "refused"), (5, "refused"), (6, "new")]
    assert "看不懂" in found.rows[2].why and found.rows[2].number == "3"
    assert len(taken(place, desk, *rows)) == 2


def test_what_is_no_export_is_refused_with_a_sentence(place, desk):
    def sent(data, name="a.xlsx"):
        return refusal(lambda: hotline.upload(by=desk, compound=place.compound, filename=name, data=data, at=NOW))

    assert sent(b"") == "unreadable"
    assert sent("房号,业主,面积\n1,2,3\n".encode(), "a.csv") == "no_header"


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.PROPERTY_MANAGER, Role.GRID_WORKER, Role.COMMITTEE_SECRETARY])
def test_only_the_community_takes_in(place, role):
    by = place.post(role)
    given = {"compound": place.compound, "filename": "a.xlsx", "data": books.xlsx([row("1")]), "at": NOW}
    assert refusal(lambda: hotline.upload(by=by, **given)) == "not_yours"


# ── both clocks ─────────────────────────────────────────────────────────────────────────────────────────────────────


def told(compound) -> list[str]:
    rows = Message.objects.filter(compound_id=compound.pk, channel="inbox", subject_kind="matter")
    return [t for t in rows.order_by("created_at", "id").values_list("title", flat=True) if "12345" in t]


def test_both_clocks_are_kept_and_neither_moves_the_other(place, desk):
    (order,) = taken(place, desk, row("1", due="2026-03-24 11:00"))
    m = order.matter
    ours = Clock.objects.get(compound_id=place.compound.pk, matter=m)
    assert (ours.kind, ours.due_at, m.next_due_at) == ("acknowledge", at(24, 12), at(24, 12))
    m = services.triage(by=desk, matter=m, category="0101", level="building", urgency="normal", at=NOW)
    assert HotlineOrder.objects.get(pk=order.pk).due_at == at(24, 11)
    assert m.next_due_at > at(24, 11)


def test_an_order_without_a_limit_has_five_working_days(place, desk):
    (order,) = taken(place, desk, row("1", due=""))
    assert order.due_at == at(30, 17, 30)


def test_the_hotline_s_clock_warns_for_itself_each_stage_once(place, desk):
    secretary = place.post(Role.COMMUNITY_SECRETARY)
    subdistrict = place.compound.community.subdistrict
    office = Organisation.objects.create(kind=Body.SUBDISTRICT, name="临溪街道", subdistrict=subdistrict)
    officer = place.post(Role.SUBDISTRICT_OFFICER, office)
    (order,) = taken(place, desk, row("1"))
    for when in (at(25, 9), at(27, 9), at(27, 16), at(29, 9), at(30, 17, 30), at(30, 18)):
        tasks.run_hotline(when)
        tasks.run_hotline(when)
    said = told(place.compound)
    assert [s.split("，")[-1] for s in said if "超时" not in s] == ["时间过半"] * 2 + ["快到时间了"] * 2
    late = Message.objects.filter(compound_id=place.compound.pk, title__contains="工单超时了")
    heads = {secretary.account_id, officer.account_id}
    assert {m.account_id for m in late.filter(channel="inbox")} == heads and late.count() == 2
    order.refresh_from_db()
    assert (order.stage, order.next_at, order.breached_at) == (3, None, at(30, 17, 30))
    assert not Matter.objects.get(pk=order.matter_id).overdue


def test_our_pause_does_not_stop_the_hotline_s_clock(place, desk, worker):
    (order,) = taken(place, desk, row("1"))
    manager = place.post(Role.PROPERTY_MANAGER)
    m = services.triage(by=desk, matter=order.matter, category="0101", level="building", urgency="normal", at=NOW)
    m = services.dispatch(by=desk, matter=m, body=place.property, post=Post.objects.get(pk=worker.role_id), at=NOW)
    m = services.take(by=worker, matter=m, words="看", at=NOW)
    services.suspend(by=manager, matter=m, pause_reason="parts", review_at=at(10, month=4), at=NOW)
    assert tasks.run_hotline(at(30, 18)) == 1
    assert HotlineOrder.objects.get(pk=order.pk).breached_at == at(30, 17, 30)


def test_an_extension_moves_the_hotline_s_clock_alone(place, desk):
    (order,) = taken(place, desk, row("1"))
    ours = Clock.objects.get(compound_id=place.compound.pk, matter=order.matter_id).due_at
    with pytest.raises(Refused):
        hotline.explain(by=desk, order=order, words="再等等", due_at=at(29), at=NOW)
    order = hotline.explain(by=desk, order=order, words="配件下周到", due_at=at(8, 17, month=4), at=NOW)
    assert (order.first_due_at, order.due_at, order.extended, order.contacted_at) == (
        at(30, 17, 30), at(8, 17, month=4), 1, NOW,
    )  # fmt: skip
    assert Clock.objects.get(compound_id=place.compound.pk, matter=order.matter_id).due_at == ours
    assert tasks.run_hotline(at(30, 18)) == 0 and not HotlineOrder.objects.get(pk=order.pk).breached_at
    entry = AuditEntry.objects.get(compound_id=place.compound.pk, act="explain")
    assert (entry.internal, entry.words) == (True, "配件下周到")


def test_unsatisfied_comes_back_with_the_hotline_s_words_and_a_new_limit(place, desk, worker):
    (order,) = taken(place, desk, row("1"))
    done(place, desk, worker, order)
    hotline.export_answers(by=desk, compound=place.compound, orders=[order.pk], at=at(25))
    assert refusal(lambda: hotline.sent_back(by=desk, order=order, words=" ", at=at(27))) == "missing_reason"
    order = hotline.sent_back(by=desk, order=order, words=f"{CALLER}说还是不亮，电话{PHONE}", at=at(27))
    m = Matter.objects.get(pk=order.matter_id)
    assert (m.state, m.reopens, order.sent_back, order.waits) == ("reopened", 1, 1, True)
    assert order.due_at > at(27) and order.next_at is not None
    entry = AuditEntry.objects.get(compound_id=place.compound.pk, act="sent_back")
    assert entry.words == "[来电人]说还是不亮，电话[来电人]"


# ── the caller ──────────────────────────────────────────────────────────────────────────────────────────────────────

SECRETS = (CALLER, PHONE, "欧阳女士", "0731-84445566")


def secret_order(place, desk) -> HotlineOrder:
    words = f"我是{CALLER}，住{HOME}，电话{PHONE}，座机0731-84445566。欧阳女士反映7栋楼道灯不亮，请保密"
    return taken(place, desk, row("S-1", words, secret="是", place=HOME))[0]


def nowhere(text: str) -> None:
    for piece in (*SECRETS, "单元301"):
        assert piece not in text, piece


def test_a_caller_s_data_is_kept_sealed_and_nowhere_else(place, desk, caplog, capsys):
    """The whole database but the sealed column, the log, and the file kept."""
    from django.apps import apps
    from django.core import serializers

    order = secret_order(place, desk)
    assert hotline.caller_of(by=desk, order=order, reason="回访", at=NOW).phone == PHONE
    for model in apps.get_models():
        rows = list(model._default_manager.all()) if model._meta.app_label in {"matters", "notices", "plumbing"} else []
        text = serializers.serialize("json", rows, ensure_ascii=False)
        nowhere(text)
    out = capsys.readouterr()
    nowhere(out.out + out.err + caplog.text)


def test_secret_matters_show_no_caller_to_handlers_residents_public_and_search(place, desk, worker):
    order = secret_order(place, desk)
    m = done(place, desk, worker, order)
    resident = place.resident(name="赵小五")
    for by in (worker, place.post(Role.FRONT_DESK), place.post(Role.GRID_WORKER), place.post(Role.COMMITTEE_MEMBER)):
        browser = place.client(by)
        for path in (
            f"matters/{m.number}/",
            f"matters/{m.number}/print/",
            "work/",
            "visits/",
            "desk/",
            f"desk/panel/{m.number}/",
        ):
            answer = browser.get(f"/c/{place.slug}/{path}")
            if answer.status_code == 200:
                nowhere(answer.content.decode())
    from linli.matters.queries.work import find
    from linli.plumbing import search

    for piece in (CALLER, PHONE, "单元301"):
        found = search.find(
            compound_id=place.compound.pk,
            ordinal=place.compound.ordinal,
            kind="matter",
            text=piece,
            before=None,
            limit=9,
        )
        assert list(found) == [], piece
        assert find(place.compound, worker, piece) == []
    m = services.return_visit(
        by=desk, matter=m, contacted=True, called="yes", solved="solved", satisfied="satisfied", at=NOW
    )
    m = services.close(by=desk, matter=m, outcome="fixed", at=NOW)
    for page in ("", "solved/"):
        text = place.client().get(f"/c/{place.slug}/{page}").content.decode()
        nowhere(text)
        assert "灯不亮" not in text
    assert place.client(resident).get(f"/c/{place.slug}/matters/{m.number}/").status_code == 404


def test_export_of_the_register_has_no_caller(place, desk):
    secret_order(place, desk)
    answer = place.client(place.post(Role.FRONT_DESK)).get(f"/c/{place.slug}/desk/export.xlsx")
    import io

    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    nowhere(json.dumps([[str(c) for c in r] for r in book.active.iter_rows(values_only=True)], ensure_ascii=False))


def test_the_number_is_shown_to_the_community_alone_when_secret(place, desk, worker):
    order = secret_order(place, desk)
    done(place, desk, worker, order)
    order.refresh_from_db()
    for role in (Role.FRONT_DESK, Role.PROPERTY_MANAGER, Role.GRID_WORKER, Role.COMMITTEE_MEMBER, Role.ENGINEER):
        by = place.post(role)
        assert refusal(lambda by=by: hotline.caller_of(by=by, order=order, reason="回访", at=NOW)) == "not_yours"
    assert refusal(lambda: hotline.caller_of(by=desk, order=order, reason="", at=NOW)) == "missing_reason"
    hotline.caller_of(by=desk, order=order, reason="回访", at=NOW)
    entry = AuditEntry.objects.get(compound_id=place.compound.pk, act="see_caller")
    assert (entry.words, entry.internal, entry.data) == ("回访", True, {"order": "S-1"})


def test_of_one_who_asked_for_no_secrecy_the_grid_sees_the_number_in_its_case(place, desk, worker):
    (order,) = taken(place, desk, row("1"))
    grid = place.post(Role.GRID_WORKER)
    assert refusal(lambda: hotline.caller_of(by=grid, order=order, reason="回访", at=NOW)) == "not_yours"
    done(place, desk, worker, order)
    order = HotlineOrder.objects.select_related("matter").get(pk=order.pk)
    assert hotline.caller_of(by=grid, order=order, reason="回访", at=NOW).phone == PHONE
    assert refusal(lambda: hotline.caller_of(by=worker, order=order, reason="约时间", at=NOW)) == "not_yours"


def test_no_message_is_sent_to_a_caller(place, desk):
    taken(place, desk, row("1"))
    assert not Message.objects.filter(compound_id=place.compound.pk, phone=PHONE).exists()


def test_callers_are_forgotten_after_two_years(place, desk):
    (order,) = taken(place, desk, row("1"))
    assert tasks.forget_callers(NOW + timedelta(days=729)) == 0
    assert tasks.forget_callers(NOW + timedelta(days=731)) == 1
    order = HotlineOrder.objects.get(pk=order.pk)
    assert hotline.caller_of(by=desk, order=order, reason="查", at=NOW) == hotline.Caller()


# ── repeated subjects ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_repeated_subject_is_proposed_and_joins_by_one_tap(place, desk):
    first, second = taken(
        place, desk, row("1", "7栋楼道灯不亮晚上看不见"), row("2", "7栋楼道灯不亮，晚上看不见路", secret="是")
    )
    assert (first.likely_id, second.likely_id) == (None, first.matter_id)
    joined = hotline.join(by=desk, order=second, at=NOW)
    main = Matter.objects.get(pk=first.matter_id)
    assert (joined.matter_id, main.hotline, main.voices, main.caller_secret) == (main.pk, 2, 2, True)
    assert Matter.objects.get(pk=second.origin_id).state == "merged"
    again = services.unmerge(by=desk, matter=Matter.objects.get(pk=second.origin_id), reason="不是", at=NOW)
    main.refresh_from_db()
    assert (main.hotline, main.caller_secret) == (1, False)
    assert HotlineOrder.objects.get(pk=second.pk).matter_id == again.pk


def test_not_the_same_is_said_once(place, desk):
    _, second = taken(place, desk, row("1", "7栋楼道灯不亮晚上看不见"), row("2", "7栋楼道灯不亮，晚上看不见路"))
    assert hotline.not_the_same(by=desk, order=second, at=NOW).likely_id is None
    assert refusal(lambda: hotline.join(by=desk, order=second, at=NOW)) == "nothing_proposed"


def joined(place, desk, *when: str) -> Matter:
    rows = [row(str(n), "7栋楼道灯不亮晚上看不见" + "啊" * n, when=day, due="2026-04-20") for n, day in enumerate(when)]
    orders = taken(place, desk, *rows)
    for order in orders[1:]:
        HotlineOrder.objects.filter(pk=order.pk).update(likely=orders[0].matter_id)
        hotline.join(by=desk, order=HotlineOrder.objects.get(pk=order.pk), at=NOW)
    return Matter.objects.get(pk=orders[0].matter_id)


def test_three_on_one_subject_in_thirty_days_propose_a_topic(place, desk):
    m = joined(place, desk, "2026-02-23", "2026-03-10", "2026-03-24")
    topic = ProposedTopic.objects.get(compound_id=place.compound.pk)
    assert (topic.matter_id, topic.orders, topic.state, topic.title) == (m.pk, 3, "proposed", m.public_title)
    assert m.hotline == 3


@pytest.mark.parametrize("when", [("2026-03-10", "2026-03-24"), ("2026-02-20", "2026-03-10", "2026-03-24")])
def test_fewer_or_slower_propose_none(place, desk, when):
    joined(place, desk, *when)
    assert not ProposedTopic.objects.filter(compound_id=place.compound.pk).exists()


def test_a_dropped_topic_stays_dropped_with_its_reason(place, desk):
    m = joined(place, desk, "2026-03-20", "2026-03-21", "2026-03-22")
    topic = ProposedTopic.objects.get(compound_id=place.compound.pk)
    assert refusal(lambda: hotline.drop_topic(by=desk, topic=topic, reason="", at=NOW)) == "missing_reason"
    topic = hotline.drop_topic(by=desk, topic=topic, reason="下周就换", at=NOW)
    from linli.matters.services.topics import propose

    assert (topic.state, propose(m, NOW)) == ("dropped", None)


# ── the answers ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_answers_leave_in_the_hotline_s_form_and_are_marked(place, desk, worker):
    order, other = taken(place, desk, row("2026032300000000017"), row("3", "门禁坏了", place="8栋"))
    done(place, desk, worker, order)
    services.return_visit(
        by=desk, matter=Matter.objects.get(pk=order.matter_id), contacted=True, called="yes", solved="solved", satisfied="satisfied", at=NOW,
    )  # fmt: skip
    file = hotline.export_answers(by=desk, compound=place.compound, orders=[order.pk, other.pk], at=at(25))
    header, *rows = load_workbook(io.BytesIO(file)).active.iter_rows(values_only=True)
    assert header[0] == "工单编号" and len(rows) == 1
    assert rows[0] == (
        "2026032300000000017", "2026-03-23 16:20", "换了灯", "办好了", "2026-03-24 10:00", "是", "2026-03-24 10:00", "已解决", "满意",
    )  # fmt: skip
    order.refresh_from_db()
    assert (order.exported_at, order.waits, order.next_at, order.touched_at) == (at(25), False, None, None)
    assert [r.number for r in lines(place.compound, at(25)).rows] == ["3"]


def test_changed_since_is_marked_again(place, desk, worker):
    (order,) = taken(place, desk, row("1"))
    m = done(place, desk, worker, order)
    hotline.export_answers(by=desk, compound=place.compound, orders=[order.pk], at=at(24, 11))
    services.return_visit(
        by=desk, matter=m, contacted=True, called="yes", solved="partly", satisfied="basically", at=at(24, 15)
    )
    order.refresh_from_db()
    assert (order.touched_at, order.waits) == (at(24, 15), True)
    assert lines(place.compound, at(24, 16)).rows[0].answer == "答复后又变了"


def test_nothing_done_gives_no_file_and_words_stay_words(place, desk, worker):
    order, other = taken(place, desk, row("1"), row("2", "门禁坏了", place="8栋"))
    for given, why in (([], "nothing_chosen"), ([other.pk], "nothing_done")):
        assert (
            refusal(lambda g=given: hotline.export_answers(by=desk, compound=place.compound, orders=g, at=NOW)) == why
        )
    Matter.objects.filter(pk=done(place, desk, worker, order).pk).update(done_words="=1+1")
    file = hotline.export_answers(by=desk, compound=place.compound, orders=[order.pk], at=NOW)
    cell = load_workbook(io.BytesIO(file)).active["C2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_an_answer_says_nothing_of_a_visit_before_it_was_done_again(place, desk, worker):
    (order,) = taken(place, desk, row("1"))
    m = done(place, desk, worker, order)
    services.return_visit(
        by=desk, matter=m, contacted=True, called="yes", solved="not", satisfied="unsatisfied", at=NOW
    )
    m = done(place, desk, worker, HotlineOrder.objects.get(pk=order.pk), when=at(25))
    assert ReturnVisit.objects.count() == 1
    assert answers(place.compound, [order.pk])[0].satisfied == ""


def test_a_hotline_matter_is_always_visited(place, desk, worker):
    (order,) = taken(place, desk, row("1"))
    assert done(place, desk, worker, order).visit_wanted


# ── undone ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_hotline_s_clock_runs_on_when_an_exported_answer_is_undone(place, desk, worker):
    (order,) = taken(place, desk, row("1"))
    m = done(place, desk, worker, order)
    hotline.export_answers(by=desk, compound=place.compound, orders=[order.pk], at=at(24, 11))
    m = services.return_visit(
        by=desk, matter=m, contacted=True, called="yes", solved="not", satisfied="unsatisfied", at=at(24, 12)
    )
    order.refresh_from_db()
    assert (m.state, order.waits) == ("reopened", True) and at(24, 12) < order.next_at < order.due_at
    for _ in range(3):
        tasks.run_hotline(at(20, month=4))
    order.refresh_from_db()
    assert order.breached_at == order.due_at


def test_a_good_visit_leaves_the_answered_hotline_s_clock_alone(place, desk, worker):
    (order,) = taken(place, desk, row("1"))
    m = done(place, desk, worker, order)
    hotline.export_answers(by=desk, compound=place.compound, orders=[order.pk], at=at(24, 11))
    m = services.return_visit(
        by=desk, matter=m, contacted=True, called="yes", solved="solved", satisfied="satisfied", at=at(24, 12)
    )
    services.close(by=desk, matter=m, at=at(24, 13))
    order.refresh_from_db()
    assert (order.waits, order.next_at) == (True, None)


def test_an_order_joined_to_what_is_done_already_is_owed_a_visit(place, desk, worker):
    owner = place.resident()
    ms = [makers.resolved(place, owner, desk, worker) for _ in range(3)]
    main = next(m for m in ms if not m.visit_wanted)
    (order,) = taken(place, desk, row("1"))
    services.merge(by=desk, matter=Matter.objects.get(pk=order.matter_id), target=main, at=at(24, 11))
    main.refresh_from_db()
    assert (main.state, main.hotline, main.visit_wanted) == ("resolved", 1, True)
    assert main.visit_due_at == at(27, 17, 30)
    tasks.close_unvisited(at(10, month=4))
    main.refresh_from_db()
    assert main.state == "resolved"


def test_what_was_declined_and_answered_is_sent_back_to_the_desk(place, desk):
    (order,) = taken(place, desk, row("1"))
    m = services.decline(by=desk, matter=Matter.objects.get(pk=order.matter_id), reason="in_court", at=NOW)
    hotline.export_answers(by=desk, compound=place.compound, orders=[order.pk], at=at(24, 11))
    page = place.client(desk).get(f"/c/{place.slug}/hotline/{order.pk}/").content.decode()
    assert "/back/" in page
    hotline.sent_back(by=desk, order=order, words="要办", at=at(25))
    m.refresh_from_db()
    order.refresh_from_db()
    assert (m.state, m.open, m.outcome, m.closed_at, m.turn) == ("submitted", True, "", None, m.desk)
    clocks = Clock.objects.filter(compound_id=m.compound_id, matter=m, done_at=None)
    assert [(c.kind, c.round, c.started_at) for c in clocks] == [("acknowledge", 2, at(25))]
    assert (order.waits, order.sent_back, order.started_at) == (True, 1, at(25)) and order.next_at
    m = services.triage(by=desk, matter=m, category="0101", level="building", urgency="normal", at=at(25, 11))
    assert m.state == "triaged" and not differences(place.compound.pk)
    assert "12345 说要办，重新看" in place.client(desk).get(f"/c/{place.slug}/matters/{m.number}/").content.decode()


# ── two at once ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db(transaction=True)
def test_the_same_upload_twice_at_once_is_one(place, desk):
    data, once = books.xlsx([row("1")]), uuid7()
    given = {"by": desk, "compound": place.compound, "filename": "a.xlsx", "data": data, "at": NOW, "once": once}
    got = together(place, lambda: hotline.upload(**given))
    assert len({batch.pk for batch in got}) == HotlineImport.objects.filter(compound=place.compound).count() == 1


@pytest.mark.django_db(transaction=True)
def test_taking_in_holds_its_own_row_and_not_the_compound(place, desk):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite locks no rows")
    batch = hotline.upload(by=desk, compound=place.compound, filename="a.xlsx", data=books.xlsx([row("1")]), at=NOW)
    with CaptureQueriesContext(connection) as caught:
        hotline.take_in(by=desk, batch=batch, at=NOW)
    held = [q["sql"] for q in caught if "FOR UPDATE" in q["sql"] and "matters_hotlineimport" in q["sql"]]
    assert held and all('FOR UPDATE OF "matters_hotlineimport"' in sql for sql in held)


@pytest.mark.django_db(transaction=True)
def test_explaining_and_the_clock_never_wait_for_each_other(place, desk, monkeypatch):
    """Each is held up between its two locks: matter first, then the order, or they stand still."""
    (order,) = taken(place, desk, row("1"))
    HotlineOrder.objects.filter(pk=order.pk).update(next_at=NOW)

    def slowly(verb):
        def slow(*args, **given):
            time.sleep(0.5)
            return verb(*args, **given)

        return slow

    monkeypatch.setattr(acts, "begin", slowly(acts.begin))
    monkeypatch.setattr(ticking.rules, "plan", slowly(ticking.rules.plan))
    jobs = [
        lambda: hotline.explain(by=desk, order=order, words="说了", at=NOW),
        lambda: hotline.tick(order_id=order.pk, compound_id=place.compound.pk, at=NOW + timedelta(days=3)),
    ]
    got = together(place, lambda: jobs.pop()())
    assert sorted(type(one).__name__ for one in got) == ["HotlineOrder", "bool"]

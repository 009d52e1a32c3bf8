"""The pages of joint orders: gathered at the desk, acted on by the two parties, seen by residents without names."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.matters import services
from linli.matters.models import Matter, Order, OrderPart
from linli.matters.services import orders
from linli.people.rules import Role

from .crew import picture
from .makers import NOW, at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]


def url(crew, name, *args) -> str:
    return reverse(f"matters:{name}", args=[crew.place.slug, *args])


def test_the_desk_hands_the_chosen_lines_to_the_page_that_gathers(crew):
    matters = crew.sorted(2)
    browser = crew.place.client(crew.chair)
    page = browser.get(url(crew, "desk")).content.decode()
    assert 'value="order"' in page
    assert 'value="decline"' not in page
    answer = browser.post(url(crew, "bulk"), {"act": "order", "pick": [m.number for m in matters]})
    assert answer.headers["Location"] == url(crew, "order-add") + "?pick=1&pick=2"
    answer = browser.post(answer.headers["Location"], {"pick": [1, 2], "into": "new", "title": "修门口的灯"})
    assert answer.headers["Location"] == url(crew, "order", 1)
    assert Order.objects.get().size == 2


def test_bulk_acts_of_the_desk_stay_the_desks(crew):
    crew.sorted(1)
    assert crew.place.client(crew.chair).post(url(crew, "bulk"), {"act": "decline", "pick": [1]}).status_code == 404
    assert 'value="order"' not in crew.place.client(crew.desk).get(url(crew, "desk")).content.decode()


def test_found_by_words_and_put_into_the_one_being_gathered(crew):
    one, two = crew.sorted(2)
    crew.gathered([one])
    browser = crew.place.client(crew.chair)
    page = browser.get(url(crew, "order-add") + "?q=不亮").content.decode()
    assert f'value="{two.number}"' in page
    browser.post(url(crew, "order-add"), {"pick": [two.number], "into": "1"})
    assert (Order.objects.count(), Order.objects.get().size) == (1, 2)


def test_the_page_opens_with_what_could_be_gathered_and_no_more(crew):
    free, taken, ended = crew.sorted(3)
    fresh = crew.place.matter(crew.desk, "门口灯不亮")
    crew.gathered([taken])
    services.dispatch(by=crew.desk, matter=ended, body=crew.place.community, at=NOW)
    page = crew.place.client(crew.chair).get(url(crew, "order-add"))
    assert [one.number for one in page.context["hits"]] == [fresh.number, free.number]
    assert page.content.decode().count("还没分类") == 1


def test_a_new_order_alone_needs_its_title_and_says_so(crew):
    (one,) = crew.sorted(1)
    browser = crew.place.client(crew.chair)
    form = browser.get(url(crew, "order-add")).context["form"]
    assert form.fields["title"].required
    assert browser.post(url(crew, "order-add"), {"pick": [one.number], "into": "new"}).status_code == 422
    crew.gathered([one])
    assert not browser.get(url(crew, "order-add")).context["form"].fields["title"].required


def test_what_is_not_sorted_is_said_before_placing(crew):
    (one,) = crew.sorted(1)
    fresh = crew.place.matter(crew.desk, "门口灯不亮")
    crew.gathered([one, fresh])
    page = crew.place.client(crew.chair).get(url(crew, "order", 1))
    text = page.content.decode()
    assert f"还有 1 件没分类，前台或社区分好了才能下单：{fresh.label}" in text
    assert url(crew, "order-act", 1, "place") not in text


def test_what_could_not_be_put_in_is_said(crew):
    one, two = crew.sorted(2)
    crew.gathered([one])
    browser = crew.place.client(crew.chair)
    page = browser.post(url(crew, "order-add"), {"pick": [one.number], "into": "new", "title": "又"})
    assert page.status_code == 422
    assert "已经在订单第 1 号里" in page.content.decode()


def test_all_steps_by_forms(crew):
    matters = crew.sorted(2)
    crew.gathered(matters)
    chair, manager = crew.place.client(crew.chair), crew.place.client(crew.manager)

    def do(browser, act, **data):
        assert browser.get(url(crew, "order-act", 1, act)).status_code == 200, act
        answer = browser.post(url(crew, "order-act", 1, act), data)
        assert answer.status_code == 302, answer.content.decode()
        return Order.objects.get().state

    assert do(chair, "place", title="修灯", words="都换", wanted_by="2026-03-27") == "placed"
    assert do(manager, "accept", words="周五前") == "accepted"
    assert do(manager, "split", words="换灯", numbers=["1", "2"], due_at="2026-03-26") == "in_progress"
    done = {"part": "1", "outcome": "fixed", "words": "换好了", "cost_fen": "186", "paid_by": "物业费"}
    assert do(manager, "report", **done, after=picture()) == "done"
    assert do(chair, "back", parts=["1"], words="还差一盏") == "in_progress"
    assert do(manager, "report", **done, after=picture(9)) == "done"
    assert do(chair, "check") == "told"
    assert do(chair, "review", words="都好") == "reviewed"
    assert OrderPart.objects.get().cost_fen == 18600


def test_acts_of_others_are_not_there(crew):
    crew.placed(crew.sorted(1))
    assert crew.place.client(crew.chair).get(url(crew, "order-act", 1, "accept")).status_code == 404
    assert crew.place.client(crew.manager).get(url(crew, "order-act", 1, "check")).status_code == 404
    assert crew.place.client(crew.manager).get(url(crew, "order-act", 1, "nonsense")).status_code == 404
    refused = crew.place.client(crew.engineer).post(url(crew, "order-act", 1, "accept"), {"words": "好"})
    assert refused.status_code == 422


def test_residents_see_a_placed_order_without_names(crew):
    matters = crew.sorted(3)
    order = crew.gathered(matters)
    resident = crew.place.client(crew.neighbours[0])
    assert resident.get(url(crew, "order", 1)).status_code == 404
    orders.place(by=crew.chair, order=order, title="修灯", words="找 13800001111", wanted_by=at(27), at=NOW)
    page = resident.get(url(crew, "order", 1)).content.decode()
    assert "轮到物业" in page
    assert "0 号门口的灯不亮" in page  # one's own
    for hidden in ("1 号门口的灯不亮", "13800001111", "业主1", "周一平"):
        assert hidden not in page
    assert "修灯" in resident.get(url(crew, "orders")).content.decode()


def test_a_matters_page_says_which_order_it_is_part_of(crew):
    matters = crew.sorted(3)
    crew.placed(matters)
    page = crew.place.client(crew.neighbours[0]).get(url(crew, "matter", matters[0].number)).content.decode()
    assert "在订单第 1 号里，和别的 2 件一起办" in page
    assert "第 0001 号" in page.replace("\u00a0", " ")
    panel = crew.place.client(crew.desk).get(url(crew, "panel", matters[0].number)).content.decode()
    assert url(crew, "order", 1) in panel


def test_a_reporter_says_not_mine_on_their_page(crew):
    matters = crew.sorted(3)
    orders.check(by=crew.chair, order=crew.done(matters), at=at(25, 15))
    browser = crew.place.client(crew.neighbours[1])
    assert "不是我说的那件" in browser.get(url(crew, "matter", 2)).content.decode()
    browser.post(url(crew, "act", 2, "not_mine"), {"words": "我说的是后门"})
    assert Matter.objects.get(number=2).state == "reopened"
    assert "1 位说办的不是自己说的那件" in browser.get(url(crew, "order", 1)).content.decode()


def test_pictures_of_a_part_are_guarded(crew):
    crew.done(crew.sorted(2))
    part = OrderPart.objects.get()
    photo = part.partphoto_set.get()
    address = url(crew, "order-photo", photo.pk, "thumb")
    assert crew.place.client(crew.neighbours[2]).get(address).status_code == 200
    assert crew.place.client().get(address).status_code == 302


@pytest.mark.one_database
@pytest.mark.parametrize("who", ["chair", "neighbour"])
def test_board_and_order_cost_the_same_for_one_and_many(crew, who):
    browser = crew.place.client(crew.chair if who == "chair" else crew.neighbours[0])

    def counted(path: str) -> int:
        browser.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(path).status_code == 200
        return len(asked)

    first = crew.done(crew.sorted(3))
    one = counted(url(crew, "orders")), counted(url(crew, "order", first.number))
    second = crew.done(crew.sorted(30))
    many = counted(url(crew, "orders")), counted(url(crew, "order", second.number))
    assert one == many


def test_a_worker_without_the_right_cannot_gather(crew):
    for by in (crew.clerk, crew.manager, crew.neighbours[0]):
        assert crew.place.client(by).get(url(crew, "order-add")).status_code == 404
    assert crew.place.client(crew.place.post(Role.COMMITTEE_MEMBER)).get(url(crew, "order-add")).status_code == 200


def test_suspended_ones_stop_the_report(crew):
    matters = crew.sorted(2)
    part = crew.split(crew.accepted(matters), matters)
    services.suspend(
        by=crew.manager,
        matter=Matter.objects.get(number=1),
        pause_reason="parts",
        review_at=at(28),
        words="等货",
        at=at(25),
    )
    answer = crew.place.client(crew.manager).post(
        url(crew, "order-act", 1, "report"),
        {"part": str(part.position), "outcome": "fixed", "words": "好", "cost_fen": "0", "after": picture()},
    )
    assert answer.status_code == 422
    assert "时钟停着" in answer.content.decode()


def test_progress_and_the_whole_reported_by_forms_without_a_split(crew):
    matters = crew.sorted(2)
    crew.accepted(matters)
    browser = crew.place.client(crew.manager)
    assert "哪一份" not in browser.get(url(crew, "order-act", 1, "progress")).content.decode()
    answer = browser.post(url(crew, "order-act", 1, "progress"), {"words": "灯到了", "photos": picture()})
    assert answer.status_code == 302
    for by, words in ((crew.chair, "报进度：灯到了"), (crew.neighbours[0], "报进度：灯到了")):
        page = crew.place.client(by).get(url(crew, "order", 1)).content.decode()
        assert words in page
        assert url(crew, "order-photo", OrderPart.objects.get().partphoto_set.get().pk, "thumb") in page
    assert "灯到了" in crew.place.client(crew.neighbours[0]).get(url(crew, "matter", 1)).content.decode()
    done = {"part": "1", "outcome": "fixed", "words": "换好了"}
    no = browser.post(url(crew, "order-act", 1, "report"), {**done, "after": picture(9)})
    assert no.status_code == 422 and "请写花了多少元，没花钱写 0" in no.content.decode()
    paid = {**done, "cost_fen": "0", "after": picture(9)}
    assert browser.post(url(crew, "order-act", 1, "report"), paid).status_code == 302
    assert Order.objects.get().state == "done"


def test_the_split_chooses_all_or_none_and_keeps_what_was_written(crew):
    matters = crew.sorted(3)
    crew.accepted(matters)
    browser, here = crew.place.client(crew.manager), url(crew, "order-act", 1, "split")
    for mark, chosen in (("none", []), ("all", ["1", "2", "3"])):
        page = browser.post(here, {"mark": mark, "words": "换灯", "numbers": ["2"]})
        assert page.context["form"]["numbers"].value() == chosen
        assert page.context["form"]["words"].value() == "换灯"
    assert not OrderPart.objects.exists()

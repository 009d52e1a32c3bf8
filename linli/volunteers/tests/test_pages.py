import re
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from linli.matters.models import Matter
from linli.matters.tests.makers import NOW, at
from linli.people.rules import Role
from linli.volunteers import services, tasks
from linli.volunteers.models import Call, CallPhoto

from .makers import shout, told

pytestmark = pytest.mark.usefixtures("_at_ten")


def url(place, name: str, *args) -> str:
    return reverse(f"volunteers:{name}", args=[place.slug, *args])


def text(answer) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", answer.content.decode()))


SAID = {"words": "帮我把一袋米搬上楼", "kind": "carry", "window": "today"}


# ── shouting ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_shout_lands_on_its_page(place, caller):
    answer = place.client(caller).post(url(place, "shout"), SAID, follow=True)
    call = Call.objects.get(compound_id=place.compound.pk)
    assert answer.redirect_chain == [(url(place, "call", call.number), 302)]
    assert "等邻居来接" in text(answer) and "要在今天20:00前" in text(answer)


def test_same_form_sent_twice_is_one_call(place, caller):
    browser, once = place.client(caller), str(uuid4())
    for _ in range(2):
        browser.post(url(place, "shout"), {**SAID, "once": once})
    assert Call.objects.filter(compound_id=place.compound.pk).count() == 1


def test_shout_without_words_keeps_what_was_chosen(place, caller):
    answer = place.client(caller).post(url(place, "shout"), {**SAID, "words": " "})
    assert answer.status_code == 422
    assert "请先说说要帮什么忙" in text(answer)
    assert re.search(r'value="carry"[^>]*checked', answer.content.decode())


def test_dangerous_words_are_asked_about_once(place, caller):
    browser = place.client(caller)
    said = {**SAID, "words": "插座旁边的柜子帮我挪一下"}
    assert "听着有危险" in text(browser.post(url(place, "shout"), said))
    assert not Call.objects.filter(compound_id=place.compound.pk).exists()
    browser.post(url(place, "shout"), {**said, "harmless": "1"})
    assert Call.objects.filter(compound_id=place.compound.pk).count() == 1


def test_danger_owned_up_to_becomes_a_matter(place, caller):
    answer = place.client(caller).post(url(place, "shout"), {**SAID, "risks": ["height"]}, follow=True)
    matter = Matter.objects.get(compound_id=place.compound.pk)
    assert answer.redirect_chain == [(reverse("matters:matter", args=[place.slug, matter.number]), 302)]
    assert "不让邻居动手" in text(answer)


def test_worker_without_a_session_of_help_is_sent_to_start_one(place):
    answer = place.client(place.post(Role.COMMUNITY_WORKER)).get(url(place, "shout"))
    assert reverse("people:assist", args=[place.slug]) in answer.content.decode()


# ── the board ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_board_is_for_those_who_want_to_help(place, caller):
    shout(place, caller)
    neighbour = place.resident(place.homes[1], name="王大山")
    browser = place.client(neighbour)
    assert "搬上楼" not in text(browser.get(url(place, "board")))
    answer = browser.post(url(place, "willing"), {"willing": "1"}, follow=True)
    assert "搬上楼" in text(answer) and "我来接" in text(answer)
    assert "搬上楼" not in text(browser.post(url(place, "willing"), {"willing": "0"}, follow=True))


def test_home_of_who_took_a_call_on_says_that_a_neighbour_waits(place, caller):
    neighbour = place.resident(place.homes[1], name="王大山")
    place.client(neighbour).post(url(place, "willing"), {"willing": "1"})
    call = services.claim(by=neighbour, call=shout(place, caller), at=NOW)
    home = reverse("matters:home", args=[place.slug])
    page = text(place.client(neighbour).get(home))
    assert "您接了，邻居在等您" in page and "起·已经" in page and "有1件事等您回答" in page
    assert "邻居在等您" not in text(place.client(caller).get(home))
    services.finish(by=neighbour, call=call, result="搬上去了", at=NOW)
    assert "邻居在等您" not in text(place.client(neighbour).get(home))
    page = text(place.client(caller).get(home))
    assert "邻居说办好了" in page and "起·已经" in page


def test_board_shows_the_building_and_never_the_home(place, caller, captain):
    shout(place, caller)
    page = text(place.client(captain).get(url(place, "board")))
    assert "7栋" in page
    assert place.home.label not in page and "李" not in page


def test_own_building_comes_first(place, caller, team):
    near, far = place.resident(place.homes[1], name="王大山"), place.resident(place.homes[2], name="赵远")
    services.say_willing(by=near, willing=True, at=NOW)
    shout(place, caller, "本楼的事")
    shout(place, far, "远处的事")
    page = text(place.client(near).get(url(place, "board")))
    assert page.index("本楼的事") < page.index("远处的事")


def test_community_worker_watches_and_claims_nothing(place, caller):
    shout(place, caller)
    page = text(place.client(place.post(Role.COMMUNITY_WORKER)).get(url(place, "board")))
    assert "搬上楼" in page and "我来接" not in page


def test_front_desk_sees_no_calls(place, caller):
    call = shout(place, caller)
    browser = place.client(place.post(Role.FRONT_DESK))
    assert "搬上楼" not in text(browser.get(url(place, "board")))
    assert browser.get(url(place, "call", call.number)).status_code == 404


def test_board_goes_on_by_pages(place, caller, captain):
    for n in range(23):
        shout(place, caller, f"第{n}件事")
    browser = place.client(captain)
    first = browser.get(url(place, "board")).content.decode()
    after = re.search(r"\?after=[\w-]+", first)
    assert after is not None
    second = browser.get(url(place, "board") + after[0]).content.decode()
    shown = [re.findall(r"hx-post=\"[^\"]*calls/(\d+)/", page) for page in (first, second)]
    assert (len(shown[0]), len(shown[1])) == (20, 3)


def test_board_tells_what_became_of_this_months_shouts(place, caller, captain):
    first = shout(place, caller)
    assert "这个月喊了1声，还没有邻居接过" in text(place.client(captain).get(url(place, "board")))
    services.claim(by=captain, call=first, at=at(24, 10, 25))
    shout(place, caller)
    assert "这个月喊了2声，1声有邻居接了，平均等25分钟" in text(place.client(captain).get(url(place, "board")))


@pytest.mark.parametrize("page", ["board", "mine"])
def test_lists_take_as_many_queries_for_one_as_for_many(place, caller, captain, page):
    def queries(browser) -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert browser.get(url(place, page)).status_code == 200
        return len(seen)

    services.say_willing(by=caller, willing=True, at=NOW)
    other = place.resident(place.homes[2], name="赵远")
    browser = place.client(caller)

    def more() -> None:
        shout(place, caller)
        shout(place, other)
        services.claim(by=caller, call=shout(place, other), at=NOW)

    more()
    queries(browser)
    one = queries(browser)
    more()
    more()
    assert queries(browser) == one
    assert one <= 14


# ── claiming ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_claim_box_without_script_leads_to_the_call(place, caller, captain):
    call = shout(place, caller)
    answer = place.client(captain).post(url(place, "claim-box", call.number), {"act": "claim"}, follow=True)
    assert answer.redirect_chain == [(url(place, "call", call.number), 302)]
    assert "轮到您" in text(answer) and place.home.label in text(answer)


def test_claim_box_that_comes_second_offers_to_join(place, caller, captain, volunteer):
    call = shout(place, caller)
    services.claim(by=volunteer, call=call, at=NOW)
    browser = place.client(captain)
    answer = browser.post(url(place, "claim-box", call.number), {"act": "claim"}, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert "有邻居先接了" in text(answer) and 'value="join"' in answer.content.decode()
    answer = browser.post(url(place, "claim-box", call.number), {"act": "join"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, url(place, "call", call.number))


def test_claim_box_without_script_that_comes_second_says_so(place, caller, captain, volunteer):
    call = services.claim(by=volunteer, call=shout(place, caller), at=NOW)
    data = {"act": "claim", "next": url(place, "board")}
    answer = place.client(captain).post(url(place, "claim-box", call.number), data, follow=True)
    assert answer.redirect_chain == [(url(place, "board"), 302)]
    assert "有邻居先接了" in text(answer)


@pytest.mark.parametrize("act", ["", "finish", "nonsense"])
def test_claim_box_takes_two_acts_alone(place, caller, captain, act):
    call = shout(place, caller)
    assert place.client(captain).post(url(place, "claim-box", call.number), {"act": act}).status_code == 404


# ── one call ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_neighbour_who_is_not_on_it_reads_no_home_and_later_no_words(place, caller, captain, volunteer):
    call = shout(place, caller)
    browser, page = place.client(captain), url(place, "call", call.number)
    assert "搬上楼" in text(browser.get(page)) and place.home.label not in text(browser.get(page))
    services.claim(by=volunteer, call=call, at=NOW)
    assert place.home.label not in text(browser.get(page))
    services.confirm(by=caller, call=call, at=NOW)
    assert "搬上楼" not in text(browser.get(page)) and "办好了" in text(browser.get(page))


def test_claimer_no_longer_sees_the_home_when_it_is_over(place, caller, volunteer):
    call = services.claim(by=volunteer, call=shout(place, caller), at=NOW)
    browser, page = place.client(volunteer), url(place, "call", call.number)
    assert place.home.label in text(browser.get(page))
    services.confirm(by=caller, call=call, thanks="谢谢小陈", at=NOW)
    assert place.home.label not in text(browser.get(page)) and "谢谢小陈" in text(browser.get(page))


def test_resident_who_did_not_offer_finds_no_call(place, caller):
    call = shout(place, caller)
    neighbour = place.resident(place.homes[1], name="王大山")
    assert place.client(neighbour).get(url(place, "call", call.number)).status_code == 404


def test_number_is_shown_after_saying_so_and_never_kept(place, caller, volunteer, captain):
    call = services.claim(by=volunteer, call=shout(place, caller), at=NOW)
    browser = place.client(volunteer)
    before = browser.get(url(place, "contact", call.number))
    assert "tel:1390" not in before.content.decode()
    after = browser.post(url(place, "contact", call.number))
    assert "tel:1390" in after.content.decode() and after.headers["Cache-Control"] == "no-store"
    assert place.client(captain).get(url(place, "contact", call.number)).status_code == 404


def test_whole_way_by_pages(place, caller, volunteer):
    call = shout(place, caller)
    claimer, asks = place.client(volunteer), place.client(caller)
    claimer.post(url(place, "claim-box", call.number), {"act": "claim"})
    claimer.post(url(place, "act", call.number, "finish"), {"result": "搬到 5 楼了"})
    assert "轮到您看一看" in text(asks.get(url(place, "call", call.number)))
    asks.post(url(place, "act", call.number, "not_done"), {"reason": "还有一袋"})
    claimer.post(url(place, "act", call.number, "finish"), {})
    answer = asks.post(url(place, "act", call.number, "confirm"), {"thanks": "谢谢小陈"}, follow=True)
    assert "谢谢的话：谢谢小陈" in text(answer).replace(" ", "")
    assert told(place, volunteer)[-1] == "confirm"


@pytest.mark.parametrize("act", ["call_me", "call_again", "withdraw", "confirm"])
def test_each_form_of_the_caller_opens_and_does_it(place, caller, volunteer, act):
    call = services.claim(by=volunteer, call=shout(place, caller), at=NOW)
    browser, page = place.client(caller), url(place, "act", call.number, act)
    assert browser.get(page).status_code == 200
    assert browser.post(page, {"reason": "没等到人"}).status_code == 302


@pytest.mark.parametrize("act", ["finish", "release"])
def test_each_form_of_the_claimer_opens_and_does_it(place, caller, volunteer, act):
    call = services.claim(by=volunteer, call=shout(place, caller), at=NOW)
    browser, page = place.client(volunteer), url(place, "act", call.number, act)
    assert browser.get(page).status_code == 200
    assert browser.post(page, {"reason": "有急事"}).status_code == 302


def test_release_without_a_reason_comes_back(place, caller, volunteer):
    call = services.claim(by=volunteer, call=shout(place, caller), at=NOW)
    answer = place.client(volunteer).post(url(place, "act", call.number, "release"), {})
    assert answer.status_code == 422 and "请写一句为什么" in text(answer)


def test_act_that_is_not_open_now_says_so(place, caller):
    call = shout(place, caller)
    answer = place.client(caller).get(url(place, "act", call.number, "confirm"), follow=True)
    assert answer.redirect_chain[0][0] == url(place, "call", call.number)
    assert place.client(caller).get(url(place, "act", call.number, "nonsense")).status_code == 404


def test_fallen_call_points_to_its_matter(place, caller):
    call = shout(place, caller)
    tasks.run_calls(at(24, 20))
    matter = Matter.objects.get(compound_id=place.compound.pk)
    page = place.client(caller).get(url(place, "call", call.number)).content.decode()
    assert reverse("matters:matter", args=[place.slug, matter.number]) in page


def test_matter_points_its_reporter_alone_to_the_call_it_came_from(place, caller):
    call = shout(place, caller)
    tasks.run_calls(at(24, 20))
    page = reverse("matters:matter", args=[place.slug, Matter.objects.get(compound_id=place.compound.pk).number])
    assert url(place, "call", call.number) in place.client(caller).get(page).content.decode()
    assert url(place, "call", call.number) not in place.client(place.post(Role.FRONT_DESK)).get(page).content.decode()


def test_inbox_leads_to_the_call(place, caller, volunteer):
    call = services.claim(by=volunteer, call=shout(place, caller), at=NOW)
    inbox = place.client(caller).get(reverse("notices:inbox", args=[place.slug])).content.decode()
    assert url(place, "call", call.number) in inbox


def test_a_call_said_to_be_done_waits_on_the_callers_home_page(place, caller, volunteer):
    call = shout(place, caller)
    home = reverse("matters:home", args=[place.slug])
    services.claim(by=volunteer, call=call, at=NOW)
    assert "邻居说办好了" not in text(place.client(caller).get(home))
    services.finish(by=volunteer, call=call, at=NOW)
    page = place.client(caller).get(home)
    assert "邻居说办好了" in text(page) and url(place, "act", call.number, "confirm") in page.content.decode()
    services.confirm(by=caller, call=call, at=NOW)
    assert "邻居说办好了" not in text(place.client(caller).get(home))


def test_on_the_board_shouting_is_the_one_main_act_and_every_claim_weighs_the_same(place, caller):
    other = place.resident(place.homes[1], name="周全")
    for words in ("帮我把一袋米搬上楼", "帮我换个灯泡"):
        shout(place, caller, words)
    services.say_willing(by=other, willing=True, at=NOW)
    page = place.client(other).get(url(place, "board")).content.decode()
    assert page.count("我来接</button>") == 2 and page.count("btn-primary") == 1


def jpeg(name: str = "done.jpg") -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (64, 48), (200, 180, 90)).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def test_a_repair_is_looked_at_before_it_is_claimed(place, caller, volunteer):
    call = shout(place, caller, "晾衣杆松了帮我紧一下", kind="repair")
    browser = place.client(volunteer)
    board = browser.get(url(place, "board")).content.decode()
    assert "先看一看" in board and 'value="claim"' not in board
    box = url(place, "claim-box", call.number)
    browser.post(box, {"act": "claim"})
    assert Call.objects.get(compound=place.compound).state == "open"
    assert "要爬高" in browser.get(url(place, "call", call.number)).content.decode()
    browser.post(box, {"act": "claim", "looked": "1"})
    assert Call.objects.get(compound=place.compound).state == "claimed"


def test_what_is_dangerous_goes_to_the_company_and_the_caller_is_told(place, caller, volunteer):
    call = shout(place, caller, "雨篷松了", kind="repair", harmless=True)
    box = url(place, "claim-box", call.number)
    place.client(volunteer).post(box, {"act": "claim", "looked": "1", "risks": ["height", "nonsense"]})
    assert Call.objects.get(compound=place.compound).state == "open"
    answer = place.client(volunteer).post(box, {"act": "claim", "looked": "1", "risks": ["height"]})
    assert answer["Location"] == url(place, "board")
    call = Call.objects.get(compound=place.compound)
    assert call.state == "fallen" and "要爬高" in call.matter.words
    assert "交上去办了" in place.client(caller).get(url(place, "call", call.number)).content.decode()


def test_a_finished_call_keeps_photo_materials_and_who_paid(place, caller, volunteer, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    call = shout(place, caller)
    services.claim(by=volunteer, call=call, at=NOW)
    browser, act = place.client(volunteer), url(place, "act", call.number, "finish")
    given = {"result": "紧好了", "materials": "两颗螺丝", "cost_fen": "3.5"}
    assert browser.post(act, given).status_code == 422
    assert browser.post(act, {**given, "paid_by": "helper", "photos": jpeg()}).status_code == 302
    call = Call.objects.get(compound=place.compound)
    assert (call.materials, call.cost_fen, call.paid_by) == ("两颗螺丝", 350, "helper")
    photo = CallPhoto.objects.get(compound=place.compound)
    page = place.client(caller).get(url(place, "call", call.number)).content.decode()
    here = url(place, "photo", call.number, photo.pk, "thumb")
    assert "花了 3.50 元" in page and "帮忙的人出" in page and here in page
    assert place.client(caller).get(here).status_code == 200
    assert place.client(caller).get(here.replace("thumb", "big")).status_code == 404
    assert place.client(place.resident(place.homes[-1], name="别人")).get(here).status_code == 404

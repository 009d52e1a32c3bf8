"""A clerk sorts fifty messages by keyboard alone, in much less than the ten minutes that are allowed."""

from time import monotonic, sleep

from persons import PASSWORD, sign_in, with_password

from linli.matters.models import Matter
from linli.matters.tests.makers import compound
from linli.people.rules import Role
from linli.plumbing.counters import kept
from linli.plumbing.tenancy import compound_scope

MESSAGES = 50


def at_the_desk(place, open_browser, *words):
    """A clerk's page, signed in, with these said by a resident."""
    with compound_scope(place.compound.pk):
        resident, worker = place.resident(), place.post(Role.COMMUNITY_WORKER)
        for said in words:
            place.matter(resident, said)
        account = with_password(worker.account_id)
    return sign_in(open_browser(desk=True), account.phone, password=PASSWORD)


def posts_of(page):
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    return sent


def test_enter_submits_only_a_form_that_is_seen_and_has_the_focus(transactional_db, open_browser):
    place = compound("liuxi")
    page = at_the_desk(place, open_browser, "楼道灯不亮")
    sent = posts_of(page)
    page.goto("/c/liuxi/desk/?view=untriaged")
    page.locator("#panel [data-key=Enter]").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.matches('#panel button[data-key=Enter]')")
    page.set_viewport_size({"width": 1000, "height": 500})
    page.evaluate("scrollTo(0, 0)")
    page.keyboard.press("c")
    page.evaluate("document.querySelector('#panel button[data-key=Enter]').style.marginTop = '2000px'")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.matches('#panel button[data-key=Enter]')")
    assert sent == []
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.keyboard.press("Enter")


def test_enter_in_a_line_of_the_panel_never_merges(transactional_db, open_browser):
    place = compound("liuxi")
    page = at_the_desk(place, open_browser, "二单元三楼的灯不亮，楼道黑", "三楼的灯不亮，看不见台阶")
    sent = posts_of(page)
    page.goto("/c/liuxi/desk/?open=2")
    page.locator("#panel [data-key=M]").first.wait_for()
    page.locator("#panel [name=public_title]").fill("楼道灯")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.keyboard.press("Enter")
    assert [url for url in sent if "merge" in url] == []


def test_a_person_is_found_by_typing_or_by_a_number(transactional_db, open_browser):
    place = compound("liuxi")
    with compound_scope(place.compound.pk):
        for n in range(30):
            place.post(Role.ENGINEER, name=f"{'王李张'[n % 3]}工{n}")
        place.post(Role.CLEANER, name="赵小满")
    page = at_the_desk(place, open_browser, "楼道灯不亮", "门口垃圾没清")
    page.goto("/c/liuxi/desk/?view=untriaged")
    page.locator("#panel .finder").wait_for()
    for key in ("c", "1", "p"):
        page.keyboard.press(key)
    page.wait_for_function("() => document.activeElement.matches('.finder')")
    page.keyboard.type("小满")
    page.keyboard.press("Enter")
    chosen = "() => { const s = document.querySelector('#panel select[name=post]'); return s.selectedOptions[0].textContent }"
    assert page.evaluate(chosen).startswith("赵小满 ")
    assert page.locator("#panel select[name=post] option").count() == 33
    assert page.locator("#panel input[name=body]:checked").count() == 1
    page.keyboard.press("p")
    page.keyboard.press("2")
    assert not page.evaluate(chosen).startswith(("赵小满", "2"))
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelectorAll('tr[data-row]').length === 1")


def test_keys_typed_while_the_panel_loads_wait_for_it(transactional_db, open_browser):
    place = compound("liuxi")
    page = at_the_desk(place, open_browser, *(f"第 {n} 件：楼道灯不亮" for n in range(3)))
    page.route("**/desk/panel/**", lambda route: (sleep(0.4), route.continue_()))
    page.goto("/c/liuxi/desk/?view=untriaged")
    page.locator("#panel [data-key=C] input").first.wait_for(state="attached")
    for _n in range(3):
        for key in ("j", "c", "1", "d", "1", "Enter") if not _n else ("c", "1", "d", "1", "Enter"):
            page.keyboard.press(key)
    page.wait_for_function("() => !document.querySelector('tr[data-row]')")
    with compound_scope(place.compound.pk):
        assert Matter.objects.filter(state="dispatched").count() == 3


def test_enter_on_ticked_rows_opens_nothing_and_merges_when_asked(transactional_db, open_browser):
    place = compound("liuxi")
    page = at_the_desk(place, open_browser, *(f"第 {n} 件：楼道灯不亮" for n in range(2)))
    page.goto("/c/liuxi/desk/")
    for box in page.locator("input[name=pick]").all():
        box.check(force=True)
    page.keyboard.press("m")
    page.locator("#panel [name=apply]").wait_for(state="attached")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelectorAll('tr[data-row]').length === 1")
    with compound_scope(place.compound.pk):
        assert Matter.objects.filter(state="merged").count() == 1
    page.keyboard.press("z")
    page.wait_for_function("() => document.querySelectorAll('tr[data-row]').length === 2")


def test_fifty_messages_are_sorted_by_keyboard(transactional_db, open_browser):
    place = compound("liuxi")
    page = at_the_desk(
        place,
        open_browser,
        *(f"第 {n} 件：{'楼道灯不亮' if n % 2 else '门口垃圾没清'}，请来看看" for n in range(MESSAGES)),
    )
    page.goto("/c/liuxi/desk/?view=untriaged")
    started = monotonic()
    page.keyboard.press("j")
    for left in range(MESSAGES, 0, -1):
        panel = page.locator("#panel")
        panel.locator("[data-key=C] input").first.wait_for(state="attached")
        number = panel.locator(".panel-head .caption").inner_text()
        # Enter takes the chip it stands on where nothing is chosen yet.
        for key in ("c", "Space", "d", "Space", "Enter") if left % 2 else ("d", "Space", "c", "Enter"):
            page.keyboard.press(key)
        if left > 1:
            page.wait_for_function(
                "was => { const p = document.querySelector('#panel .panel-head .caption'); return p && p.innerText !== was && !document.querySelector('.htmx-settling') }",
                arg=number,
            )
    page.wait_for_function("() => !document.querySelector('tr[data-row]')")
    seconds = monotonic() - started
    with compound_scope(place.compound.pk):
        assert Matter.objects.filter(state="dispatched").count() == MESSAGES
        assert kept(place.compound.pk)["open:untriaged"] == 0
    assert seconds < 600

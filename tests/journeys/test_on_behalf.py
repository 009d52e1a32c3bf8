"""Somebody without a phone comes to the counter: a clerk says it for her, and both names are on record; it is done as any other."""

from leak import Leak
from persons import PASSWORD, choose, photo, press, sign_in, with_password
from playwright.sync_api import expect

from linli.matters.models import Matter
from linli.matters.tests.makers import compound
from linli.notices.models import Message
from linli.people.models import Assistance, Ownership, Person
from linli.people.rules import Role
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import compound_scope


def test_a_clerk_says_it_for_somebody_without_a_phone(transactional_db, open_browser):
    place = compound("liuxi")
    with compound_scope(place.compound.pk):
        clerk = place.post(Role.COMMUNITY_WORKER)
        person = Person.objects.create(compound=place.compound, name="孟阿婆", no_phone=True)
        Ownership.objects.create(compound=place.compound, home=place.home, person=person)
        account = with_password(clerk.account_id)
    page = sign_in(open_browser(desk=True), account.phone, password=PASSWORD)

    page.goto("/c/liuxi/assist/")
    page.get_by_label("房号或姓名").fill("孟阿婆")
    press(page, "查找")
    page.get_by_role("link", name="孟").first.click()
    page.locator("main [name=purpose]").fill("说家里漏水")
    choose(page, "到窗口")
    page.locator("main input[type=file]").set_input_files([photo("paper.jpg")])
    press(page, "开始")
    page.goto("/c/liuxi/record/")
    expect(page.locator("body")).to_contain_text("孟*")
    choose(page, "前台")
    page.locator("main textarea[name=words]").fill("厨房水管漏水，地上都是水")
    page.locator("main form button.btn-primary").last.click()
    expect(page.locator("body")).to_contain_text("记好了，第 0001 号", timeout=20000)

    with compound_scope(place.compound.pk):
        matter = Matter.objects.get()
        entry = AuditEntry.objects.get(act="raise")
        help_given = Assistance.objects.get()
        assert matter.reporter_person_id == person.pk
        assert (entry.account_id, entry.person_id) == (clerk.account_id, person.pk)
        assert entry.data["assistance"] == str(help_given.pk)
        assert (help_given.channel, help_given.purpose, bool(help_given.paper)) == ("counter", "说家里漏水", True)
        # Nobody can reach her by wire: somebody goes or calls.
        assert set(Message.objects.filter(person=person).values_list("channel", "state")) == {("visit", "todo")}
        hands = {
            "engineer": with_password(place.post(Role.ENGINEER).account_id),
            "grid": with_password(place.post(Role.GRID_WORKER).account_id),
        }
    page.goto("/c/liuxi/desk/")
    page.locator(".strips").get_by_role("button", name="办完了").click()
    others = {name: sign_in(open_browser(), account.phone, password=PASSWORD) for name, account in hands.items()}
    Leak("liuxi", page, **others).solved_at_the_second_try(matter.number)
    with compound_scope(place.compound.pk):
        steps = Message.objects.filter(person=person)
        assert set(steps.values_list("channel", "state")) == {("visit", "todo")}
        assert steps.count() > 4

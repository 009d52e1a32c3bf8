"""Neighbours for each other: calls at each stage, a resident representative."""

from ground import Village

from linli.matters.tests.makers import account, at
from linli.people.models import Organisation, Post
from linli.people.rules import NOTICE_VERSION, Body, Role
from linli.volunteers import services as call_services
from linli.volunteers.models import Call


def furnish_calls(village: Village) -> None:
    """A call at each stage, as its caller, claimer, neighbours and watchers meet it."""
    people, place = village.people, village.place
    team = Organisation.objects.create(kind=Body.VOLUNTEERS, name="邻里志愿队", compound=place.compound)
    people["volunteer"] = place.post(
        Role.VOLUNTEER, team, name="陈建国", who=account("陈建国", notice_version=NOTICE_VERSION)
    )
    people["captain"] = place.post(
        Role.BUILDING_CAPTAIN, name="孙桂芳", who=account("孙桂芳", notice_version="2026-11")
    )
    call_services.say_willing(by=people["tenant"], willing=True, at=at(20))

    def shout(name: str, words: str, kind: str, hour: int, by: str = "owner") -> Call:
        got = call_services.shout(
            by=people[by], compound=place.compound, words=words, kind=kind, window="today", at=at(24, hour)
        )
        assert got.call is not None
        village.calls[name] = got.call
        return got.call

    shout("open", "儿子寄了两箱苹果在门卫，搬不上楼", "carry", 9)
    shout("far", "想请人教一教手机交医保", "accompany", 9, by="both")
    for name in ("claimed", "done", "confirmed"):
        one = call_services.claim(
            by=people["volunteer"], call=shout(name, "柜门的合页松了，帮我拧一下", "repair", 8), risks=(), at=at(24, 9)
        )
        call_services.join(by=people["captain"], call=one, at=at(24, 9, 10))
        if name != "claimed":
            one = call_services.finish(by=people["volunteer"], call=one, result="换了一颗螺丝", at=at(24, 9, 30))
        if name == "confirmed":
            call_services.confirm(by=people["owner"], call=one, thanks="谢谢小陈", at=at(24, 9, 40))
    call_services.withdraw(by=people["owner"], call=shout("withdrawn", "借个打气筒", "borrow", 8), at=at(24, 9))


def furnish_representatives(village: Village) -> None:
    """A representative of the owner's building, with acts of two kinds; one opened a matter."""
    people, place = village.people, village.place
    people["representative"] = place.post(
        Role.RESIDENT_REPRESENTATIVE, name="何秀英", who=account("何秀英", notice_version="2026-11")
    )
    cover = call_services.name_representative(
        by=people["clerk"], compound=place.compound, post=Post.objects.get(pk=people["representative"].role_id),
        building=place.home.building, from_day=at(1).date(), at=at(20),
    )  # fmt: skip
    given = {"by": people["representative"], "compound": place.compound}
    patrol = call_services.record_act(
        **given, kind="volunteer_patrol", place="单元门口", result="门口的杂物搬走了", needs="门口的地砖松了", at=at(23)
    )
    solved = call_services.record_act(
        **given, kind="problem_solving", force="volunteer_teams", home=place.home, result="晾衣杆装好了", at=at(23, 11)
    )
    call_services.praise(by=people["clerk"], act=patrol, word="warmth", at=at(23, 12))
    village.rows |= {"representative": cover.representative, "patrol": patrol, "solved": solved}

"""The rules of a session as they are fixed by its notice: which there are, what they may say, and where each comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from linli.kernel.profiles import Profile
from linli.kernel.refusal import Refusal

SILENCE = {
    "A": "没投票的不计入参与",
    "B": "参与达到法定比例后，送达而没投票的随多数",
    "C": "送达就算参与，没投票的随多数",
}
DUPLICATES = {
    "first_valid_wins": "以先收到的一张有效票为准",
    "last_valid_wins": "以最后收到的一张有效票为准",
    "paper_wins": "以纸质票为准",
    "online_wins": "以网上投的票为准",
}
CO_OWNERS = {"disputed": "有共同声明的按声明，没有的，这一户这一项无效"}
FIXED = {"co_owners": "disputed"}  # what no session chooses: it holds whatever `duplicate_rule` says
BASES = {"building_area": "产权证上的建筑面积", "inner_area": "套内建筑面积"}
YES = {True: "是", False: "否"}
ONLINE_ELSEWHERE = "电子投票用当地政府的系统，在这里只收意见"
NONE = {"extension_days": "不延长", "proxy_cap": "不能替别人投", "online": ONLINE_ELSEWHERE}
EXTENSION_MOST = 15

LABELS = {
    "silence_mode": "送达了没投票的怎么算",
    "duplicate_rule": "同一位业主投了几张票",
    "co_owners": "共有人投得不一样，或者有一位截止前书面异议",
    "area_basis": "面积按什么算",
    "count_parking": "车位也算表决权",
    "follow_majority": "票上可以选“从多”",
    "per_home_ballot": "几套房子的业主一套投一张",
    "online": "可以在网上投票",
    "phone_entry": "打电话来的业主，由工作人员代录网上票",
    "open_ballots": "每张票投了什么，全体业主可以查",
    "extension_days": "投票可以延长几天，只一次",
    "proxy_cap": "一个人最多替几位业主投票",
}
SOURCES = {
    "silence_mode": "民法典第二百七十八条",
    "area_basis": "最高人民法院建筑物区分所有权解释第八条",
    "count_parking": "最高人民法院建筑物区分所有权解释第二条",
    "phone_entry": "当地没有规定可以代录",
}
# What neither law nor place settles: the owners' own rules, and what those leave open, or before there are any, the notice.
SETTLED = {True: "还没有议事规则，由本次会议公告定", False: "本小区议事规则；没有写的，由本次会议公告定"}
BY_LAW_OR_PLACE = {"silence_mode", "area_basis", "phone_entry"}
CHOICES: Mapping[str, Mapping[Any, str]] = {
    "silence_mode": SILENCE,
    "duplicate_rule": DUPLICATES,
    "co_owners": CO_OWNERS,
    "area_basis": BASES,
}


def from_profile(profile: Profile) -> dict[str, Any]:
    """What a session starts with: the lawful defaults, and the caps of the place."""
    return {
        "silence_mode": "A", "silence_basis": "", "duplicate_rule": "first_valid_wins", "area_basis": "building_area", "count_parking": False,
        "follow_majority": False, "per_home_ballot": False, "online": True, "open_ballots": False,
        "extension_days": 0, "proxy_cap": profile.values["proxy_cap"], "developer": "",
        "official_evote_required": profile.values["official_evote_required"], "phone_entry": profile.values["phone_entry"],
    }  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A rule as it is printed. `value` is a label to be said, or a number."""

    label: str
    value: str | int
    sources: tuple[str, ...]


def printed(rules: Mapping[str, Any], profile: Profile, *, first: bool) -> list[Line]:
    """`first`: the owners have adopted no rules yet."""
    lines, held = [], from_profile(profile) | FIXED
    for key, label in LABELS.items():
        value = rules[key] if key in rules else held[key]
        law = profile.source if key in profile.own else SOURCES.get(key, "")
        settled = "" if key in profile.own or key in BY_LAW_OR_PLACE else SETTLED[first]
        sources = tuple(filter(None, (law, settled)))
        said = CHOICES[key][value] if key in CHOICES else YES[value] if isinstance(value, bool) else value or NONE[key]
        if key == "online" and rules.get("official_evote_required", held["official_evote_required"]):
            said, sources = NONE["online"], (profile.cite("official_evote_required"),)
        if key == "silence_mode" and value != "A":
            sources = (rules["silence_basis"],) if rules.get("silence_basis") else sources
        lines.append(Line(label, said, sources))
    return lines


def refuse_rules(rules: Mapping[str, Any], profile: Profile, *, first: bool) -> tuple[Refusal, str] | None:
    """And the field that the refusal is about."""
    if first and rules["silence_mode"] != "A":
        return Refusal(
            "first_silence", "第一次会议还没有议事规则，没投票的不能算进多数", "民法典第二百七十八条"
        ), "silence_mode"
    if rules["silence_mode"] != "A" and not rules["silence_basis"]:
        return Refusal(
            "silence_basis", "写上是哪份议事规则或者管理规约、第几条；里面没有写的，不能这样算", "民法典第二百七十八条"
        ), "silence_basis"
    if not 0 <= rules["extension_days"] <= EXTENSION_MOST:
        return Refusal("extension", "最多延长 %(n)s 天", values={"n": EXTENSION_MOST}), "extension_days"
    cap = profile.values["proxy_cap"]
    if not 0 <= rules["proxy_cap"] <= cap:
        return Refusal("proxy_cap", "一个人最多替 %(n)s 位业主投票", profile.cite("proxy_cap"), {"n": cap}), "proxy_cap"
    return None

"""Ballots on paper (domain §7.3): numbered, for one party each, with a stub; and the same in large type."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from linli.kernel.tally.adding import Silence
from linli.kernel.tally.case import Duplicates
from linli.kernel.tally.sheet import area as figures
from linli.plumbing import papers as press
from linli.plumbing.papers import (
    TICK,
    Cell,
    Fields,
    Grid,
    Lines,
    Look,
    Notes,
    Paper,
    Part,
    Role,
    Runs,
    Strong,
    Tear,
    Words,
)

from .common import HAND, SILENCE, Mark, alone, day, ended, foot, listed, moment, passes, repeats, square, wanted

CHOICES = ("同意", "反对", "弃权")
FOLLOW = "从多"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """`matter_no` as in article 278; `about` what to know before choosing; `materials` what lies open for reading; `only` the buildings
    or entrances whose owners alone decide."""

    title: str
    matter_no: int
    only: str = ""
    about: str = ""
    materials: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """`left`: the day on which he withdrew, after the notice; he stays printed, with nothing to tick."""

    name: str
    home: str
    about: str = ""
    left: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Election:
    """`per_candidate`: approve, against or abstain for each; else a tick for at most `seats`. `term`: 第×届, where it is known."""

    title: str
    seats: int
    candidates: Sequence[Candidate]
    term: str = ""
    only: str = ""
    per_candidate: bool = True
    by_strokes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """What all ballots of one session say alike. `boxes`: where to hand in; `results`: where the result will hang."""

    compound: str
    session: str
    closes_at: datetime
    items: Sequence[Item] = ()
    elections: Sequence[Election] = ()
    silence: Silence = Silence.NOT_COUNTED
    duplicates: Duplicates = Duplicates.FIRST
    follow_majority: bool = False
    proxy_cap: int = 3
    boxes: str = ""
    results_by: date | None = None
    results: str = ""
    contact: str = ""
    mark: Mark | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotPaper:
    """One party's. The full name is printed: it is handed to its owner. `link` is for a camera; `shares` says per item what it means to this home."""

    number: str
    link: str
    owners: Sequence[str]
    homes: Sequence[str]
    area: int
    persons: int = 1
    phone: str = ""
    proxy: str = ""
    proxy_phone: str = ""
    shares: Sequence[str] = ()


def ballot(vote: Vote, paper: BallotPaper, *, large: bool = False) -> Paper:
    return Paper(
        title=f"{vote.compound}业主大会会议表决票",
        under=(f"{vote.session}　截止：", Strong(moment(vote.closes_at))),
        number=("编号", paper.number),
        link=paper.link,
        look=Look.LARGE if large else Look.FORM,
        parts=(
            _owner(paper),
            Notes(_notes(vote)),
            *_items(vote, paper, large),
            *(part for election in vote.elections for part in _election(election, large)),
            Lines(("业主（签名）", "日期", "送票人", "送票人")),
            Tear("存根　沿线撕下，送票人带回"),
            _stub(paper, large),
        ),
        foot=foot(vote.mark),
    )


def ballots(vote: Vote, papers: Sequence[BallotPaper], *, large: bool = False) -> bytes:
    """One PDF. Raises Refused."""
    return press.pdf([ballot(vote, paper, large=large) for paper in papers])


def _owner(paper: BallotPaper) -> Fields:
    owners, homes = listed(paper.owners), listed(paper.homes)
    return Fields((
        ("业主姓名", Cell(owners, across=2)), ("房号", Cell(homes, across=1 + (len(homes) > 14))), ("电话", paper.phone),
        ("专有部分面积", square(paper.area)), ("投票权数", f"{paper.persons} 人"), ("代理人", paper.proxy), ("代理人电话", paper.proxy_phone),
    ), widths=(11, 15, 10, 15), name="业主")  # fmt: skip


def _room(rows: int, large: bool) -> int:
    """A few items get room for the eye; many keep to one page."""
    return 0 if large or rows > 4 else 23


def _columns(choices: Sequence[str], large: bool) -> tuple[int, ...]:
    box, first = (12, 8) if large else (10, 7)
    return (first, 81 - first - box * len(choices), *(box for _ in choices))


def _items(vote: Vote, paper: BallotPaper, large: bool) -> list[Part]:
    if not vote.items:
        return []
    choices = (*CHOICES, FOLLOW) if vote.follow_majority else CHOICES
    rows: list[tuple[str | Cell, ...]] = []
    for at, item in enumerate(vote.items):
        share = paper.shares[at] if at < len(paper.shares) else ""
        small = "".join(ended(one) for one in (alone(item.only), item.about, share, passes(item.matter_no)) if one)
        rows.append((str(at + 1), Cell(item.title, small), *(TICK for _ in choices)))
    room = _room(len(rows) + sum(len(e.candidates) for e in vote.elections), large)
    return [Grid(("序号", "表决事项", *choices), rows, _columns(choices, large), left=(1,), room=room, name="表决事项")]


def _election(election: Election, large: bool) -> list[Part]:
    choices = CHOICES if election.per_candidate else ("选",)
    order = "以姓氏笔画为序，" if election.by_strokes else ""
    most = "" if election.per_candidate else f"，最多选 {election.seats} 名"
    rows: list[tuple[str | Cell, ...]] = [
        (str(at), Cell(one.name, _under(one)), *("—" if one.left else TICK for _ in choices))
        for at, one in enumerate(election.candidates, 1)
    ]
    return [
        Words(
            (f"{election.title}（{order}{wanted(election.term, election.seats)}{most}）{alone(election.only)}",),
            Role.LABEL,
        ),
        Grid(
            ("序号", "候选人", *choices),
            rows,
            _columns(choices, large),
            left=(1,),
            room=_room(len(rows), large),
            name=election.title,
        ),
    ]


def _under(one: Candidate) -> str:
    return "　".join(x for x in (one.home, one.about, f"{day(one.left)}退出" if one.left else "") if x)


def _notes(vote: Vote) -> list[Runs]:
    lines: list[Runs] = []
    if vote.items or any(e.per_candidate for e in vote.elections):
        lines.append("每项只在一个方框里打“√”。没打或看不清，算弃权；一项打两个，这一项作废。")
    lines += [f"{e.title}最多选 {e.seats} 名，多选的这次选举作废。" for e in vote.elections if not e.per_candidate]
    if vote.follow_majority:
        lines.append("“从多”表示跟随同意、反对、弃权中面积和人数都领先的一项；没有领先的，算弃权。")
    lines.append(f"业主本人签名，共有的由一位签名；代理人投票附授权委托书，一人最多代理 {vote.proxy_cap} 位业主。")
    boxes = f"票箱：{vote.boxes}，也可" if vote.boxes else ""
    lines.append(f"{boxes}交给上门的两位送票人。截止以后交的、复印的、改过编号的无效。{repeats(vote.duplicates)}")
    lines.append((Strong(SILENCE[vote.silence]),))
    if materials := [f"第 {at} 项：{i.materials}" for at, i in enumerate(vote.items, 1) if i.materials]:
        lines.append(f"可查阅的材料：{'；'.join(materials)}。")
    result = f"结果{day(vote.results_by) + '前' if vote.results_by else ''}公布{f'在{vote.results}' if vote.results else ''}。"
    lines.append(result + (f"问票：{vote.contact}。" if vote.contact else ""))
    return lines


def _stub(paper: BallotPaper, large: bool) -> Fields:
    return Fields((
        ("编号", paper.number), ("座落", listed(paper.homes)), ("面积", f"{figures(paper.area)}㎡"), ("票权", f"{paper.persons} 人"),
        ("领票人", HAND), ("代理人", HAND), ("电话", HAND), ("时间", HAND),
    ), columns=2 if large else 4, widths=(8, 19, 8, 19) if large else (8, 17, 8, 13, 6, 11, 6, 12), room=9)  # fmt: skip

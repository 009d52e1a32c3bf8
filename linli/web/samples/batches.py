"""The batch case of the compound of 14 buildings: 418 homes without a certificate (domain M44), and how far they came in a year."""

from datetime import date, datetime, timedelta
from random import Random

from linli.matters.models import Batch
from linli.matters.rules.batches import REASONS, USUAL_PAPERS, USUAL_PATH
from linli.matters.services import batches

from .places import HomePlan
from .registers import Town

HEAD = (
    "楼栋",
    "单元",
    "房号",
    "合同号",
    "购房合同",
    "购房发票",
    "契税",
    "维修资金",
    "测绘",
    "当前环节",
    "原因",
    "办结日期",
    "证号",
)
WORDS = {
    "not_started": "还没开始", "documents_missing": "缺材料", "documents_ready": "材料齐了", "submitted": "已报上去", "tax_done": "税办好了",
    "registering": "登记中", "certified": "拿到证", "blocked": "卡住了",
}  # fmt: skip
# Days ago, agency, what came of it, what next, what everybody reads.
VISITS = (
    (310, "住建局", "查到合同备案 402 户，其余要补备案", "开发商补备案", "去住建局查了备案，大部分查得到"),
    (282, "遗留问题办公室", "收下情况说明和名单，答应上会", "等会议结果", "把情况说明和名单交给了遗留问题办公室"),
    (241, "遗留问题办公室", "列入历史遗留问题清单", "按清单走容缺受理", "小区办证列入了历史遗留问题"),
    (203, "税务局", "同意先办契税，开发商欠税另案处理", "分批带业主去办", "税务局同意业主先办契税"),
    (150, "不动产登记中心", "第一批 60 户收件", "补测绘成果", "第一批 60 户收件了"),
    (92, "不动产登记中心", "第二批收件，3 户退回补发票", "补发票", "第二批收件了"),
    (20, "住建局", "维修资金补缴窗口开到月底", "通知没交齐的户", "维修资金可以补缴到月底"),
)
POINTS = (
    ("列入历史遗留问题", 241),
    ("第一批收件", 150),
    ("第一本证发到手", 118),
    ("一半的家拿到证", None),
    ("全部拿到证", None),
)


def fill(town: Town) -> Batch | None:
    """Where the plan says that certificates are missing; through the services, as the committee did it."""
    homes = [home for home in town.plan.places.homes.values() if home.title != "certified"]
    if not homes:
        return None
    rng, now = Random(f"{town.compound.slug}-batch"), town.now
    by = town.as_post("committee_chair-1")
    opened = now - timedelta(days=320)
    batch = batches.open_batch(
        by=by, compound=town.compound, title="补办不动产权证", words="2012 年交房，开发商手续没办完，400 多户一直没有证。业委会带着物业一个部门一个部门地跑。",
        path=USUAL_PATH, papers=USUAL_PAPERS, bring_to="物业前台", at=opened,
    )  # fmt: skip
    for title, ago in POINTS:
        reached = (now - timedelta(days=ago)).date() if ago else None
        planned = None if ago else (now + timedelta(days=60 if "一半" in title else 200)).date()
        batches.add_milestone(by=by, batch=batch, title=title, reached_on=reached, planned_on=planned, at=opened)
    # The first list says what was missing, the last one how far it came.
    _load(town, batch, [_row(town, h, "documents_missing", rng, now) for h in homes], opened)
    for ago, agency, result, after, said in VISITS:
        day = now - timedelta(days=ago)
        batches.log_visit(
            by=by, batch=batch, day=day.date(), agency=agency, persons="业委会两人，物业一人", result=result, next_step=after, said=said, at=day
        )  # fmt: skip
    _load(town, batch, [_row(town, h, _now(h, rng), rng, now) for h in homes], now - timedelta(days=3))
    return batch


def _now(home: HomePlan, rng: Random) -> str:
    """Of those not held up, a good part got theirs within the year."""
    if home.title == "tax_done" and rng.random() < 0.5:
        return "registering"
    return "certified" if home.title not in ("blocked", "not_started") and rng.random() < 0.4 else home.title


def _row(town: Town, home: HomePlan, state: str, rng: Random, now: datetime) -> tuple[str, ...]:
    has = _papers(state, rng)
    why = rng.choice([zh for _key, (zh, _party) in REASONS.items()][:9]) if state == "blocked" else ""
    day: date | str = (now - timedelta(days=rng.randint(4, 118))).date() if state == "certified" else ""
    number = f"示例（{str(day)[:4]}）不动产权第{rng.randint(1000, 9999):07d}号" if day else ""
    return (
        home.building,
        home.entrance,
        home.room_no,
        f"YP{home.key.replace('-', '')}",
        *has,
        WORDS[state],
        why,
        str(day),
        number,
    )


def _papers(state: str, rng: Random) -> list[str]:
    if state == "not_started":
        return ["无"] * len(USUAL_PAPERS)
    if state != "documents_missing" and state != "blocked":
        return ["有"] * len(USUAL_PAPERS)
    has = ["有" if rng.random() < share else "无" for share in (0.93, 0.7, 0.45, 0.6, 0.5)]
    return has if "无" in has or state == "blocked" else ["有", "有", "无", "有", "有"]


def _load(town: Town, batch: Batch, rows: list[tuple[str, ...]], at: datetime) -> None:
    text = "\n".join(",".join(row) for row in (HEAD, *rows))
    by = town.as_post("committee_secretary-1")
    roster = batches.check_import(by=by, batch=batch, filename="办证台账.csv", data=text.encode(), at=at)
    batches.apply_import(by=by, batch=batch, roster=roster, at=at)

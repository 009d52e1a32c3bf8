"""Which row holds the headers, and which column is which field (domain.md 7.5, 7.6)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .reading import Cell
from .text import half_width, plain

MIN_HITS = 3
LAST_HEADER_ROW = 10  # the law of habit says 6; some offices put a letterhead above

# The first alias of a field is what a screen shows for it. Aliases before "~" are sure; after it, they hold
# only if no column has a surer one ("面积" beside "建筑面积" is something else).
_ALIASES = {
    "building": "楼栋 楼栋号 楼号 栋号 幢号 楼幢 楼栋编号 栋座 楼宇 楼宇号 ~ 栋 幢 座 楼",
    "entrance": "单元 单元号 单元编号 门栋 ~ 梯 梯号 门 门洞",
    "floor": "楼层 所在层 所在楼层 房屋楼层 层数(所在) ~ 层",
    "room_no": "房号 室号 房间号 房屋编号 户号 房屋号 房间 户室号 ~ 门牌号 门牌 室 房屋",
    "full_address": "房屋坐落 专有部分座落 专有部分坐落 坐落 座落 房屋座落 房屋地址 楼栋房号 楼房号 房屋位置 ~ 住址 地址",
    "owner_area": "专有部分面积总和 面积总和",
    "building_area": "建筑面积 房屋面积 产权面积 证载面积 专有部分建筑面积 专有部分面积 房屋建筑面积 产权建筑面积 ~ 面积",
    "inner_area": "套内面积 套内建筑面积 专有建筑面积 室内面积 套内",
    "shared_area": "分摊面积 公摊面积 分摊建筑面积 公摊",
    "usage": "房屋用途 房屋属性 房屋性质 房屋类型 规划用途 物业类型 ~ 用途 类型 性质",
    "occupied": "入住情况 入住状态 是否入住 房屋状态 ~ 状态",
    "title_no": "产权证号 不动产权证号 房产证号 权证号 不动产权证书号 产权证书号 房产证编号",
    "delivered_on": "交房日期 交房时间 交付日期 交付时间 收楼日期 收房日期 收房时间",
    "area_source": "面积依据 面积来源",
    "owner_name": "业主姓名 业主名称 产权人 产权人姓名 权利人 权利人名称 户主姓名 房主 ~ 业主 户主 姓名 客户名称 名称",
    "co_owner": "共有人 共有权人 其他产权人 共有人姓名 其他共有人",
    "co_form": "共有方式 共有情况 共有形式",
    "owner_count": "业主人数 产权人数",
    "voting_count": "投票权数 表决权数 投票权",
    "identity_no": "身份证号码 身份证号 身份证 证件号码 证件号 公民身份号码 身份证件号码 统一社会信用代码",
    "phone": "联系电话 手机号码 手机号 手机 业主手机号 业主电话 业主手机 电话号码 手机号码1 联系电话1 电话1 手机1 ~ 电话 联系方式",
    "phone2": "手机号码2 备用电话 第二联系人电话 联系电话2 电话2 手机2 手机号2 其他电话",
    "relation": "与业主关系 与户主关系 与产权人关系 业主身份 ~ 关系 身份",
    "owner_ref": "业主编号",
    "remark": "备注 备注说明 ~ 说明",
    "serial": "序号 编号 行号 No NO. ",
    "floors_above": "地上层数 总层数 地上楼层数",
    "floors_below": "地下层数",
    "entrances": "单元数 单元总数",
    "households": "户数 总户数",
    "completed_year": "竣工年份 建成年份 建成年代 竣工日期 竣工时间",
    "lift": "有无电梯 是否有电梯 电梯",
    "captain": "楼栋长 楼长",
    "grid": "所属网格 网格",
}  # fmt: skip
_LABELS_ONLY = {"full_address": "房屋坐落", "owner_area": "业主总面积"}


Words = Mapping[str, tuple[str, int]]
"""Alias -> (field, strength 2 sure or 1 weak)."""


def tables(aliases: Mapping[str, str]) -> tuple[dict[str, tuple[str, int]], dict[str, str]]:
    """Of one kind of book: its words, and field -> the word a screen shows."""
    by_alias: dict[str, tuple[str, int]] = {}
    labels: dict[str, str] = {}
    for field, words in aliases.items():
        sure, _, weak = words.partition("~")
        labels[field] = _LABELS_ONLY.get(field, sure.split()[0])
        for strength, group in ((2, sure), (1, weak)):
            for alias in group.split():
                by_alias[_stripped(alias)] = (field, strength)
    return by_alias, labels


_NOISE = re.compile(r"\([^()]*\)|[\s*:_]|㎡|m²|m2|M2|平方米|平米")


@lru_cache(maxsize=4096)
def _stripped(header: str) -> str:
    text = half_width(header)
    return _NOISE.sub("", text) or _NOISE.sub("", text.strip(" ()"))


ALIASES, FIELD_LABELS = tables(_ALIASES)
"""Alias -> (field, strength 2 sure or 1 weak); field -> the word a screen shows."""

PLACE_FIELDS = ("building", "entrance", "floor", "room_no", "full_address")
HOME_FIELDS = (
    *PLACE_FIELDS, "building_area", "owner_area", "inner_area", "shared_area", "usage", "occupied", "title_no",
    "delivered_on", "area_source", "remark", "serial",
)  # fmt: skip
BUILDING_FIELDS = (
    "floors_above",
    "floors_below",
    "entrances",
    "households",
    "completed_year",
    "lift",
    "captain",
    "grid",
)
OWNER_FIELDS = (
    "owner_name", "co_owner", "co_form", "owner_count", "voting_count", "identity_no", "phone", "phone2", "relation",
    "owner_ref",
)  # fmt: skip
KIND_FIELDS: Mapping[str, tuple[str, ...]] = {
    "homes": HOME_FIELDS + BUILDING_FIELDS,
    "owners": HOME_FIELDS + OWNER_FIELDS,
}
KINDS = tuple(KIND_FIELDS)

# Not needed for either register: kept only if the person asks for the column and gives a reason (PIPL 6, 28).
_SENSITIVE = re.compile(
    "政治面貌|党员|党派|民族|宗教|信仰|婚姻|健康|疾病|病史|残疾|低保|贫困|收入|银行|卡号|账号|出生|生日|人脸|指纹|信访|前科|血型"
)


_OTHER_BOOKS = (
    ("收费台账", re.compile("应收|实收|欠费|缴费")),
    ("车位台账", re.compile("车位|车牌|停车")),
    ("报修投诉台账", re.compile("事项类别|派工|接单|满意度")),
    ("走访台账", re.compile("被访人|走访|关爱等级|探访")),
    ("志愿者名册", re.compile("积分|特长|累计时长|队伍")),
    ("办证台账", re.compile("缺少资料|当前环节|契税|办结")),
)


def _other_book(unknown: Iterable[str]) -> str:
    unknown = list(unknown)
    for name, pattern in _OTHER_BOOKS:
        if sum(1 for h in unknown if pattern.search(h)) >= 2:
            return name
    return ""


def is_sensitive(header: str) -> bool:
    return _SENSITIVE.search(header) is not None


@dataclass(frozen=True, slots=True)
class HeaderGuess:
    row_index: int  # from 0; of the upper row where two rows make the header
    row_span: int  # 1 or 2
    headers: tuple[str, ...]  # one per column, "" where the column has none
    mapping: Mapping[int, str]  # column -> field
    hits: int
    unknown: Mapping[int, str]  # column -> header: kept in `extra`, unless sensitive
    looks_like: str = ""  # another book of the office ("收费台账"): to be asked before it is taken for a register

    @property
    def first_row(self) -> int:
        """Index of the first row below the header."""
        return self.row_index + self.row_span


def field_of(header: str, words: Words = ALIASES) -> tuple[str, int] | None:
    """(field, strength) of one header; "业主姓名/单位名称" counts by its first known part."""
    name = _stripped(header)
    if found := words.get(name):
        return found
    if is_sensitive(name):
        return None
    for part in re.split(r"[/、,或及]", name)[:3]:
        if part != name and (found := words.get(part)):
            return found
    return None


def find_header(
    rows: Sequence[Sequence[Cell]], words: Words = ALIASES, anchors: frozenset[str] = frozenset()
) -> HeaderGuess | None:
    """The row with the most known headers among the first ten, alone or with the row below it; None under three.

    `words` of another kind of book, which must have all of `anchors`.
    """
    best: HeaderGuess | None = None
    for index, row in enumerate(rows[:LAST_HEADER_ROW]):
        single = guess(row, index, words=words)
        if _better(single, best):
            best = single
        if index + 1 < min(len(rows), LAST_HEADER_ROW):
            double = _double(row, rows[index + 1], index, single, words)
            if double is not None and _better(double, best):
                best = double
    if best is None or best.hits < MIN_HITS:
        return None
    sure = anchors <= set(best.mapping.values()) if anchors else _anchored(best.mapping)
    return best if sure else None


def guess(row: Sequence[Cell], index: int, span: int = 1, words: Words = ALIASES) -> HeaderGuess:
    headers = tuple(plain(c) if isinstance(c, str) else "" for c in row)
    mapping = _assign(headers, words)
    unknown = {i: h for i, h in enumerate(headers) if h and i not in mapping}
    hits = sum(1 for f in mapping.values() if f not in ("serial", "remark"))
    return HeaderGuess(index, span, headers, mapping, hits, unknown, _other_book(unknown.values()))


def _better(new: HeaderGuess, old: HeaderGuess | None) -> bool:
    return old is None or new.hits > old.hits


def joined(rows: Sequence[Sequence[Cell]], index: int) -> HeaderGuess:
    """One or two rows that a person has said are the header: the lower one counts, the upper where it is empty."""
    width = max(map(len, rows), default=0)
    cells = ["" for _ in range(width)]
    for row in rows:
        cells = [plain(row[i]) or cells[i] if i < len(row) else cells[i] for i in range(width)]
    return guess(cells, index, len(rows))


def _double(
    upper: Sequence[Cell], lower: Sequence[Cell], index: int, single: HeaderGuess, words: Words
) -> HeaderGuess | None:
    """Two rows as one: "产权人" merged over "姓名 | 电话". Only if the lower row is made of headers too."""
    known = [c for c in lower if isinstance(c, str) and field_of(c, words)]
    filled = [c for c in lower if plain(c)]
    if not known or len(known) * 2 < len(filled):
        return None
    width = max(len(upper), len(lower))
    top = [*upper, *[""] * (width - len(upper))]
    low = [*lower, *[""] * (width - len(lower))]
    both = guess([b if plain(b) else a for a, b in zip(top, low, strict=True)], index, 2, words)
    return both if both.hits > max(single.hits, guess(lower, index + 1, words=words).hits) else None


def _anchored(mapping: Mapping[int, str]) -> bool:
    """Three hits must tell a place or a person: a price list has areas and dates too."""
    fields = set(mapping.values())
    if "owner_ref" in fields and not fields & {"owner_name", "room_no", "full_address"}:
        return False
    return bool(fields & {"building", "room_no", "full_address", "owner_name"})


def _assign(headers: Sequence[str], words: Words) -> dict[int, str]:
    claims: dict[str, list[tuple[int, int]]] = {}
    for column, header in enumerate(headers):
        if header and (found := field_of(header, words)):
            claims.setdefault(found[0], []).append((found[1], column))
    mapping: dict[int, str] = {}
    for field, columns in claims.items():
        strength, column = max(columns, key=lambda c: (c[0], -c[1]))
        mapping[column] = field
        _second_phone(field, columns, column, claims, mapping)
    _judge_ambiguous(headers, mapping)
    return dict(sorted(mapping.items()))


def _second_phone(
    field: str, columns: list[tuple[int, int]], taken: int, claims: Mapping[str, object], mapping: dict[int, str]
) -> None:
    if field == "phone" and "phone2" not in claims:
        rest = [c for _, c in columns if c != taken]
        if rest:
            mapping[rest[0]] = "phone2"


def _judge_ambiguous(headers: Sequence[str], mapping: dict[int, str]) -> None:
    """Weak words mean a field only in the right company."""
    fields = set(mapping.values())
    names = [_stripped(h) for h in headers]
    for column, field in list(mapping.items()):
        name = names[column]
        before = names[column - 1] if column else ""
        emergency = field in ("phone", "phone2") and ("紧急" in before or before.startswith("家属"))
        parking = name in ("类型", "状态", "面积") and any("车位" in n or "车牌" in n for n in names)
        asset = name in ("类型", "状态", "用途", "性质", "说明") and not fields & {"room_no", "full_address"}
        stray_name = name in ("姓名", "名称") and not fields & {
            "building",
            "room_no",
            "full_address",
            "identity_no",
            "phone",
        }
        lone_place = name in ("住址", "地址") and "room_no" in fields
        if emergency or parking or asset or stray_name or lone_place:
            del mapping[column]

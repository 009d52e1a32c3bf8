"""What the columns of a register are called, how their values are written, and how a kept remark is said."""

from typing import Any

from django.utils.translation import gettext as _

from linli.kernel.rosters.notes import Note

# A remark as the database keeps it: a sentence without values, or s its sentence, v its values, w the column it is about.
Kept = str | dict[str, Any]

WORDS = {
    "floor": "楼层", "kind": "用途", "building_area": "建筑面积", "inner_area": "套内面积", "shared_area": "分摊面积",
    "area_source": "面积依据", "title_no": "产权证号", "delivered_on": "交房日期", "occupied": "入住情况",
    "floors_above": "地上层数", "floors_below": "地下层数", "built_year": "竣工年份", "has_lift": "电梯",
    "grid_id": "网格", "entrance": "单元", "identity": "证件号", "phone": "电话", "phone2": "其他电话",
    "owner": "业主", "family": "家人", "tenant": "租户", "other": "其他住户", "extra": "其他栏目",
}  # fmt: skip
SEALED = "linli:sealed"  # what is shown in place of a value that is not shown
VALUES = {
    "residence": "住宅", "shop": "商铺", "office": "办公", "parking_space": "车位", "storage": "储藏", "other": "其他",
    "registered": "登记", "surveyed": "测绘", "contract": "合同",
    "lived_in": "已入住", "let": "出租", "empty": "空置", SEALED: "（密封保存）",
}  # fmt: skip
AREAS = frozenset(("building_area", "inner_area", "shared_area"))


def keep(remark: str, about: str = "") -> Kept:
    """`about` is the column as the file calls it."""
    if isinstance(remark, Note) and remark.values:
        kept = {"s": remark.sentence, "v": {name: _keep_value(value) for name, value in remark.values.items()}}
        return {**kept, "w": about} if about else kept
    return {"s": str(remark), "w": about} if about else str(remark)


def _keep_value(value: object) -> Any:
    if type(value) is tuple:
        return [_keep_value(v) for v in value]
    if isinstance(value, Note):
        kept = keep(value)
        return kept if isinstance(kept, dict) else {"s": kept}
    return value


def said(kept: Kept) -> str:
    """In the reader's language."""
    if isinstance(kept, str):
        return _(kept) if kept else ""
    sentence = _(kept["s"])
    if "v" in kept:
        sentence %= {name: _said_value(value) for name, value in kept["v"].items()}
    return _("%(where)s：%(says)s") % {"where": kept["w"], "says": sentence} if "w" in kept else sentence


def _said_value(value: Any) -> Any:
    if isinstance(value, list):
        return _("、").join(str(_said_value(v)) for v in value)
    return said(value) if isinstance(value, dict) else value


def shown(name: str, value: Any) -> str:
    note = noted(name, value)
    return said(keep(note)) if isinstance(note, Note) else note


def noted(name: str, value: Any) -> str:
    """A value of the register: a Note where it is a word of ours, else as it is."""
    if value is None or value == "":
        return Note("空")
    if name in AREAS:
        return f"{value / 100:.2f}"
    if name == "has_lift":
        return Note("有") if value else Note("没有")
    if name == "identity":
        return f"****{value[-4:]}"
    if name == "extra":
        return Note("别的内容")
    return Note(VALUES[value]) if value in VALUES else str(value)

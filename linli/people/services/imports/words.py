"""What the columns of a register are called, and how their values are written."""

from typing import Any

from django.utils.translation import gettext as _

from linli.plumbing.labels import label

WORDS = {
    "floor": "楼层", "kind": "用途", "building_area": "建筑面积", "inner_area": "套内面积", "shared_area": "分摊面积",
    "area_source": "面积依据", "title_no": "产权证号", "delivered_on": "交房日期", "occupied": "入住情况",
    "floors_above": "地上层数", "floors_below": "地下层数", "built_year": "竣工年份", "has_lift": "电梯",
    "grid_id": "网格", "entrance": "单元", "identity": "证件号", "phone": "电话", "phone2": "其他电话",
    "owner": "业主", "family": "家人", "tenant": "租户", "other": "其他住户", "extra": "其他栏目",
}  # fmt: skip
VALUES = {
    "residence": "住宅", "shop": "商铺", "office": "办公", "parking_space": "车位", "storage": "储藏", "other": "其他",
    "registered": "登记", "register": "登记", "surveyed": "测绘", "contract": "合同",
    "lived_in": "已入住", "let": "出租", "empty": "空置",
}  # fmt: skip
AREAS = frozenset(("building_area", "inner_area", "shared_area"))


def shown(name: str, value: Any) -> str:
    if value is None or value == "":
        return _("空")
    if name in AREAS:
        return f"{value / 100:.2f}"
    if name == "has_lift":
        return _("有") if value else _("没有")
    if name == "identity":
        return f"****{value[-4:]}"
    if name == "extra":
        return _("别的内容")
    return label(VALUES.get(value, value)) if isinstance(value, str) else str(value)

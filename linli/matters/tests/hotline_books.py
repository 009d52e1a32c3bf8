"""A hotline's export as offices send it, made here: all callers and numbers are invented."""

import csv
import io
from collections.abc import Sequence

from openpyxl import Workbook

HEADER = [
    "工单编号",
    "来电时间",
    "来电人",
    "联系电话",
    "来电人地址",
    "事发地址",
    "诉求内容",
    "诉求类别",
    "办理时限",
    "是否保密",
]
CALLER, PHONE, HOME, LANDLINE = "欧阳青禾", "13900007788", "7栋2单元301", "0731-84445566"


def row(number: str, words: str = "7栋楼道灯不亮", *, secret: str = "否", when: str = "2026-03-23 16:20", due: str = "2026-03-30 17:30", **more: str) -> list[str]:  # fmt: skip
    given = {"caller": CALLER, "phone": PHONE, "home": HOME, "place": "7栋1单元", "category": "楼道照明", **more}
    return [
        number, when, given["caller"], given["phone"], given["home"], given["place"], words, given["category"], due, secret,
    ]  # fmt: skip


def xlsx(
    rows: Sequence[Sequence[object]], header: Sequence[str] = HEADER, title: str = "12345 政务服务热线工单"
) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([title])
    sheet.append(list(header))
    for cells in rows:
        sheet.append(list(cells))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def text(rows: Sequence[Sequence[object]], encoding: str, header: Sequence[str] = HEADER) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([header, *rows])
    return out.getvalue().encode(encoding)

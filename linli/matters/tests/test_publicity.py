from datetime import datetime

import pytest

from linli.kernel.clock import SHANGHAI
from linli.matters.rules.publicity import public_name, public_words


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("7栋2单元301漏水", "7栋漏水"),
        ("7栋 2单元 301室漏水，电话13900001111", "7栋漏水，电话[电话]"),
        ("2单元502的狗叫", "2单元的狗叫"),
        ("7-2-301 顶上滴水", "某户 顶上滴水"),
        ("12-1203 太吵", "某户 太吵"),
        ("401 住户往下扔东西", "某户往下扔东西"),
        ("3号楼1602装修", "3号楼装修"),
        ("7栋2单元楼道灯不亮", "7栋2单元楼道灯不亮"),
        ("6栋门前路面塌了 300 元的坑", "6栋门前路面塌了 300 元的坑"),
        ("充电桩 110 个不够", "充电桩 110 个不够"),
    ],
)
def test_public_words_keep_no_home(said, shown):
    assert public_words(said) == shown


@pytest.mark.parametrize(
    ("titled_at", "name"), [(datetime(2026, 3, 2, tzinfo=SHANGHAI), "门口灯不亮"), (None, "公共照明")]
)
def test_outside_it_is_called_as_the_desk_put_it_or_by_its_kind(titled_at, name):
    assert public_name("门口灯不亮", titled_at, "公共照明") == name

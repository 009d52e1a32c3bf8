import pytest

from linli.matters.rules.publicity import public_words


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

"""Invented persons: names put together from our own lists, phone numbers of a block nobody would be given."""

from random import Random

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈"
    "钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔"
    "文温牛施洪庞倪樊兰殷"
)
DOUBLE_SURNAMES = ("欧阳", "司徒", "上官", "诸葛")
GIVEN = (
    "明华国军建平伟芳娟敏静丽强磊洋勇艳杰涛超秀霞兰英桂玉春梅红燕玲辉鹏飞波斌宇浩凯健俊帆雪琳佳欣怡悦婷倩颖蕾"
    "薇萍莉云凤珍琴素惠淑志文武德福贵荣昌兴旺顺安康宁和祥瑞林森松柏桐杨柳荷莲菊竹江海河川湖溪泉源石岩山峰岭峻"
    "岳田禾苗青翠蓝白黎晨曦旭晓东南西北中元开启立成达远航程进思念怀忆书诗画墨礼信义仁智贤良善正直清廉朗晴阳光"
    "星月辰若兮之子轩涵睿泽润沐霖雯霏霁舒展卓越"
)
# Not in the basic plane: it shows whether names survive storage, search, sorting and print.
RARE = "𠮷"
BLOCKS = ("1380000", "1390000", "1360000", "1370000", "1590000")


class Names:
    """Hands out names and numbers in one fixed order; no number twice."""

    def __init__(self, rng: Random):
        self.rng = rng
        self.given_out = 0

    def person(self, surname: str = "") -> str:
        surname = surname or self.surname()
        return surname + self.rng.choice(GIVEN) + (self.rng.choice(GIVEN) if self.rng.random() < 0.72 else "")

    def surname(self) -> str:
        """The first surnames of the list are the common ones."""
        if self.rng.random() < 0.008:
            return self.rng.choice(DOUBLE_SURNAMES)
        return SURNAMES[int(len(SURNAMES) * self.rng.random() ** 2)]

    def phone(self) -> str:
        block, place = divmod(self.given_out, 10_000)
        self.given_out += 1
        return f"{BLOCKS[block]}{(place * 7919 + 2046) % 10_000:04d}"

"""Invented values for the living style page; nothing here comes from a database."""

from types import SimpleNamespace
from typing import Any

from django import forms

PHOTO = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 40 30'%3E%3Cpath fill='%23{}' d='M0 0h40v30H0z'/%3E"
    "%3Cpath fill='%23{}' d='M0 20h40v10H0z'/%3E%3Cpath fill='%23{}' d='M17 6h6v8h-6z'/%3E%3C/svg%3E"
)
DARK_STAIRS = PHOTO.format("23262b", "15171a", "3a4560")
LIT_STAIRS = PHOTO.format("d9cbb0", "5d8f78", "8aa5c4")

MARKS = [
    ("inner", "物业", "内圈"),
    ("middle", "业委会", "中圈"),
    ("outer", "社区", "外圈"),
    ("outside", "部门", "圈外一点"),
    ("you", "您", "整个实心"),
    ("done", "办完", "三圈都是墨"),
    ("nobody", "没有人", "三圈都静"),
]
THREE_ROWS = [
    [{"label": "社区", "acted": True}, {"label": "业委会", "waits": True}, {"label": "物业"}],
    [
        {"label": "社区", "acted": True},
        {"label": "业委会", "acted": True},
        {"label": "物业", "acted": True, "waits": True},
    ],
]
COLOURS = [
    ("page", "纸"), ("surface", "白"), ("sunk", "凹"), ("tint", "朱底"), ("mid", "灰块"), ("ink-3", "墨三"), ("ink-2", "墨二"),
    ("fill", "墨块"), ("ink", "墨"), ("red-button", "朱"), ("ochre", "赭"), ("pine", "松"),
]  # fmt: skip
ICONS = [
    "home",
    "say",
    "council",
    "me",
    "clock",
    "camera",
    "search",
    "mic",
    "phone",
    "offline",
    "close",
    "back",
    "next",
    "down",
    "check",
    "file",
    "plus",
    "bell",
    "lock",
    "print",
    "more",
    "house",
    "people",
    "money",
    "chart",
    "gear",
    "notice",
    "grid",
    "table",
    "building",
    "refresh",
    "heart",
    "pin",
    "calendar",
    "eye",
    "edit",
    "menu",
    "download",
]


class SampleForm(forms.Form):
    words = forms.CharField(
        label="说一件事", widget=forms.Textarea(attrs={"rows": 3}), initial="二单元三楼的灯又坏了，晚上黑得看不见台阶"
    )
    photos = forms.FileField(label="拍照", required=False)
    where = forms.ChoiceField(
        label="在哪里",
        choices=[("own", "我家 7-2-301"), ("7", "7 栋"), ("other", "别的楼"), ("all", "小区里")],
        widget=forms.RadioSelect,
        initial="7",
    )
    entrance = forms.ChoiceField(
        label="哪个单元",
        choices=[("1", "1 单元"), ("2", "2 单元"), ("3", "3 单元"), ("unsure", "说不清")],
        widget=forms.RadioSelect,
        initial="2",
    )
    area = forms.DecimalField(
        label="建筑面积",
        error_messages={"invalid": "面积里有字母 o，请改成数字 0。其他填的都留着。"},
        widget=forms.TextInput,
    )
    building = forms.ChoiceField(
        label="楼栋", choices=[("7", "7 栋"), ("8", "8 栋")], required=False, help_text="按房产证上的写。"
    )
    answer = forms.ChoiceField(
        label="用维修资金更换供水泵房设备，您同意吗？",
        choices=[("yes", "同意"), ("no", "反对"), ("abstain", "弃权")],
        widget=forms.RadioSelect,
    )
    rating = forms.ChoiceField(
        label="这次办得怎么样",
        choices=[("good", "满意"), ("fair", "基本满意"), ("bad", "不满意")],
        widget=forms.RadioSelect,
    )
    told = forms.BooleanField(label="我已告诉家里人", required=False)


def wrong_form() -> SampleForm:
    return SampleForm(
        {"area": "89.5o", "words": "灯坏了", "where": "7", "entrance": "2", "answer": "no", "rating": "good"}
    )


def questions() -> list[dict[str, Any]]:
    return [
        {
            "lead": "业主大会",
            "until": "3月31日 18:00 截止",
            "title": "物业选聘等 3 项，请您表决",
            "note": "398 位业主已投，还差 37 位才够法定人数。",
            "answers": [{"label": "去投票", "href": "#", "main": True}],
        },
        {
            "lead": "物业说修好了",
            "until": "请您看一看",
            "title": "7栋2单元楼道灯修好了吗？",
            "note": "",
            "answers": [{"label": "还没修好", "href": "#"}, {"label": "修好了", "href": "#"}],
        },
    ]


def story() -> list[dict[str, Any]]:
    return [
        {"text": "维修工上门看了，是 401 的地漏防水坏了，明天带料来做", "when": "今天 9:40", "who": "物业"},
        {"text": "物业给您打了电话，约好今天上门", "when": "昨天 10:35", "who": "物业"},
        {"text": "社区把这件事派给物业，定为“急”", "when": "昨天 10:20", "who": "社区"},
        {
            "text": "您说了这件事",
            "when": "昨天 9:58",
            "who": "您",
            "photos": [{"src": LIT_STAIRS, "alt": "天花板上的水迹"}],
        },
    ]


def steps() -> list[dict[str, str]]:
    return [
        {
            "title": "公布议题和业主名册",
            "dates": "3月2日 · 提前 16 天",
            "note": "物业管理条例第十四条：不少于 15 天",
            "state": "done",
        },
        {
            "title": "送达表决票",
            "dates": "3月10日–17日 · 送到 641 位",
            "note": "两人一组上门，签收为证",
            "state": "done",
        },
        {"title": "投票", "dates": "3月18日–31日 18:00", "note": "还有 7 天", "state": "now"},
        {"title": "公开计票", "dates": "3月31日 19:00 · 社区活动室", "note": "业主可到场看", "state": "todo"},
    ]


FLOORS = {
    "1 单元": ["full full miss2", "full miss1 full", "full mid mid", "hatch full full", "pale mid full"],
    "2 单元": ["full pale pale", "miss1 full full", "full full mid", "full miss3 full", "full mid full"],
}


def grids() -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "note": "15 户，已投 9",
            "bare": name != "1 单元",
            "floors": [floor(name, 5 - i, row) for i, row in enumerate(rows)],
        }
        for name, rows in FLOORS.items()
    ]


def floor(entrance: str, level: int, states: str) -> dict[str, Any]:
    words = {"full": "已投", "mid": "已送到", "miss": "没送到", "hatch": "拒收", "pale": "未售"}
    homes = []
    for door, text in enumerate(states.split(), 1):
        state, dots = text.rstrip("123"), int(text[-1]) if text[-1].isdigit() else 0
        spoken = f"7栋{entrance}{level}0{door}，{words[state]}" + (f"，去过 {dots} 次" if dots else "")
        homes.append({"label": f"{level}0{door}", "state": state, "dots": dots, "href": "#", "spoken": spoken})
    return {"name": f"{level}F", "homes": homes}


def desk_rows() -> list[SimpleNamespace]:
    rows = [
        ("0336", "8号楼二次供水有味道", "8栋", "水质", "inner", "物业", "处理中", "超 3 小时", "late", "手机"),
        (
            "0341",
            "楼道灯又不亮，三楼拐角黑得看不见台阶，我妈昨天差点踩空",
            "7栋2单元",
            "楼道照明",
            "outer",
            "社区",
            "待分拣",
            "14 分钟后",
            "late",
            "前台",
        ),
        ("0332", "门禁卡刷不开", "3栋1单元", "门禁", "inner", "物业", "已派单", "今天 18:00", "", "手机"),
        ("0337", "问业委会换届什么时候报名", "", "换届", "middle", "业委会", "处理中", "明天 12:00", "", "电话"),
        ("0327", "楼道灯不亮", "7栋2单元", "楼道照明", "you", "报告人", "待居民确认", "3月27日", "", "手机"),
        (
            "0333",
            "办不动产证还缺什么材料",
            "12-2-501",
            "办证",
            "outside",
            "不动产登记",
            "等部门",
            "停钟 2 天",
            "",
            "走访",
        ),
    ]
    names = ("label", "title", "place", "category", "mark", "party", "state", "due", "due_kind", "source")
    return [SimpleNamespace(**dict(zip(names, row, strict=True)), key=row[0], more="") for row in rows]


def samples() -> dict[str, Any]:
    return {
        "colours": COLOURS,
        "three_rows": THREE_ROWS,
        "marks": MARKS,
        "icons": ICONS,
        "questions": questions(),
        "story": story(),
        "steps": steps(),
        "before": {"src": DARK_STAIRS, "alt": "楼道很暗", "date": "3月18日"},
        "after": {"src": LIT_STAIRS, "alt": "楼道灯亮着", "date": "3月24日"},
        "form": SampleForm(),
        "wrong": wrong_form(),
        "grids": grids(),
        "legend": [
            {"state": "full", "label": "已投"},
            {"state": "mid", "label": "已送到，没交回"},
            {"state": "miss", "label": "没送到，点数是去过几次"},
            {"state": "hatch", "label": "拒收"},
            {"state": "pale", "label": "开发商未售"},
        ],
        "views": [
            {"label": "没办完", "count": 38, "href": "#", "chosen": True},
            {"label": "待分拣", "count": 3, "href": "#"},
            {"label": "超时", "count": 1, "href": "#"},
        ],
        "turns": [{"label": "物业", "href": "#"}, {"label": "社区", "href": "#"}, {"label": "业委会", "href": "#"}],
        "desk_rows": desk_rows(),
        "weeks": [4, 4, 5, 3, 5, 4, 7, 6, 9, 9, 12, 13],
        "calm": [6, 7, 5, 4, 6, 5, 5, 6, 6, 6, 5, 6],
        "urge_choices": [("worse", "越来越严重了"), ("missed", "说好没来"), ("unsafe", "不安全"), ("other", "别的")],
    }

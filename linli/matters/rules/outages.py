"""What is off for a planned while, and the words by which somebody would report it."""

import re

KINDS = {
    "water": "停水",
    "power": "停电",
    "gas": "停气",
    "heat": "停暖",
    "network": "断网",
    "lift": "停电梯",
    "road": "封路",
    "other": "其他",
}
_WORDS = {
    "water": "停水|没水|没有水|水压|断水|出不了水|水龙头",
    "power": "停电|没电|没有电|断电|跳闸|电表",
    "gas": "停气|没气|没有气|断气|燃气|天然气|煤气",
    "heat": "停暖|不热|暖气|供暖",
    "network": "断网|没网|上不了网|网络|宽带|没信号",
    "lift": "电梯",
    "road": "封路|堵|走不通|过不去|道路|施工",
}


def about(kind: str, words: str) -> bool:
    """Whether the words may be about this outage; of "other" nobody knows, so it is always shown."""
    return kind not in _WORDS or re.search(_WORDS[kind], words) is not None

"""What screens say of a receipt."""

from collections.abc import Mapping

VERDICTS: Mapping[str, str] = {
    "holds": "相符：票在箱里，没被改过",
    "broken": "不符：这张回执自己对不上",
    "other_key": "不符：不是这次会议签的",
    "not_in_box": "不符：票箱里这个位置不是这张票",
    "unknown": "回执自己相符，但这里没有这次会议",
}
VERDICT_NOTES: Mapping[str, str] = {
    "holds": "回执上不写怎么投的，这里也不知道。",
    "broken": "内容被改过，或者没有存完整。用“存到手机”存下的原文件再核对一次。",
    "other_key": "签名用的不是公告上公布的那把公钥，这是一张假回执。",
    "not_in_box": "请马上带着回执找监票人，并向街道反映。",
    "unknown": "到投票的那个系统里去核对。",
}
# A paper of one's home, by the kind of its leaf.
HANDED_IN: Mapping[str, str] = {
    "returned": "您家的纸质票收到了",
    "statement": "您家的共同声明收到了",
    "objection": "您家的书面异议收到了",
}

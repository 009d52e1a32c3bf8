"""Hiding personal data, for public pages and logs. When in doubt, these hide."""

import re
import unicodedata
from collections.abc import Callable

_COMPOUND_SURNAMES = (
    "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 "
    "公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 "
    "壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 公户 公玉 "
    "公仪 梁丘 公仲 公上 公门 公山 公坚 左丘 公伯 西门 公祖 第五 公乘 贯丘 公皙 南荣 东里 东宫 仲长 "
    "子书 子桑 即墨 达奚 褚师 完颜 纳兰 叶赫 那拉 爱新觉罗"
)
COMPOUND_SURNAMES = frozenset(_COMPOUND_SURNAMES.split())

# Two characters at least before the word: 王局 and 李中心 are people.
_COMPANY = re.compile(
    r"\S{2,}(?:公司|集团|合作社|委员会|居委会|业委会|办事处|银行|支行|分行|学校|幼儿园|医院|事务所|基金会|协会|厂|局|中心)"
)
_BETWEEN_NAMES = re.compile(r"([、，,/；;&])")
_REMARK = re.compile(r"[（(].*$", re.DOTALL)


def name(text: str) -> str:
    """张某甲 becomes 张*; companies stay, for theirs is not personal data.

    Several names in one field are masked one by one, remarks in brackets after a person are dropped.
    """
    return "".join(
        part if _BETWEEN_NAMES.fullmatch(part) else _one_name(part.strip()) for part in _BETWEEN_NAMES.split(text)
    )


def phone(text: str) -> str:
    """Keeps the network or area code and the last four digits: 138****0001, 0731-****1234."""
    digits = _characters(text, str.isdigit)
    if abroad := re.fullmatch(r"(?:00)?86(\d{9,12})", digits):
        digits = abroad[1] if re.match(r"0|1\d{10}", abroad[1]) else "0" + abroad[1]
    if re.fullmatch(r"1\d{10}", digits):
        return f"{digits[:3]}****{digits[-4:]}"
    if landline := re.fullmatch(r"(0(?:10|2\d|[3-9]\d\d))(\d{7,8})", digits):
        return f"{landline[1]}-{_tail(landline[2])}"
    return _tail(digits)


def identity_no(text: str) -> str:
    return _tail(_characters(text, str.isalnum))


def scrub(text: str) -> str:
    """Free text with phone numbers, identity numbers, plates and bank accounts taken out.

    Left alone: short service numbers (110, 12345) and 400 numbers, which belong to no person, and
    bare local numbers of 7 or 8 digits without a word for telephone before them, which may be dates.
    """
    # The shadow has the same length, so full-width digits are found and the rest stays as written.
    shadow = text.translate(_HALF_WIDTH)
    kept, at = [], 0
    for found in _PERSONAL.finditer(shadow):
        label = found.lastgroup or ""
        kept += [text[at : found.start(label)], _LABELS[label]]
        at = found.end(label)
    return "".join([*kept, text[at:]])


def _one_name(text: str) -> str:
    bare = _REMARK.sub("", text).strip()
    if _COMPANY.fullmatch(bare):
        return text
    compact = re.sub(r"\s+", "", bare)
    if not compact:
        return "*" if text else ""
    for length in (4, 2):
        if len(compact) > length and compact[:length] in COMPOUND_SURNAMES:
            return compact[:length] + "*"
    return compact[0] + "*"


def _characters(text: str, wanted: Callable[[str], bool]) -> str:
    return "".join(filter(wanted, unicodedata.normalize("NFKC", text)))


def _tail(characters: str) -> str:
    """The last four, if at least three others hide before them."""
    shown = 4 if len(characters) >= 7 else 0
    hidden = len(characters) - shown
    return "*" * hidden + characters[hidden:]


_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}

_LABELS = {
    "identity": "[证件号]",
    "account": "[账号]",
    "mobile": "[电话]",
    "landline": "[电话]",
    "local": "[电话]",
    "plate": "[车牌]",
}

# Order matters: an identity number of 18 digits would also pass for an account.
_PERSONAL = re.compile(
    r"""
    (?<!\d)(?P<identity>
        [1-9]\d{5}[ -]?(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[ -]?\d{3}[\dX]
      | [1-9]\d{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}   # before 1999: 15 digits
    )(?!\d)
  | (?<!\d)(?P<account>
        \d{4}(?:[ -]\d{4}){3}(?:[ -]\d{1,4})?
      | [1-9]\d{15,22}
    )(?!\d)
  | (?<!\d)(?P<mobile> (?:(?:\+|00)?86[ -]?)? 1[3-9]\d (?:[ -]?\d{4}){2} )(?!\d)
  | (?<!\d)(?P<landline>
        (?:(?:\+|00)86[ -]?\(?0?|\(?0)(?:10|2\d|[3-9]\d\d)\)?[ -]? \d{7,8} (?:[-转]\d{1,5})?
    )(?!\d)
  | (?:电话|座机|固话|手机|tel)(?:号码?)?[:是为]?\s*(?P<local> \d{7,8} (?:[-转]\d{1,5})? )(?!\d)
  | (?P<plate>
        [京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新]
        [A-Z][ ·•・.-]?(?=[A-Z]{0,4}\d)
        (?:[A-HJ-NP-Z0-9]{5,6}|[A-HJ-NP-Z0-9]{4}[学警挂领港澳])
    )(?![A-Z0-9])
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)

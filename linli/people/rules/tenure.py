"""By what somebody owns a home, and who acts for an owner who cannot (domain §3.1)."""

from collections.abc import Mapping
from datetime import date

from linli.kernel.refusal import Refusal

from .bindings import same_name

REGISTERED = "registered"
BASES: Mapping[str, str] = {
    REGISTERED: "已登记，有不动产权证",
    "contract": "向建设单位买的，已收房，还没办证",
    "ruling": "法院或者仲裁文书、征收、继承、合法建造",
}
BASIS_ARTICLES = {
    "contract": "最高人民法院建筑物区分所有权解释第一条",
    "ruling": "民法典第二百二十九条至第二百三十一条",
}
GUARDIAN, LEGAL = "guardian", "legal"
GUARDIANS: Mapping[str, str] = {GUARDIAN: "监护人", LEGAL: "法定代表人"}
GUARDIAN_ARTICLES = {GUARDIAN: "民法典第二十三条", LEGAL: "民法典第六十一条"}


def refuse_basis(basis: str, paper: bool) -> tuple[Refusal, str] | None:
    if basis not in BASES:
        return Refusal("basis", "选一下凭什么算业主"), "basis"
    if basis != REGISTERED and not paper:
        return Refusal(
            "no_photo", "还没登记的，要有合同、文书的照片，第二个人对照着确认", BASIS_ARTICLES[basis]
        ), "paper"
    return None


def refuse_guardian(
    *, owner: str, company: bool, kind: str, name: str, known: bool, until: date | None, today: date, paper: bool
) -> tuple[Refusal, str] | None:
    """`known`: acts for this owner already."""
    if company and kind != LEGAL:
        return Refusal("kind", "公司、单位的，登记法定代表人", GUARDIAN_ARTICLES[LEGAL]), "kind"
    if not company and kind != GUARDIAN:
        return Refusal("kind", "个人的，登记监护人", GUARDIAN_ARTICLES[GUARDIAN]), "kind"
    if not name or same_name(name, owner):
        return Refusal("name", "写监护人或者法定代表人自己的姓名", GUARDIAN_ARTICLES[kind]), "name"
    if known:
        return Refusal("as_it_is", "已经登记了这一位"), "name"
    if until is not None and until < today:
        return Refusal("day", "这一天已经过了"), "until"
    return refuse_unproved(paper, GUARDIAN_ARTICLES[kind])


def refuse_unproved(paper: bool, article: str) -> tuple[Refusal, str] | None:
    return None if paper else (Refusal("no_photo", "证明的照片也要，第二个人对照着确认", article), "paper")

"""Which steps a reader may press, the next lawful one first."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from linli.kernel.refusal import Refusal
from linli.plumbing.addresses import address
from linli.plumbing.labels import article, said

from ...models import Session
from ...queries import sessions as queries
from ...queries.sheets import lost
from ...rules.sessions import OFFICES, TABLE, Act, State, Who
from ...rules.sheets import refuse_give_up
from ...services import convening
from ...services import filing as handing_in
from ...services import objections as objecting
from .steps import ACTS


@dataclass(frozen=True)
class Press:
    """A button, or a button not lawful yet with its reason."""

    label: str
    href: str = ""
    main: bool = False
    why: str = ""
    article: str = ""
    half: str = ""


@dataclass
class Shown:
    """What this reader may press, the next lawful step first."""

    steps: list[Press] = field(default_factory=list)
    more: list[Press] = field(default_factory=list)

    @property
    def main(self) -> bool:
        """Whether one of them is the page's main button."""
        return any(press.main for press in (*self.steps, *self.more))


Ask = Callable[[Session, datetime], Refusal | None]
LAWFUL: dict[Act, Ask] = {
    Act.NOTICE: convening.refuse_notice,
    Act.FREEZE: convening.refuse_freeze,
    Act.OPEN: convening.refuse_open,
    Act.CLOSE: convening.refuse_close,
    Act.OBJECT_RESULT: objecting.refuse_result,
    Act.FILE: handing_in.refuse_file,
    Act.ARCHIVE: handing_in.refuse_archive,
}
# The road of a session; the others are done beside it.
ROAD = (Act.NOTICE, Act.FREEZE, Act.OPEN, Act.CLOSE, Act.FILE, Act.ARCHIVE)
BESIDE = (
    Act.ADD_ITEM, Act.BUILD, Act.NAME_OFFICER, Act.SET_RULES, Act.EDIT, Act.NEW_KEYS, Act.EXTEND, Act.OBJECT, Act.OBJECT_RESULT, Act.GIVE_UP, Act.CANCEL,
)  # fmt: skip


def presses(
    one: Session, slug: str, can: frozenset[Act], now: datetime, items: int, *, delivery: str = "", request: str = "", filing: str = "", works: bool = False
) -> Shown:  # fmt: skip
    shown, needed = Shown(), _needed(one, items)
    halves = queries.halves(one) if can & {Act.FREEZE, Act.OPEN, Act.CLOSE, Act.NEW_KEYS} else {}
    if request and Act.SIGN_REQUEST in can:
        shown.steps.append(Press(_("录联名签名"), request, main=LAWFUL[Act.NOTICE](one, now) is not None))
    if delivery and one.state == State.NOTICED:
        shown.steps.append(Press(_("登记送达"), delivery, main=Act.DELIVER in can))
    if filing and Act.FILE in can:
        shown.steps.append(Press(_("备案材料"), filing, main=True))
    if needed in can:
        shown.steps.append(_press(one, slug, needed, now, halves, main=not any(p.main for p in shown.steps)))
    for act in ROAD:
        if act in can and not _over(one, act):
            shown.steps.append(_press(one, slug, act, now, halves, main=not any(p.href for p in shown.steps)))
        elif works and one.state in TABLE[act].states and act not in can and not _over(one, act):
            shown.steps.append(_of_others(act, LAWFUL[act](one, now) if act in LAWFUL else None))
    for act in BESIDE:
        if act in can and act != needed and not _over(one, act):
            shown.more.append(_press(one, slug, act, now, halves, main=False))
    return shown


def _needed(one: Session, items: int) -> Act | None:
    """What a draft lacks first."""
    if one.state != State.DRAFTING:
        return None
    return Act.ADD_ITEM if not items else Act.BUILD if not one.register_parties else None


def _over(one: Session, act: Act) -> bool:
    """Done, or not to be done in this session."""
    if act in {Act.FREEZE, Act.BUILD, Act.OBJECT}:
        return one.register_frozen_at is not None
    if act in {Act.NEW_KEYS, Act.OPEN}:
        return one.register_frozen_at is None
    if act == Act.GIVE_UP:
        return refuse_give_up(lost(one)) is not None
    return act == Act.EXTEND and (not one.rules.get("extension_days") or one.extended_from is not None)


def _press(one: Session, slug: str, act: Act, now: datetime, halves: dict[str, str], *, main: bool) -> Press:
    label, half = str(ACTS[act].label), halves.get(act, "")
    if half:
        half = _("%(office)s同意了，等另一位") % {"office": _(OFFICES[half])}
    no = LAWFUL[act](one, now) if act in LAWFUL else None
    if no:
        return Press(label, why=said(no), article=article(no), half=half)
    return Press(label, _do(one, slug, act), main, half=half)


def _of_others(act: Act, no: Refusal | None) -> Press:
    """Whose turn it is, and what they still wait for."""
    names = [_(words) for office, words in OFFICES.items() if Who(office) in TABLE[act].who]
    why = _("轮到%(who)s") % {"who": _("、").join(names) or _("会议召集人")}
    if no:
        why = _("%(turn)s；%(why)s") % {"turn": why, "why": said(no)}
    return Press(str(ACTS[act].label), why=why, article=article(no) if no else "")


def _do(one: Session, slug: str, act: Act) -> str:
    return address("assembly:do", slug, one.number, act.value)

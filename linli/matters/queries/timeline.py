"""What happened with a matter, in sentences. Codes, states and internal notes stay inside."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from linli.people.rules import PARTY_OF_BODY, POSTS, RESIDENTS, Role
from linli.people.words import ROLES
from linli.plumbing.chain import ERASE
from linli.plumbing.models import AuditEntry
from linli.plumbing.moments import day, moment
from linli.plumbing.prepared import Prepared

from ..models import Attachment, Matter
from ..rules import gates
from ..rules.categories import USUAL, Catalogue
from ..rules.keeping import FORGET
from ..rules.publicity import public_words
from ..rules.states import Act, State
from ..rules.times import URGE_REST
from ..words import (
    CONTACTS,
    DECLINE_REASONS,
    ENDINGS,
    PARTIES,
    PAUSE_REASONS,
    PAYERS,
    RATINGS,
    SOLVED,
    STEPS,
    URGENCIES,
    category_name,
    clock_words,
    level_names,
)
from .told import beside, with_rest
from .whistle_story import told as whistle_told

# Nothing but words.
SAID = {Act.NOTE, Act.INTERNAL_NOTE, Act.ASK, Act.ANSWER, Act.EXPLAIN, Act.SUPERVISE}
SILENT = {Act.WARN, Act.FOLLOW, Act.UNFOLLOW, gates.REMIND, ERASE}


@dataclass(frozen=True)
class Reader:
    """Who reads: whose "您" it is, whether as a worker, and whether the reporter's own words may be read as written.

    `question`: what this reader is asked. What else passes between the household and who handles it is theirs alone.
    """

    account_id: UUID | None
    worker: bool = False
    whole: bool = False
    question: str = ""
    own: Catalogue = USUAL
    levels: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Line:
    text: str
    when: str
    who: str
    act: str
    at: datetime
    internal: bool = False
    photos: list[dict] = field(default_factory=list)
    voices: list[str] = field(default_factory=list)


_log = Prepared(
    lambda compound_id, subject_id: (
        AuditEntry.objects.filter(compound_id=compound_id, subject_id=subject_id)
        .exclude(act__in=SILENT)
        .order_by("-at", "-id")
    )
)


def entries_of(matter: Matter, *, internal: bool) -> list[AuditEntry]:
    rows = _log.all(compound_id=matter.compound_id, subject_id=matter.pk)
    found = rows if internal else [entry for entry in rows if not entry.internal]
    return _nobodys(found, matter) if matter.forgotten_at else found


def _nobodys(entries: list[AuditEntry], matter: Matter) -> list[AuditEntry]:
    """Who did what and when, and no word but what was done, as the matter itself has it now."""
    kept = [entry for entry in entries if entry.act not in SAID]
    for entry in kept:
        entry.words = matter.done_words if entry.act == Act.RESOLVE else ""
    return kept


def from_reporter(entry: AuditEntry) -> bool:
    """Said by the reporter, or by a worker who stood in for them."""
    return entry.role in RESIDENTS or bool(entry.data.get("assistance"))


def question_to_us(entries: Iterable[AuditEntry]) -> str:
    """The reporter's last question which nobody has answered since; "" when there is none. Newest first."""
    for entry in entries:
        if entry.act == Act.ANSWER and not from_reporter(entry):
            return ""
        if entry.act == Act.ASK and from_reporter(entry):
            return entry.words
    return ""


def urged_until(entries: Iterable[AuditEntry], account_id: UUID | None, now: datetime) -> datetime | None:
    """Until when this account's last urging rests; None when it may urge."""
    mine = (e.at for e in entries if e.act == Act.URGE and account_id and e.account_id == account_id)
    last = max(mine, default=None)
    return last + URGE_REST if last and now < last + URGE_REST else None


def timeline(
    matter: Matter, entries: Sequence[AuditEntry], attachments: Iterable[Attachment], *, reader: Reader, now: datetime, address
) -> list[Line]:  # fmt: skip
    """Newest first. `address(attachment, size)` gives an attachment's address."""
    by_entry = defaultdict(list)
    for attachment in attachments:
        by_entry[attachment.entry_id].append(attachment)
    lines = []
    sorted_at = {(e.at, e.account_id) for e in entries if e.act == Act.TRIAGE}
    for entry in entries:
        text = sentence(entry, reader)
        # Who sorts a new matter takes it in at the same moment: one line says both.
        if not text or (entry.act == Act.ACCEPT and (entry.at, entry.account_id) in sorted_at):
            continue
        line = Line(text, _when(entry, now), who(entry, reader), entry.act, entry.at, entry.internal)
        for attachment in by_entry.get(entry.pk, ()):
            if attachment.kind == "voice":
                line.voices.append(address(attachment, "small"))
            else:
                line.photos.append(
                    {"src": address(attachment, "thumb"), "href": address(attachment, "small"), "alt": _("照片")}
                )
        lines.append(line)
    return lines


def _when(entry: AuditEntry, now: datetime) -> str:
    """When it was done; and when it came in, if that was later."""
    received = parse_datetime(entry.data.get("received") or "")
    if received is None or received == entry.at:
        return moment(entry.at, now)
    return _("%(when)s，%(received)s 送到") % {"when": moment(entry.at, now), "received": moment(received, now)}


def party(role: str) -> str:
    if role in RESIDENTS or role not in POSTS:
        return ""
    return PARTY_OF_BODY[sorted(POSTS[Role(role)])[0]]


def party_name(role: str) -> str:
    """The subdistrict approves what agencies are asked: it is named, though it sits among them."""
    return _("街道") if role == Role.SUBDISTRICT_OFFICER else str(PARTIES.get(party(role), ""))


def _own(entry: AuditEntry, reader: Reader) -> bool:
    return entry.role in RESIDENTS and entry.account_id is not None and entry.account_id == reader.account_id


def who(entry: AuditEntry, reader: Reader) -> str:
    if _own(entry, reader):
        return _("您")
    if entry.role in RESIDENTS:
        # To who reported it, everybody else who says something is a neighbour.
        another = entry.act == Act.ME_TOO or (reader.whole and not reader.worker and entry.account_id is not None)
        return _("邻居") if another else _("报告人")
    name = party_name(entry.role)
    if entry.data.get("assistance"):
        return _("%(party)s代办") % {"party": name}
    return name or (_("到时间自动") if entry.role == "clock" else "")


def sentence(entry: AuditEntry, reader: Reader) -> str:
    """One plain sentence for one entry; "" for what is not told."""
    own = _own(entry, reader)
    data = entry.data
    words = entry.words.strip()
    if not (own or reader.worker or reader.whole or entry.role not in RESIDENTS):
        words = public_words(words)
    name = who(entry, reader)
    act = entry.act
    if act == Act.RAISE:
        if own:
            return _("您说了这件事")
        return (
            _("%(who)s替人记下了这件事") % {"who": name}
            if name and entry.role not in RESIDENTS
            else _("有人说了这件事")
        )
    if act == Act.ACCEPT:
        return _("%(who)s收下了这件事") % {"who": name}
    if act == Act.DECLINE:
        return _with(_("没有受理：%(reason)s") % {"reason": DECLINE_REASONS.get(data.get("reason", ""), "")}, words)
    if act == Act.TRIAGE:
        given = {
            "category": category_name(data.get("category", ""), reader.own),
            "urgency": URGENCIES.get(data.get("urgency"), ""),
        }
        return _("%(who)s看过了，归到“%(category)s”，定为“%(urgency)s”") % {"who": name, **given}
    if act == Act.DISPATCH and data.get("order"):
        return _("%(who)s把这件事和别的一起，用订单第 %(order)s 号交给%(body)s") % {
            "who": name, "order": data["order"], "body": data.get("body_name", ""),
        }  # fmt: skip
    if act == Act.GATHER:
        return _("%(who)s把这件事记进了订单第 %(order)s 号，编号和时限照旧") % {
            "who": name,
            "order": data.get("order", ""),
        }
    if act == Act.UNGATHER:
        return _("从订单第 %(order)s 号里拿出来，单独办") % {"order": data.get("order", "")}
    if act == Act.ALLOT:
        until = parse_datetime(data.get("due_at", "") or "")
        given = {"who": name, "day": day(until, entry.at) if until else ""}
        return _with(_("%(who)s分好了工，%(day)s前办") % given, words)
    if act == Act.BACK:
        return _("%(who)s验收，说还差：%(words)s") % {"who": name, "words": words}
    if act == Act.PASS:
        return _with(_("%(who)s验收过了") % {"who": name}, words)
    if act == Act.NOT_MINE:
        return _with(_("您说办的不是您说的那件") if own else _("报告人说办的不是那件"), words)
    if act == Act.DISPATCH:
        return _("%(who)s把这件事派给%(body)s") % {"who": name, "body": data.get("body_name", "")}
    if act == Act.HAND_ON:
        return _("%(from)s不在这里服务了，转给%(body)s接着办") % {
            "from": data.get("from_name") or ROLES.get(data.get("from_role", ""), ""), "body": data.get("body_name", ""),
        }  # fmt: skip
    if act == Act.RETURN:
        return _("%(body)s说该由别人办：%(words)s") % {"body": data.get("refused_by", name), "words": words}
    if act == Act.RECALL:
        return _with(_("%(who)s收回了，重新安排由谁办") % {"who": name}, words)
    if act == Act.TAKE:
        contact = CONTACTS.get(data.get("contact", ""), "")
        return _with(contact, words) if contact else words or _("%(who)s接手了") % {"who": name}
    if act == Act.ARRIVE:
        return words or _("%(who)s到场了") % {"who": name}
    if act == Act.MEET:
        return _("%(who)s请大家碰了头：%(words)s") % {"who": name, "words": words}
    if act == Act.PROPOSE:
        return _("%(who)s拿出了方案：%(words)s") % {"who": name, "words": words}
    if act == Act.MAKE_SAFE:
        return with_rest(words or _("危险先控制住了"), entry)
    if act == Act.SUSPEND:
        until = parse_datetime(data.get("review_at", "") or "")
        given = {"reason": PAUSE_REASONS.get(data.get("reason", ""), ""), "day": day(until, entry.at) if until else ""}
        return _with(_("%(reason)s，时钟停了，%(day)s再看") % given, words)
    if act == Act.RESUME:
        return _with(_("接着办了，时钟又走了"), words)
    if act == Act.ESCALATE:
        return _with(_("升到%(level)s办") % {"level": level_names(reader.levels).get(data.get("level", ""), "")}, words)
    if act == Act.EXTEND:
        until = parse_datetime(data.get("until", "") or "")
        return _with(_("延到%(day)s") % {"day": day(until, entry.at) if until else ""}, words)
    if act == Act.RESOLVE:
        told = {
            "fixed": _("%(who)s说办好了"),
            "explained": _("%(who)s作了说明"),
            "legal_bar": _("%(who)s说明了法律为什么不允许"),
            "not_ours": _("%(who)s说明了这件事不归小区管"),
        }
        return _with(told.get(data.get("outcome", "fixed"), told["fixed"]) % {"who": name}, words)
    if act == Act.CONFIRM:
        return _("您说修好了") if own else _("报告人说修好了")
    if act == Act.VISIT:
        return _visit(data, words if reader.worker else "")
    if act == Act.CLOSE:
        return _("没有人回话，先归档") if data.get("outcome") == "not_confirmed" else _with(_("办结归档"), words)
    if act == Act.REOPEN:
        if entry.role in RESIDENTS:
            return _with(_("您说还没修好") if own else _("报告人说还没修好"), words)
        return _with(_("%(who)s看过，重新办") % {"who": name}, words)
    if act == Act.NOTE:
        return words
    if act == Act.EXPLAIN:
        return _("跟来电人说了：%(words)s") % {"words": words} if reader.worker else ""
    if act == Act.SENT_BACK:
        said = _("12345 说要办，重新看") if data.get("to") == State.SUBMITTED else _("12345 说没办好，重新办")
        return _with(said, words if reader.worker else "")
    if act == Act.INTERNAL_NOTE:
        if not reader.worker:
            return ""
        return _late(data, words) if "meant" in data else _("内部：%(words)s") % {"words": words}
    if act in {Act.ASK, Act.ANSWER} and not (own or reader.worker or reader.whole or entry.words == reader.question):
        return ""
    if act == Act.ASK:
        return _("%(who)s问：%(words)s") % {"who": name, "words": words}
    if act == Act.ANSWER:
        return _("%(who)s答：%(words)s") % {"who": name, "words": words}
    if act == Act.URGE:
        return _with(_("您催了一次") if own else _("有人催了一次"), words)
    if act == Act.ME_TOO:
        return _("您也说了这件事") if own else _("一位邻居也说了这件事")
    if act == Act.MERGE:
        return _merge(data)
    if act == Act.UNMERGE:
        return _with(_unmerge(data), words)
    if act == Act.RATE:
        return (
            _("您说这次办得：%(rating)s") % {"rating": RATINGS.get(data.get("rating", ""), "")}
            if own
            else _("报告人说这次办得：%(rating)s") % {"rating": RATINGS.get(data.get("rating", ""), "")}
        )
    if act == Act.LEAVE:
        return _with(_("报告人退出了，别人还在等，接着办"), words)
    if act == Act.WITHDRAW:
        return _with(_("您撤回了这件事") if own else _("报告人撤回了这件事"), words)
    if act == Act.CORRECT_CATEGORY:
        return _("类别改成“%(category)s”") % {"category": category_name(data.get("category", ""), reader.own)}
    if act == Act.HIDE_PHOTO:
        return _("有一张照片不再显示")
    if act == Act.PUBLIC_TITLE:
        put = data.get("public_title", "")
        return _("公开时写成：%(words)s") % {"words": put} if put else _("公开时只写类别")
    if act == Act.WHISTLE:
        return whistle_told(data)
    if act == Act.BREACH:
        clock = clock_words(data.get("clock", "") or data.get("kind", ""), data.get("urgency", ""))
        return _("过了答应的时间，还没%(clock)s") % {"clock": clock} if clock else _("过了答应的时间")
    if act == FORGET:
        return _("保存的年限到了，姓名、电话、房号和录音都去掉了")
    if act == Act.LIST:
        return _("上了三方联席会的清单")
    if act == Act.SUPERVISE:
        return _("%(who)s督办：%(words)s") % {"who": name, "words": words}
    return beside(entry, name, own=own)


def _late(data: dict, words: str) -> str:
    said = [ENDINGS.get(data.get("outcome", ""), ""), words]
    if data.get("cost"):
        payer = data.get("paid_by", "")
        said.append(_("花了 %(cost)s 元，%(payer)s") % {"cost": data["cost"], "payer": PAYERS.get(payer, payer)})
    told = _("内部：没有信号时记的“%(step)s”没赶上") % {"step": STEPS.get(data["meant"], "")}
    return _with(told, "，".join(filter(None, said)))


def _with(told: str, words: str) -> str:
    return _("%(told)s：%(words)s") % {"told": told, "words": words} if words else told


def _merge(data: dict) -> str:
    if data.get("joined_number"):
        return _("第 %(number)s 号说的也是这件事，并进来了") % {"number": f"{data['joined_number']:04d}"}
    return _("和第 %(number)s 号是同一件事，并在一起办") % {"number": f"{data.get('target_number', 0):04d}"}


def _unmerge(data: dict) -> str:
    if data.get("parted_number"):
        return _("第 %(number)s 号不是同一件事，又单独办了") % {"number": f"{data['parted_number']:04d}"}
    return _("又单独办了")


def _visit(data: dict, words: str) -> str:
    if not data.get("contacted"):
        return _("回访了，没联系上")
    given = {"solved": SOLVED.get(data.get("solved", ""), ""), "satisfied": RATINGS.get(data.get("satisfied", ""), "")}
    return _with(_("回访过了：%(solved)s，%(satisfied)s") % given, words)

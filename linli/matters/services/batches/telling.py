"""What the homes of a batch case hear: what is missing, whose turn it is, what to bring. Owners and their family alone."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from linli.kernel.refusal import Refusal, Refused
from linli.notices.services import To, queue
from linli.plumbing.acts import Actor, done_before, record
from linli.plumbing.whole import one_act

from ...models import Batch, BatchHome
from ...queries import batches as reads
from ...queries import tenure
from ...rules.batches import AT_AGENCY, REASON_LABELS, STATES, HomeState, Paper
from .base import SUBJECT, locked, must, must_be_open

WORDS_MOST = 200
TOLD_APART = frozenset({HomeState.CERTIFIED, HomeState.BLOCKED})


@dataclass(frozen=True)
class Reach:
    """How many homes a message reaches by the app, by a text, and not at all."""

    app: int
    text: int
    nobody: int

    @property
    def reached(self) -> int:
        return self.app + self.text


def tell_homes(batch: Batch, rows: Sequence[BatchHome], *, moved: Collection[UUID], key: str, at: datetime) -> None:
    """Those bound to each home. An owner without an account hears by a text, or by somebody who goes there, that the certificate
    is there or that it is stuck, where the home was known before and `moved`; of the rest when the desk tells all of a kind."""
    accounts = tenure.accounts_of(batch.compound_id, [row.home_id for row in rows])
    apart = [
        row.home_id
        for row in rows
        if row.home_id in moved and row.state in TOLD_APART and not accounts.get(row.home_id)
    ]
    owners = tenure.owner_of(batch.compound_id, apart)
    wanted = [row for row in rows if accounts.get(row.home_id) or row.home_id in owners]
    labels = tenure.labels_of(batch.compound_id, [row.home_id for row in wanted])
    for row in wanted:
        title, body = sentence(batch, row, labels[row.home_id])
        to = [To(account) for account in accounts.get(row.home_id, ())]
        if not to:
            person, phone = owners[row.home_id]
            to = [To(person_id=person, phone=phone)]
        _queue(batch, to, title, body, f"{key}:{row.home_id}", at)


def _queue(batch: Batch, to: Iterable[To], title: str, body: str, key: str, at: datetime) -> None:
    queue(
        compound_id=batch.compound_id, to=to, kind="batch", title=title, body=body, subject_kind=SUBJECT, subject_id=batch.pk,
        number=batch.number, key=key, at=at,
    )  # fmt: skip


def sentence(batch: Batch, row: BatchHome, label: str) -> tuple[str, str]:
    """Title and words of the message to one home, in plain Chinese."""
    papers = reads.papers_of(batch)
    lacking = [p for p in papers if f"|{p.key}|" in row.lacks]
    state = HomeState(row.state)
    if state == HomeState.CERTIFIED:
        return f"{label}的证办好了", "带上身份证去领，领的时间和地方看专项页面。"
    if state == HomeState.BLOCKED:
        why = REASON_LABELS.get(row.reason, "")
        return f"{label}办证卡住了：{why}", row.reason_words if row.reason_words != why else ""
    if state in AT_AGENCY or state == HomeState.READY:
        return f"{label}办证：{STATES[state]}", "现在不用您跑，有消息就告诉您。"
    return f"{label}办证还缺：{'、'.join(p.label for p in lacking)}", bring(lacking, batch.bring_to)


def bring(lacking: Sequence[Paper], where: str) -> str:
    """What to bring, and what somebody else gets for them."""
    own = [p for p in lacking if p.giver == "owner"]
    parts = [f"{p.label}：{p.where}" if p.where else p.label for p in own]
    if own and where:
        parts.append(f"交到{where}")
    others = [p.label for p in lacking if p.giver != "owner"]
    if others:
        parts.append(f"{'、'.join(others)}不用您跑")
    return "；".join(parts) + "。" if parts else ""


@one_act()
def tell_missing(
    *, by: Actor, batch: Batch, papers: Sequence[str], words: str = "", at: datetime, once: UUID | None = None
) -> Reach:  # fmt: skip
    """All homes that miss one of these papers, each told once of all that it misses of them: in the app, else by a text to an
    owner; the others are on the paper list. Raises Refused."""
    must(by, batch)
    batch = locked(batch)
    must_be_open(batch)
    found = [p for p in reads.papers_of(batch) if p.key in papers]
    if not found:
        raise Refused(Refusal("no_paper", "选一样材料"), "papers")
    rows = reads.missing_rows(batch, *(p.key for p in found))
    ways = tenure.ways_to(batch.compound_id, [row.home_id for row in rows])
    reach = reach_of([ways.get(row.home_id, ([], [])) for row in rows])
    if done_before(batch.compound_id, once):
        return reach
    if not rows:
        raise Refused(Refusal("nobody_misses", "没有哪一户缺这样材料"), "papers")
    entry = record(
        by=by, act="tell_missing", subject_kind=SUBJECT, subject_id=batch.pk, at=at, compound_id=batch.compound_id, words=words.strip()[:WORDS_MOST],
        data={"papers": [p.key for p in found], "app": reach.app, "text": reach.text, "nobody": reach.nobody}, once=once,
    )  # fmt: skip
    labels = tenure.labels_of(batch.compound_id, [row.home_id for row in rows])
    for row in rows:
        accounts, phones = ways.get(row.home_id, ([], []))
        to = [To(account) for account in accounts] or [To(person_id=p, phone=n) for p, n in phones[:1]]
        if to:
            lacking = [p for p in found if f"|{p.key}|" in row.lacks]
            body = " ".join(filter(None, (words.strip()[:WORDS_MOST], bring(lacking, batch.bring_to))))
            title = f"{labels[row.home_id]}办证还缺{'、'.join(p.label for p in lacking)}"
            _queue(batch, to, title, body, f"{entry.pk}:{row.home_id}", at)
    return reach


def reach_of(ways: Iterable[tuple[list[UUID], list[tuple[UUID, str]]]]) -> Reach:
    counts: dict[str, int] = defaultdict(int)
    for accounts, phones in ways:
        counts["app" if accounts else "text" if phones else "nobody"] += 1
    return Reach(counts["app"], counts["text"], counts["nobody"])

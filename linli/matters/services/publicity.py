"""How a matter reads where everybody may read it: as the desk put it, without anybody's name (traps 13)."""

from datetime import datetime
from uuid import UUID

from linli.kernel.refusal import Refusal, Refused
from linli.people.queries import named_in
from linli.plumbing.acts import Actor
from linli.plumbing.whole import one_act

from ..models import Matter
from ..rules.publicity import TITLE_MOST, public_words, without
from ..rules.states import Act
from .steps import Step, begin, finish


def nameless(compound_id: UUID, words: str, *known: str) -> str:
    """Without numbers, rooms, and the names that the register or whoever asks knows."""
    shown = public_words(words)
    return without(shown, named_in(compound_id, shown) | {name for name in known if name})


def first_title(compound_id: UUID, title: str, reporter_name: str) -> str:
    """What neighbours read until the desk puts it."""
    return nameless(compound_id, title, reporter_name)[:TITLE_MOST]


@one_act()
def name_in_public(*, by: Actor, matter: Matter, words: str, at: datetime, once: UUID | None = None) -> Matter:
    """What everybody reads from now on, in any state; blank: its kind alone. What stood there before stays in its entry.
    Raises Refused."""
    step = begin(matter, by=by, act=Act.PUBLIC_TITLE, at=at, words=words.strip(), once=once)
    if not step.done_before:
        say_in_public(step, words)
        finish(step)
    return step.matter


def say_in_public(step: Step, words: str) -> None:
    m, said = step.matter, " ".join(words.split())[:TITLE_MOST]
    step.data["public_title"] = said
    if not said:
        m.public_title, m.titled_at = first_title(m.compound_id, m.title, m.reporter_name), None
        return
    fit = nameless(m.compound_id, said, m.reporter_name)
    if fit != said:
        no = Refusal("not_public", "公开的话里不写人名、门牌和电话，比如写：%(fit)s", values={"fit": fit})
        raise Refused(no, field="public_title" if step.act == Act.TRIAGE else "words")
    m.public_title, m.titled_at = said, step.at

"""Who comes in the place of an officer once the box is open (domain §3.9)."""

from linli.kernel.refusal import Refusal

from .sessions import Office, State

SCHEME = "本次会议公告的计票办法"


def refuse_replacing(*, state: State, office: Office, left: bool) -> Refusal | None:
    if left:
        return Refusal("left", "已经换下了")
    if state == State.COUNTED and office != Office.CHAIR:
        return Refusal("signed", "结果签过字了，只能换会议主持人；要换别人，先重新计票", SCHEME)
    return None


def may_agree_replacement(
    *, state: State, office: Office, left: bool, scrutineer: bool, community: bool, involved: bool
) -> Refusal | None:
    """A scrutineer, or the community where all scrutineers go (`community`); never who asked for it, goes or comes (`involved`)."""
    if no := refuse_replacing(state=state, office=office, left=left):
        return no
    if not scrutineer and not community:
        return Refusal("scrutineer", "还有监票人在，由监票人同意", SCHEME)
    return Refusal("the_other", "要另一位监票人同意", SCHEME) if involved else None

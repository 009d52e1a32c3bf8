"""The compound's own categories: the usual ones renamed, hidden, added to (domain §4.2)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from linli.kernel.refusal import Refusal, Refused
from linli.people.rules import Act as Right
from linli.people.rules import may
from linli.places.models import Compound
from linli.places.services import change_compound
from linli.plumbing.acts import Actor, record
from linli.plumbing.whole import one_act

from ..rules import categories
from ..rules.categories import KEY, NAME_MOST, OWN_FROM, USUAL

CHANGE = "change_categories"
LAST = 99


@one_act()
def change_categories(
    *, by: Actor, compound: Compound, top: str, names: Mapping[str, str], hidden: Sequence[str], added: Sequence[str] = (), at: datetime
) -> Compound:  # fmt: skip
    """Everything under one top, and the top itself: its names (empty: the usual one), what is hidden, what is new.

    Nothing is taken away: what a matter may have keeps its code and its name. Raises Refused.
    """
    if by.compound_id != compound.pk or not may(by.role, Right.CREATE_COMPOUND):
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    if top not in USUAL.tops:
        raise Refused(Refusal("unknown_category", "没有这个类别，请重新选"))
    locked = Compound.objects.select_for_update().get(pk=compound.pk)
    own, kept = categories.of(locked.settings), locked.settings.get(KEY, {})
    here = [top, *(c.code for c in own.under(top))]
    wanted = {code: names.get(code, "").strip() for code in here}
    fresh = _numbered(top, own, [name.strip() for name in added if name.strip()])
    now = {code: wanted[code] or USUAL.label(code) or own.label(code) for code in here} | fresh
    _sound(top, now)
    there = {code: name for code, name in kept.get("added", {}).items() if code not in here}
    value = {
        "names": {code: name for code, name in kept.get("names", {}).items() if code not in here}
        | {code: now[code] for code in here if code in USUAL.tops or code in USUAL.subs if now[code] != USUAL.label(code)},
        "added": there | {code: name for code, name in now.items() if code not in USUAL.tops and code not in USUAL.subs},
        "hidden": sorted({code for code in kept.get("hidden", []) if code not in here} | (set(hidden) & set(here))),
    }  # fmt: skip
    done = change_compound(by=by, compound=locked, at=at, settings={KEY: value})
    record(
        by=by, act=CHANGE, subject_kind="compound", subject_id=compound.pk, at=at, compound_id=compound.pk,
        data={"top": top, "names": now, "hidden": sorted(set(hidden) & set(here))},
    )  # fmt: skip
    return done


def _numbered(top: str, own: categories.Catalogue, names: Sequence[str]) -> dict[str, str]:
    last = max([OWN_FROM - 1, *(int(c.code[2:]) for c in own.under(top))])
    if last + len(names) > LAST:
        raise Refused(Refusal("too_many_categories", "这一类下面放不下了，先把不用的改个名字"))
    return {f"{top}{last + i:02d}": name for i, name in enumerate(names, 1)}


def _sound(top: str, names: Mapping[str, str]) -> None:
    for code, name in names.items():
        if len(name) > NAME_MOST:
            many = {"limit_value": NAME_MOST, "show_value": len(name)}
            sentence = "最多写 %(limit_value)s 个字，现在有 %(show_value)s 个字"
            raise Refused(Refusal("too_long", sentence, values=many), field=f"name_{code}")
    seen: dict[str, str] = {}
    for code, name in names.items():
        if code != top and name in seen:
            raise Refused(Refusal("same_name", "这一类下面已经有这个名字"), field=f"name_{code}")
        seen[name] = code

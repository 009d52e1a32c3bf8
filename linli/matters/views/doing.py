"""One row of the table of acts: which form asks for it, which service does it, which words stand around it."""

from collections.abc import Callable
from dataclasses import dataclass
from inspect import signature
from typing import Any

from linli.kernel.refusal import Refusal
from linli.plumbing.acts import Actor

from ..forms.base import MatterForm
from ..models import Matter
from ..queries.card import handed_to
from ..words import TO_YOU


def hand(verb: Callable[..., Matter], *names: str, **renamed: str) -> Callable[..., Matter]:
    """A `run` that hands these of the form's values to the service, as they are named there: `target="into"` where not.

    A name that the service does not know fails here, not at the first press of the button.
    """
    fields = {name: name for name in names} | renamed
    signature(verb).bind(by=None, matter=None, at=None, once=None, **fields)

    def run(*, data: dict[str, Any], **who: Any) -> Matter:
        return verb(**who, **{name: data[field] for name, field in fields.items()})

    return run


@dataclass(frozen=True)
class Doing:
    """An act with one matter, as people meet it.

    `run(by=, matter=, at=, once=, data=)` makes the one service call; `data` is the form's cleaned values.
    `label` stands on the button that opens it, `title` and `note` above the form (both may say %(party)s, the party in
    turn), `submit` on the button that does it, `said` afterwards (it may say %(handler)s). `judges`: the answer judges somebody, so its button is
    never the red one. `sheet` False: always a page of its own (long forms). `refuses(matter, by)` for an act that is none of
    rules.states: what lies beside a matter has its own table. `field`: may be done without a signal and sent later.
    """

    form: Callable[..., MatterForm]
    run: Callable[..., Matter]
    label: Any
    title: Any = ""
    note: Any = ""
    submit: Any = ""
    quit: Any = ""
    said: Any = ""
    judges: bool = False
    sheet: bool = True
    template: str = "matters/act.html"
    refuses: Callable[[Matter, Actor], Refusal | None] | None = None
    field: bool = False

    def words(self, matter: Matter) -> dict[str, str]:
        party = {"party": TO_YOU.get(matter.turn, "")}
        return {
            "label": str(self.label),
            "title": str(self.title or self.label) % party,
            "note": str(self.note) % party,
            "submit": str(self.submit or self.label),
            "quit": str(self.quit),
        }

    def after(self, matter: Matter) -> str:
        """What is said once it is done; whoever it was given to is looked up only where that is said."""
        said = str(self.said)
        given = {"party": TO_YOU.get(matter.turn, "")}
        return said % (given | {"handler": handed_to(matter)} if "%(handler)s" in said else given)

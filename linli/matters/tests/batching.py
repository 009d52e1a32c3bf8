"""A batch case as its tests have it: opened, its lists, its homes."""

from datetime import date

from linli.matters.queries import batches as reads
from linli.matters.queries.batches import counting
from linli.matters.rules.batches import USUAL_PAPERS, USUAL_PATH, HomeState, Step
from linli.matters.services import batches
from linli.matters.tests import makers
from linli.notices.models import Message
from linli.people.models import Binding, Ownership, Person

NOW = makers.NOW
S = HomeState
HEAD = "楼栋,单元,房号,业主,电话,合同号,契税,缺少资料,当前环节,办结日期,证号,备注\n"
GOOD = HEAD + (
    "7,1,301,张某,13800000001,HT-1,,,已发证,2025.11.3,湘001,\n"
    "7,2,301,李某,13800000002,HT-2,未交,,缺资料,,,\n"
    "8,1,301,王某,13800000003,HT-3,,契税、测绘,,,,已打电话\n"
    "8,2,301,陈某,13800000004,HT-4,,,受阻：土地手续没办,,,\n"
)


def opened(place, by, **more):
    more = {
        "title": "补办不动产权证",
        "path": USUAL_PATH,
        "papers": USUAL_PAPERS,
        "bring_to": "物业前台",
        "at": NOW,
        **more,
    }
    return batches.open_batch(by=by, compound=place.compound, **more)


def rows(batch):
    found = reads.homes_in(batch).order_by("sort")
    return {row.home.label: row for row in found.select_related("home")}


def load(batch, by, text=GOOD, name="办证台账.csv", **more):
    return batches.check_import(by=by, batch=batch, filename=name, data=text.encode(), at=NOW, **more)


def taken(batch, by, text=GOOD):
    return batches.apply_import(by=by, batch=batch, roster=load(batch, by, text), at=NOW)


def agree(batch):
    """The kept counts are what counting would give."""
    from linli.plumbing.counters import kept

    prefix = f"batch:{batch.number}:"
    found = {name.removeprefix(prefix): n for name, n in kept(batch.compound_id, prefix).items() if n}
    assert found == counting.recount(batch)


def step(batch, by, label, what, **given):
    homes = [rows(batch)[name].home_id for name in ([label] if isinstance(label, str) else label)]
    return batches.take_step(by=by, batch=batch, homes=homes, step=Step(what), at=given.pop("at", NOW), **given)


def heard(actor):
    return list(Message.objects.filter(account_id=actor.account_id).order_by("id").values_list("title", "body"))


def own(place, home, name, phone):
    person = Person.objects.create(compound=place.compound, name=name, phone=phone)
    Ownership.objects.create(compound=place.compound, home=home, person=person)


def stepped(batch, by, home, *steps, **more):
    for one in steps:
        batches.take_step(by=by, batch=batch, homes=[home.pk], step=one, at=NOW, **more)


def sold(place, home, old, day=date(2026, 3, 1)):
    """The register says that who was bound here owns it no more, and who does now."""
    person = Binding.objects.get(account_id=old.account_id).person
    Ownership.objects.create(compound=place.compound, home=home, person=person, to_day=day)
    new = Person.objects.create(compound=place.compound, name="新主", phone="13799990000")
    Ownership.objects.create(compound=place.compound, home=home, person=new, from_day=day)

"""The chain over the log of acts: what was changed, removed or slipped in is found."""

import time
from argparse import Namespace

import pytest
from django.db.models import QuerySet
from django.utils import timezone

from linli.matters.tests import makers
from linli.plumbing.acts import Actor, record
from linli.plumbing.chain import SETTLED, check, seal
from linli.plumbing.models import AuditEntry, AuditSeal
from linli.plumbing.tenancy import uuid7
from linli.web.commands import audit

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return makers.compound()


def half_an_hour_later() -> int:
    """All that was written until now is sealed, nothing that is written from now on."""
    time.sleep(0.002)
    sealed = seal(timezone.now() + SETTLED)
    time.sleep(0.002)
    return sealed


def act(place, words="说了一句"):
    return record(
        by=Actor(role="owner"), act="note", subject_kind="matter", subject_id=uuid7(), at=makers.NOW, words=words,
        compound_id=place.compound.pk, data={"n": 1, "b": {"z": 1, "a": None}}, once=uuid7(),
    )  # fmt: skip


def raw(model, **where):
    """As somebody with the database: the guard of append-only rows is the programme's."""
    return QuerySet(model).filter(**where)


def faults(place, **more):
    return [(f.kind, f.what) for f in check(place.compound.pk, **more).faults]


def test_what_is_settled_is_sealed_once_per_compound_and_nothing_is_found(place):
    other = makers.compound("other")
    for where in (place, place, place, other):
        act(where)
    assert seal(timezone.now()) == 0  # still under way
    assert (half_an_hour_later(), half_an_hour_later()) == (4, 0)
    assert AuditSeal.objects.filter(compound=place.compound).count() == 1
    found = check(place.compound.pk)
    assert (found.entries, found.seals, found.faults) == (3, 1, [])
    act(place)
    half_an_hour_later()
    assert check(place.compound.pk, found.head).faults == []
    assert [s.position for s in AuditSeal.objects.filter(compound=place.compound).order_by("position")] == [1, 2]


def test_a_changed_a_removed_and_a_slipped_in_entry_are_named(place):
    changed, removed, _kept = act(place), act(place), act(place)
    early = uuid7()
    act(place)
    half_an_hour_later()
    raw(AuditEntry, pk=changed.pk).update(words="没说过")
    raw(AuditEntry, pk=removed.pk).delete()
    assert faults(place) == [("changed", str(changed.pk)), ("removed", str(removed.pk))]
    added = AuditEntry(id=early, compound_id=place.compound.pk, at=makers.NOW, act="note", subject_kind="matter", subject_id=uuid7())  # fmt: skip
    added.save(force_insert=True)
    half_an_hour_later()
    assert ("slipped in", str(early)) in faults(place)


@pytest.mark.parametrize("field", ["at", "act", "role", "account_id", "person_id", "data", "channel", "internal"])
def test_no_column_changes_unseen(place, field):
    row = act(place)
    half_an_hour_later()
    other = {"at": makers.at(2), "data": {"n": 2}, "internal": True, "account_id": uuid7(), "person_id": uuid7()}
    raw(AuditEntry, pk=row.pk).update(**{field: other.get(field, "x")})
    assert faults(place) == [("changed", str(row.pk))]


def test_a_seal_made_anew_breaks_the_chain_or_misses_the_noted_head(place):
    for _ in range(3):
        act(place)
        half_an_hour_later()
        head = check(place.compound.pk).head
    second = AuditSeal.objects.get(compound=place.compound, position=2)
    raw(AuditSeal, pk=second.pk).update(digest="0" * 64)
    assert faults(place) == [("broken", "2"), ("broken", "3")]
    raw(AuditSeal, pk=second.pk).delete()
    assert faults(place)[0] == ("broken", "3")
    raw(AuditSeal, compound=place.compound).delete()
    assert ("broken", head) in faults(place, head=head)
    assert len(faults(place)) == 3  # what the lost seals held counts as slipped in


def test_the_command_says_what_was_touched(place, capsys):
    row = act(place)
    half_an_hour_later()
    args = Namespace(compound=place.slug, head="")
    assert audit.run(args) == 0
    assert "1 entries, 1 seals, head " in capsys.readouterr().out
    raw(AuditEntry, pk=row.pk).delete()
    assert audit.run(args) == 1
    assert f"removed: {row.pk}" in capsys.readouterr().out
    assert audit.run(Namespace(compound="nowhere", head="")) == 2


def test_a_seal_is_never_edited(place):
    act(place)
    half_an_hour_later()
    row = AuditSeal.objects.get(compound=place.compound)
    with pytest.raises(TypeError):
        row.save()
    with pytest.raises(TypeError):
        AuditSeal.objects.filter(compound=place.compound).delete()

"""The photo of what proves a change of the register is known no more 30 days after it came (domain §6.4)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from linli.kernel.tests.refusing import refused
from linli.matters.tests import makers
from linli.people import services
from linli.people.models import Ownership, Person, RegisterChange
from linli.people.tasks import forget_evidence
from linli.plumbing import vault
from linli.plumbing.models import AuditEntry

from .test_register import photo

pytestmark = pytest.mark.django_db
NOW = makers.NOW


@pytest.fixture
def owners(place):
    found = [Person.objects.create(compound=place.compound, name=name) for name in ("王小明", "王小红")]
    for one in found:
        Ownership.objects.create(compound=place.compound, home=place.home, person=one)
    return found


def propose(by, place, person, at=NOW):
    return services.propose_guardian(
        by=by, home=place.home, person=person, kind="guardian", name="王大明", phone="", until=None, reason="看了户口本",
        paper=photo().read(), at=at,
    )  # fmt: skip


def later(days):
    return NOW + timedelta(days=days)


@pytest.mark.parametrize("confirmed", [True, False])
def test_evidence_goes_thirty_days_after_it_came_and_the_record_stays(place, clerk, second, owners, confirmed):
    change = propose(clerk, place, owners[0])
    page = place.client(second)
    paper = reverse("people:change-paper", args=[place.slug, change.pk])
    services.decide_change(by=second, change=change, confirmed=confirmed, at=NOW)
    assert forget_evidence(later(30) - timedelta(seconds=1)) == 0 and page.get(paper).status_code == 200
    assert [forget_evidence(later(30)), forget_evidence(later(30))] == [1, 0]
    kept = RegisterChange.objects.get(compound=place.compound)
    assert (kept.paper, kept.reason, vault.path(change.paper).exists()) == ("", "看了户口本", False)
    assert page.get(paper).status_code == 404
    entry = AuditEntry.objects.get(compound=place.compound, act="forget_evidence")
    assert (entry.subject_id, entry.role, entry.person_id) == (change.pk, "clock", owners[0].pk)


def test_a_photo_that_proves_another_change_too_keeps_its_time(place, clerk, second, owners):
    first, other = (propose(clerk, place, one) for one in owners)
    assert first.paper == other.paper
    RegisterChange.objects.filter(pk=other.pk).update(proposed_at=later(20))
    assert forget_evidence(later(30)) == 1 and vault.path(other.paper).exists()
    assert forget_evidence(later(50)) == 1 and not vault.path(other.paper).exists()


def test_a_look_at_a_forgotten_photo_is_refused_in_words(place, clerk, second, owners):
    change = propose(clerk, place, owners[0])
    services.decide_change(by=second, change=change, confirmed=True, at=NOW)
    forget_evidence(later(30))
    assert refused(services.show_paper, by=second, kept=change, reason="核对证明", at=later(31)) == "paper_lost"


def test_what_nobody_decided_while_its_photo_was_there_is_refused(place, clerk, second, owners):
    change = propose(clerk, place, owners[0])
    assert forget_evidence(later(30)) == 1
    change.refresh_from_db()
    assert (change.state, change.decided_by, change.paper) == ("refused", None, "") and "name" not in change.given
    assert refused(services.decide_change, by=second, change=change, confirmed=True, at=later(30)) == "decided"

"""What a visitor finds of the owners' votes: opinions where the official system votes, homes not handed over, scans, evidence."""

from datetime import datetime

import pytest

from linli.assembly.models import Evidence, Formation, Opinion, ScanSheet, Session
from linli.assembly.queries import opinions, register
from linli.assembly.rules.opinions import asks
from linli.kernel.clock import SHANGHAI
from linli.plumbing.tenancy import compound_scope
from linli.web.samples import assembly, hearing, papers, pmc, registers
from linli.web.samples import plan as plans

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=SHANGHAI)


@pytest.fixture
def town(settings, tmp_path, request):
    settings.MEDIA_ROOT = tmp_path
    one = next(one for one in plans.plan(NOW) if one.places.slug == request.param)
    made = registers.settle(one, 1, NOW)
    with compound_scope(made.compound.pk):
        yield made


@pytest.mark.parametrize("town", [assembly.DRAFTED_IN], indirect=True)
def test_owners_give_opinions_where_the_official_system_votes(town):
    assembly.meet(town)
    heard, drafted = Session.objects.filter(compound_id=town.compound.pk).order_by("number")
    assert (heard.state, drafted.state) == ("open", "drafting") and asks(heard.rules)
    rows = Opinion.objects.filter(compound_id=town.compound.pk, session=heard)
    assert rows.values("party").distinct().count() == hearing.SPEAKERS and rows.exclude(words="").exists()
    assert not opinions.figures(heard)
    assert register.undelivered(heard).count == hearing.LATE_HOMES and not register.unclear(heard).count


@pytest.mark.parametrize("town", [assembly.OPEN_IN], indirect=True)
def test_a_batch_was_scanned_and_one_sheet_waits_for_its_number(town):
    assembly.meet(town)
    found = list(ScanSheet.objects.filter(compound_id=town.compound.pk).order_by("place"))
    assert sum(row.received for row in found) == papers.BALLOTS  # each of two pages
    assert {row.became for row in found[:-1]} == {"filed", "again"} and found[-1].became == "unread"


@pytest.mark.parametrize("town", ["laoliangzhan"], indirect=True)
def test_what_was_seen_of_a_nominee_is_kept_as_a_file(town):
    pmc.form(town)
    formation = Formation.objects.get(compound_id=town.compound.pk)
    rows = Evidence.objects.filter(compound_id=town.compound.pk, nominee__formation=formation)
    assert rows.count() == 6 * len(pmc.PHOTOGRAPHED)

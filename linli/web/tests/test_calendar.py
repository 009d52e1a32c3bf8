"""The operator keeps the year's calendar, and hears when the next one is missing."""

from argparse import Namespace
from datetime import date

import pytest
import time_machine
from django.urls import reverse

from linli.kernel.clock import known_until
from linli.matters.tests import makers
from linli.people.models import Account
from linli.places.models import Community, Compound, Subdistrict
from linli.places.queries import calendar, kept_days, year_missing
from linli.places.services import change_compound, create_compound
from linli.plumbing.acts import Actor
from linli.plumbing.models import AuditEntry
from linli.web.commands import calendar as command

pytestmark = pytest.mark.django_db
NEXT = known_until().year + 1


def keep(path, text):
    path.write_text(text, encoding="utf-8")
    return command.run(Namespace(what="keep", file=str(path)))


def test_next_year_is_missing_from_november_until_it_is_kept(tmp_path, capsys):
    here, there = makers.compound("here"), makers.compound("there")
    assert year_missing(date(NEXT - 1, 10, 31)) is None
    assert year_missing(date(NEXT - 1, 11, 1)) == NEXT
    with time_machine.travel(makers.NOW.replace(year=NEXT - 1, month=11), tick=False):
        assert command.run(Namespace(what="check")) == 1
        assert str(NEXT) in capsys.readouterr().err
        operator = makers.account("运营", is_operator=True)
        browser = here.client()
        browser.force_login(operator)
        page = browser.get(reverse("places:operator")).content.decode()
        assert f"{NEXT} 年的放假和调休还没录入" in page
        assert keep(tmp_path / "days.csv", f"{NEXT}-01-04,rest\n{NEXT}-01-09,班\n") == 0
        assert "还没录入" not in browser.get(reverse("places:operator")).content.decode()
    for place in (here, there):
        days = calendar(Compound.objects.get(pk=place.compound.pk))
        assert (days.is_working_day(date(NEXT, 1, 4)), days.is_working_day(date(NEXT, 1, 9))) == (False, True)
        assert AuditEntry.objects.filter(compound=place.compound, channel="terminal").count() == 1
    made = created("new")
    assert not calendar(made).is_working_day(date(NEXT, 1, 4))
    assert Account.objects.filter(pk=operator.pk).exists()


@pytest.mark.parametrize("text", ["", "2027-13-01,rest\n", "2027-01-01,maybe\n", "2027-01-01\n"])
def test_a_wrong_file_says_which_line_and_changes_nothing(tmp_path, text, capsys):
    makers.compound()
    assert keep(tmp_path / "days.csv", text) == 2
    assert "days.csv" in capsys.readouterr().err
    assert kept_days() == {}


def created(slug):
    community = Community.objects.first() or Community.objects.create(
        subdistrict=Subdistrict.objects.create(name="临溪街道"), name="柳溪社区"
    )
    return create_compound(
        by=Actor(role="community_secretary"), community=community, slug=slug, name="新小区", at=makers.NOW
    )


def test_one_compounds_own_day_is_nobody_elses(tmp_path):
    own, day = created("own"), date(NEXT, 5, 5)
    change_compound(by=Actor(role="community_secretary"), compound=own, at=makers.NOW, settings={"days": {day.isoformat(): False}})  # fmt: skip
    assert year_missing(date(NEXT, 1, 1)) == NEXT
    assert created("later").settings == {}
    with time_machine.travel(makers.NOW, tick=False):
        assert keep(tmp_path / "days.csv", f"{day},班\n") == 0
    worked = {c.slug: calendar(c).is_working_day(day) for c in Compound.objects.all()}
    assert (year_missing(date(NEXT, 1, 1)), worked) == (None, {"own": False, "later": True})


def test_days_kept_before_the_first_compound_count_in_it(tmp_path):
    with time_machine.travel(makers.NOW, tick=False):
        assert keep(tmp_path / "days.csv", f"{NEXT}-01-04,rest\n") == 0
    assert not calendar(created("first")).is_working_day(date(NEXT, 1, 4))

"""The second sample compound's contract, standards and the choosing of another company, on its registers alone."""

from datetime import datetime

import pytest

from linli.assembly.queries import selections as queries
from linli.councils.models import Standard, StandardCheck
from linli.kernel.clock import SHANGHAI
from linli.matters.models import Matter
from linli.plumbing.tenancy import compound_scope
from linli.web.samples import companies, registers
from linli.web.samples import plan as plans

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=SHANGHAI)


@pytest.mark.django_db
def test_companies_stand_where_a_visitor_sees_what_is_done_next(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    one = next(one for one in plans.plan(NOW) if one.places.slug == companies.CHOSEN_IN)
    town = registers.settle(one, 1, NOW)
    with compound_scope(town.compound.pk):
        companies.serve(town)
        here = {"compound_id": town.compound.pk}
        (contract,), (chosen,) = queries.contracts(town.compound.pk), queries.selections(town.compound.pk)
        assert chosen.ends_on == contract.ends_on > NOW.date()
        assert [bid.price_fen for bid in queries.bids(chosen)] == [
            price for _company, price, _promise in companies.BIDDERS
        ]
        assert len(queries.last_scores(chosen)) == 4 and len(queries.scorers(chosen)) == 3
        assert Standard.objects.filter(published_at__isnull=False, **here).count() == len(companies.STANDARDS)
        failed = StandardCheck.objects.get(holds=False, **here)
        assert failed.matter == Matter.objects.get(**here)

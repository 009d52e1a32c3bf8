"""A small furnished compound: a matter in every state, people in every part, as on Tuesday 24 March 2026 at ten."""

from bodies import furnish_elections, furnish_meetings, furnish_postings, furnish_talks
from companies import furnish_companies
from ground import Village, furnish_homes, furnish_people
from lists import furnish_asked, furnish_batch, furnish_exports, furnish_registers
from neighbours import furnish_calls, furnish_representatives
from street import furnish_matters, furnish_ordered
from votes import furnish_counts, furnish_opinions, furnish_sessions, furnish_voting
from works import (
    furnish_decorations,
    furnish_gated,
    furnish_help,
    furnish_hotline,
    furnish_lacking,
    furnish_rapid,
    furnish_whistle,
)

from linli.matters import tasks
from linli.matters.tests.makers import NOW, compound
from linli.plumbing.tenancy import compound_scope


def furnish(slug: str = "liuxi") -> Village:
    place = compound(slug)
    village = Village(place)
    with compound_scope(place.compound.pk):
        furnish_homes(village)
        furnish_people(village)
        furnish_matters(village)
        furnish_asked(village)
        furnish_ordered(village)
        furnish_registers(village)
        furnish_whistle(village)
        furnish_help(village)
        furnish_decorations(village)
        furnish_hotline(village)
        furnish_batch(village)
        furnish_exports(village)
        furnish_rapid(village)
        furnish_gated(village)
        furnish_lacking(village)
        furnish_calls(village)
        furnish_representatives(village)
        furnish_postings(village)
        furnish_talks(village)
        furnish_sessions(village)
        furnish_voting(village)
        furnish_counts(village)
        furnish_elections(village)
        furnish_meetings(village)
        furnish_companies(village)
        furnish_opinions(village)
        tasks.run_clocks(NOW)
        tasks.run_whistles(NOW)
    return village

"""A year in the three sample compounds, planned: who lives there, what they said, and every step to the end of it. Pure and
deterministic."""

from datetime import datetime
from random import Random

from linli.web.samples.names import Names
from linli.web.samples.places import MODELS, places

from .steps import CompoundPlan
from .year import Year


def plan(now: datetime, seed: int = 7) -> list[CompoundPlan]:
    """The three compounds and their year up to `now`, which must know its time zone."""
    now = now.replace(microsecond=0)
    names = Names(Random(seed))
    return [Year(places(model, now, seed, names), now, Random(f"{model.slug}-year-{seed}")).take() for model in MODELS]

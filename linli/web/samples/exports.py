"""Who wants the list of the batch case with its numbers: one was not granted, one waits for a second yes."""

from datetime import timedelta

from linli.matters.models import Batch
from linli.matters.services.batches import KIND
from linli.people import services
from linli.people.models import ExportRequest

from .registers import Town

LAST = timedelta(days=12)
NOW = timedelta(hours=3)


def fill(town: Town, batch: Batch | None) -> None:
    """Where there is a case; by the front desk, to the community."""
    if batch is None:
        return
    early = _ask(town, batch, {}, "给每家发一遍办证进度", LAST)
    services.decide_export(
        by=town.as_post("community_secretary-1"), request=early, yes=False, words="进度页上都有，发通知就行，用不着电话", at=town.now - LAST + NOW
    )  # fmt: skip
    waits = _ask(town, batch, {"lacks": "deed_tax"}, "契税没交的户挨家打电话，约一起去税务局的日子", NOW)
    services.decide_export(
        by=town.as_post("community_secretary-1"), request=waits, yes=True, words="用完就删", at=town.now - NOW / 2
    )


def _ask(town: Town, batch: Batch, part: dict[str, str], purpose: str, ago: timedelta) -> ExportRequest:
    at = town.now - ago
    return services.ask_export(
        by=town.as_post("front_desk-1"), compound=town.compound, kind=KIND, params={"number": str(batch.number), **part},
        purpose=purpose, needed_by=at.date() + timedelta(days=4), at=at,
    )  # fmt: skip

"""The only getter of a compound by its address."""

from uuid import UUID

from linli.plumbing.prepared import Prepared

from .models import Community, Compound, Subdistrict

_compound = Prepared(lambda slug: Compound.objects.select_related("community__subdistrict").filter(slug=slug))


def compound_by_slug(slug: str) -> Compound | None:
    return _compound.first(slug=slug)


def community_by_id(pk: UUID) -> Community | None:
    return Community.objects.select_related("subdistrict").filter(pk=pk).first()


def subdistrict_by_id(pk: UUID) -> Subdistrict | None:
    return Subdistrict.objects.filter(pk=pk).first()

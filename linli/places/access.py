"""The only getter of a compound by its address."""

from .models import Compound


def compound_by_slug(slug: str) -> Compound | None:
    return Compound.objects.select_related("community__subdistrict").filter(slug=slug).first()

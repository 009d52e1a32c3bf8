"""The list of agencies that a community or a subdistrict keeps: which of the catalogue, and whom to call there."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from linli.kernel.agencies import AGENCIES
from linli.kernel.refusal import Refusal, Refused
from linli.people.models import Organisation
from linli.people.rules import Body, Role, may_keep_agencies
from linli.places.models import Compound
from linli.plumbing.acts import Actor, record


@transaction.atomic
def keep_agency(
    *, by: Actor, compound: Compound, catalogue: str, name: str, liaison: str, liaison_phone: str, at: datetime,
    agency: Organisation | None = None,
) -> Organisation:  # fmt: skip
    """Of the whole subdistrict if its officer keeps it, else of the community; `agency` where one of the list changes."""
    if not may_keep_agencies(by.role):
        raise Refused(Refusal("not_yours", _("部门名册由社区和街道管")))
    if catalogue not in AGENCIES:
        raise Refused(Refusal("catalogue", _("请选是哪个部门")), "catalogue")
    name = name.strip()[:80] or AGENCIES[catalogue].zh
    where = _where(by, compound)
    same = Organisation.objects.filter(kind=Body.AGENCY, name=name, ended_on=None, **where)
    if (same.exclude(pk=agency.pk) if agency else same).exists():
        raise Refused(Refusal("agency_there", _("名册里已经有它了")), "name")
    agency = agency or Organisation(kind=Body.AGENCY, **where)
    agency.catalogue, agency.name, agency.liaison, agency.liaison_phone = (
        catalogue,
        name,
        liaison.strip()[:40],
        liaison_phone,
    )
    agency.save()
    record(
        by=by, act="keep_agency", subject_kind="organisation", subject_id=agency.pk, at=at, compound_id=compound.pk,
        data={"catalogue": catalogue},
    )  # fmt: skip
    return agency


def _where(by: Actor, compound: Compound) -> dict:
    if by.role == Role.SUBDISTRICT_OFFICER:
        return {"subdistrict_id": compound.community.subdistrict_id, "community": None, "compound": None}
    return {"community_id": compound.community_id, "subdistrict": None, "compound": None}

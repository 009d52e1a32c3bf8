"""The photo of a mailbox is evidence: shown to who carries or watches the delivery, each showing on record, and to nobody else."""

from io import BytesIO

import pytest
import time_machine
from django.urls import reverse
from PIL import Image

from linli.assembly.models import Delivery, Party
from linli.assembly.rules.delivery import Carrier
from linli.assembly.services import delivery
from linli.assembly.tests import stage
from linli.people.rules import Role
from linli.plumbing.models import AuditEntry


@pytest.fixture
def made(place, chair):
    stage.owned(place)
    made = stage.frozen(place, chair)
    file = BytesIO()
    Image.new("RGB", (40, 30), "green").save(file, "JPEG")
    file.seek(0)
    party = Party.objects.get(compound=place.compound, session=made.session, number=1)
    delivery.deliver(
        by=chair, session=made.session, party=party, evidence="mailbox_drop_photo", carriers=[Carrier("甲"), Carrier("乙")], photo=file, at=stage.FROZEN
    )  # fmt: skip
    return made


@time_machine.travel(stage.FROZEN, tick=False)
def test_who_carries_or_watches_sees_it_and_that_is_written_down(place, chair, made):
    row = Delivery.objects.get(compound=place.compound)
    here = reverse("assembly:delivery-photo", args=[place.slug, 1, 1, row.pk])
    for by in (chair, made.officers["scrutineer"]):
        answer = place.client(by).post(here)
        assert answer.status_code == 200 and answer.content[:2] == b"\xff\xd8" and "no-cache" in answer["Cache-Control"]
    assert AuditEntry.objects.filter(compound_id=place.compound.pk, act="delivery_photo_shown").count() == 2
    assert (
        "看信箱照片" in place.client(chair).get(reverse("assembly:deliver", args=[place.slug, 1, 1])).content.decode()
    )
    for by in (place.resident(), place.post(Role.PROPERTY_MANAGER)):
        assert place.client(by).post(here).status_code == 404
    assert place.client(chair).get(here).status_code == 405
    assert place.client(chair).post(here.replace("/1/photos", "/2/photos")).status_code == 404

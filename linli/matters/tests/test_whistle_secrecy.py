"""A whistle about what is to be kept secret."""

import pytest
import time_machine

from linli.matters.access.whistles import whistle_for
from linli.matters.models import Attachment, Matter, Whistle, WhistleFile, WhistleMatter
from linli.matters.queries.whistles import board
from linli.matters.services import whistles
from linli.matters.tests.makers import NOW
from linli.people.models import Organisation
from linli.people.rules import Body, Role

from .whistle_cast import SITE, page, post

pytestmark = pytest.mark.django_db


def secret(cast) -> None:
    Matter.objects.filter(compound=cast.place.compound, pk=cast.matter.pk).update(privacy="secret", level="community")


@pytest.mark.parametrize(
    ("level", "drafter", "approver", "sees"),
    [
        ("agencies", "worker", "officer", {"worker", "secretary", "officer", "liaison"}),
        ("community", "member", "chair", {"member", "chair", "worker", "secretary"}),
    ],
)
def test_a_whistle_about_a_secret_matter_is_open_to_its_own_people_alone(cast, level, drafter, approver, sees):
    asks = [(cast.court, "解冻")] if level == "agencies" else [(None, "请社区出面")]
    w = cast.draft(*asks, by=getattr(cast, drafter), level=level)
    whistles.approve_and_blow(by=getattr(cast, approver), whistle=w, at=NOW, site=SITE)
    people = {who: getattr(cast, who) for who in ("worker", "secretary", "officer", "chair", "member")}
    people["liaison"] = cast.liaison(cast.court)
    secret(cast)
    compounds = [cast.place.compound]
    found = {who for who, by in people.items() if whistle_for(compound=compounds[0], number=w.number, by=by)}
    listed = {who for who, by in people.items() if board(by=by, compounds=compounds, view="open")}
    assert found == listed == sees


def test_nobody_reads_a_secret_matter_off_a_whistle_of_their_own(cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    by = {"compound_id": cast.place.compound.pk, "matter": cast.matter, "kind": "photo", "added_at": NOW}
    picture = Attachment.objects.create(**by, small="a-s.jpg", thumb="a-t.jpg", digest="1", phase="before")
    (tmp_path / "a-t.jpg").write_bytes(b"picture")
    w = cast.draft((None, "请社区出面"), by=cast.member, level="community", attachments=[picture.pk])
    whistles.approve_and_blow(by=cast.chair, whistle=w, at=NOW)
    file = WhistleFile.objects.get(compound=cast.place.compound)
    where = f"/c/{cast.place.slug}/whistles/"

    def read(who) -> list:
        client = cast.place.client(getattr(cast, who))
        pages = [client.get(where + path) for path in (f"{w.number}/", f"new/?parent={w.number}&level=subdistrict")]
        shown = [p.status_code == 200 and "护坡裂了" in p.content.decode() for p in pages]
        return [*shown, client.get(f"{where}{w.number}/files/{file.pk}/thumb/").status_code == 200]

    assert read("member") == [True, True, True]
    secret(cast)
    assert (read("member"), read("worker")) == ([False, False, False], [True, True, True])


def test_what_a_whistle_is_about_goes_along_and_stays_secret_when_it_is_taken_higher(cast):
    """By the page, by somebody who may not open the matter."""
    w = cast.draft((None, "请社区出面"), by=cast.member, level="community")
    whistles.approve_and_blow(by=cast.chair, whistle=w, at=NOW)
    secret(cast)
    owners = Organisation.objects.create(kind=Body.PMC, name="物管会", compound=cast.place.compound)
    bystander = cast.place.post(Role.PMC_MEMBER, body=owners)
    new = f"new/?parent={w.number}&level=subdistrict"
    said = {name: getattr(w, name) for name in ("title", "facts", "done_below", "cause", "urgency")}
    with time_machine.travel(NOW, tick=False):
        assert page(cast, "member", new).status_code == 200
        assert post(cast, "member", new, **said, ask1="请街道出面").status_code == 302
    up = Whistle.objects.get(compound=cast.place.compound, parent=w)
    about = WhistleMatter.objects.filter(compound=cast.place.compound, whistle=up)
    assert [row.matter_id for row in about] == [cast.matter.pk] and up.level == "subdistrict"
    whistles.approve_and_blow(by=cast.secretary, whistle=up, at=NOW, site=SITE)
    assert whistle_for(compound=cast.place.compound, number=up.number, by=bystander) is None
    assert whistle_for(compound=cast.place.compound, number=up.number, by=cast.member) is not None

"""Decision gates in a test: put, and decided."""

from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from linli.matters.models import Matter
from linli.matters.queries.gates import gates_of
from linli.matters.services import gates as verbs
from linli.matters.services.papers import ready
from linli.matters.tests.makers import NOW

DAY = date(2026, 3, 20)
LATER = NOW + timedelta(days=30)
PDF = b"%PDF-1.4 result"


def paper():
    return ready([SimpleUploadedFile("表决结果.pdf", PDF)])


def again(m):
    return Matter.objects.get(compound_id=m.compound_id, pk=m.pk)


def put(m, by, planned="common_land", **more):
    return verbs.set_gate(by=by, matter=m, planned=planned, review_at=LATER, at=NOW, **more)


def decided(m, by, result="passed", **more):
    given = {"body": "业主大会", "day": DAY, "reference": "2026 年第 1 次表决", "papers": paper(), "at": NOW, **more}
    return verbs.decide(by=by, matter=m, gate=gates_of(m)[0], result=result, **given)

"""The lives of what was there before, and their counts, from the entries: 500 matters at a time."""

from collections import Counter

from django.db import migrations

from linli.matters.rules import figures
from linli.plumbing.tenancy import uuid7

AT_ONCE = 500
CLOCKS = ("acknowledge", "finish")


def fill(apps, schema_editor):
    for compound in apps.get_model("places", "Compound").objects.order_by("pk").values_list("pk", flat=True):
        _fill(apps, compound)


def _fill(apps, compound):
    model, months, last = apps.get_model("matters", "LifeFigure"), Counter(), None
    matters = apps.get_model("matters", "Matter").objects.filter(compound_id=compound).order_by("id")
    fields = ("id", "number", "category", "level_settled", "reported_at")
    kept = {field.name for field in model._meta.get_fields()} | {"received_by_id", "body_id"}
    while batch := list((matters.filter(id__gt=last) if last else matters).values_list(*fields)[:AT_ONCE]):
        last = batch[-1][0]
        told, stopped = _told(apps, compound, batch)
        rows = []
        for pk, number, *now in batch:
            for life, says in enumerate(figures.replay(figures.Now(*now, stopped.get(pk, {})), told.get(pk, ())), 1):
                said = {name: value for name, value in vars(says).items() if name in kept}
                rows.append(model(id=uuid7(), compound_id=compound, matter_id=pk, number=number, life=life, **said))
                months.update(figures.counted(says))
        model.objects.bulk_create(rows, batch_size=AT_ONCE)
    count = apps.get_model("matters", "MonthCount")
    count.objects.bulk_create(
        (
            count(id=uuid7(), compound_id=compound, month=month, dim=dim, measure=measure, value=n)
            for (month, dim, measure), n in sorted(months.items())
        ),
        batch_size=AT_ONCE,
    )


def _told(apps, compound, batch):
    ids = [row[0] for row in batch]
    told, stopped = {}, {}
    entries = apps.get_model("plumbing", "AuditEntry").objects.filter(compound_id=compound, subject_id__in=ids)
    for pk, *entry in entries.order_by("id").values_list("subject_id", "act", "at", "body_id", "data"):
        told.setdefault(pk, []).append(figures.Told(*entry))
    clocks = apps.get_model("matters", "Clock").objects.filter(compound_id=compound, matter_id__in=ids, kind__in=CLOCKS)
    rows = clocks.filter(done_at__isnull=False).order_by("round")
    for pk, kind, done, due in rows.values_list("matter_id", "kind", "done_at", "due_at"):
        stopped.setdefault(pk, {})[kind, done] = due
    return told, stopped


class Migration(migrations.Migration):
    dependencies = [("matters", "0016_keep_the_numbers_of_each_life"), ("plumbing", "0001_initial")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

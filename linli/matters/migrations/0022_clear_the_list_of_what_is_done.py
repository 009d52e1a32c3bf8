"""What an order got done stayed on the list of the three parties, and its count was taken off twice."""

from django.db import migrations
from django.db.models import Count


def clear(apps, schema_editor):
    matters, tallies = apps.get_model("matters", "Matter").objects, apps.get_model("plumbing", "Tally").objects
    matters.filter(listed_at__isnull=False, overdue=False).update(listed_at=None)
    listed = matters.filter(listed_at__isnull=False, open=True).order_by().values_list("compound_id")
    right = dict(listed.annotate(n=Count("id")))
    for tally in tallies.filter(name="open:listed"):
        n = right.get(tally.compound_id, 0)
        if tally.value != n:
            tallies.filter(compound_id=tally.compound_id, name="open:listed").update(value=n)


class Migration(migrations.Migration):
    dependencies = [
        ("matters", "0021_put_a_list_back"),
        ("plumbing", "0003_mark_search_words"),
    ]

    operations = [migrations.RunPython(clear, migrations.RunPython.noop)]

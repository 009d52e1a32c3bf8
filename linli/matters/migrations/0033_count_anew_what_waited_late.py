"""The numbers of what was there before, with when each promise of acceptance was kept or broken; see 0017."""

from importlib import import_module

from django.db import migrations

FILL = import_module("linli.matters.migrations.0017_fill_the_numbers")


def again(apps, schema_editor):
    for compound in apps.get_model("places", "Compound").objects.order_by("pk").values_list("pk", flat=True):
        for name in ("LifeFigure", "MonthCount"):
            apps.get_model("matters", name).objects.filter(compound_id=compound).delete()
    FILL.fill(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("matters", "0032_count_what_waits_late"), ("plumbing", "0001_initial")]

    operations = [migrations.RunPython(again, migrations.RunPython.noop)]

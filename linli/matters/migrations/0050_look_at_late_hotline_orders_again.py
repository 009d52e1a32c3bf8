"""What is late already and still waits goes the same way: to the list of the three parties."""

from django.db import migrations
from django.db.models import F


def fill(apps, schema_editor):
    orders = apps.get_model("matters", "HotlineOrder")
    for compound in apps.get_model("places", "Compound").objects.order_by("pk").values_list("pk", flat=True):
        orders.objects.filter(compound_id=compound, waits=True, exported_at=None, stage=3, next_at=None).update(next_at=F("due_at"))


class Migration(migrations.Migration):
    dependencies = [("matters", "0049_list_late_hotline_orders")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

"""Who was asked: the caller of the one order a matter had. Of several orders nobody knows which, so it stays open."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    visits, orders = apps.get_model("matters", "ReturnVisit"), apps.get_model("matters", "HotlineOrder")
    for compound in apps.get_model("places", "Compound").objects.order_by("pk").values_list("pk", flat=True):
        one = orders.objects.filter(compound_id=compound, matter_id=OuterRef("matter_id")).values("id")[:1]
        rows = visits.objects.filter(compound_id=compound, matter__hotline=1, matter__source="hotline")
        rows.update(order_id=Subquery(one))


class Migration(migrations.Migration):
    dependencies = [("matters", "0040_ask_each_caller")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

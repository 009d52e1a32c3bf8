"""What was late before the three parties' list took orders and asks gets there by the clock, in its own time."""

from django.db import migrations
from django.db.models import F


def mark(apps, schema_editor):
    orders, asks = apps.get_model("matters", "Order").objects, apps.get_model("matters", "Ask").objects
    orders.filter(overdue=True, due_at__isnull=False).update(stage=3, next_at=F("due_at"))
    asks.filter(stage=3, due_at__isnull=False, next_at=None, whistle__open=True).exclude(clock="").update(next_at=F("due_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("matters", "0024_put_orders_and_asks_on_the_list"),
    ]

    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]

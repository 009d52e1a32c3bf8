"""What waited for a decision before anybody was reminded."""

from django.db import migrations
from django.db.models import F


def remind(apps, schema_editor):
    gates = apps.get_model("matters", "Gate").objects
    gates.filter(result="", lifted_at=None, next_at=None).update(next_at=F("set_at"))


class Migration(migrations.Migration):
    dependencies = [("matters", "0035_remind_who_must_decide")]

    operations = [migrations.RunPython(remind, migrations.RunPython.noop)]

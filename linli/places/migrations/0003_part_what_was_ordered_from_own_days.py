from datetime import date

from django.db import migrations


def part(apps, schema_editor):
    """What every compound keeps alike was ordered for all; the rest stays its own."""
    compounds = list(apps.get_model("places", "Compound").objects.all())
    kept = [c.settings.get("days", {}) for c in compounds]
    ordered = {day: works for day, works in kept[0].items() if all(days.get(day) == works for days in kept)} if kept else {}
    if not ordered:
        return
    OrderedDay = apps.get_model("places", "OrderedDay")
    OrderedDay.objects.bulk_create(OrderedDay(day=date.fromisoformat(d), works=works) for d, works in ordered.items())
    for compound in compounds:
        own = {day: works for day, works in compound.settings["days"].items() if day not in ordered}
        compound.settings = {**compound.settings, "days": own, "ordered": ordered}
        compound.save(update_fields=["settings"])


class Migration(migrations.Migration):
    dependencies = [("places", "0002_keep_ordered_days")]

    operations = [migrations.RunPython(part, migrations.RunPython.noop)]

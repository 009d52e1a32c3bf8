"""The questions that wait for a reporter's answer, from the entries."""

from django.db import migrations

RESIDENTS = ("owner", "occupant")


def fill(apps, schema_editor):
    for compound in apps.get_model("places", "Compound").objects.order_by("pk").values_list("pk", flat=True):
        asked = {}
        entries = apps.get_model("plumbing", "AuditEntry").objects.filter(compound_id=compound, act__in=("ask", "answer"))
        for pk, act, role, data, words in entries.order_by("at", "id").values_list(
            "subject_id", "act", "role", "data", "words"
        ):
            from_reporter = role in RESIDENTS or bool(data.get("assistance"))
            if act == "ask" and not from_reporter:
                asked[pk] = words
            elif act == "answer" and from_reporter:
                asked.pop(pk, None)
        for pk, words in asked.items():
            apps.get_model("matters", "Matter").objects.filter(compound_id=compound, pk=pk).update(asked=words)


class Migration(migrations.Migration):
    dependencies = [("matters", "0037_keep_the_open_question"), ("plumbing", "0001_initial")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

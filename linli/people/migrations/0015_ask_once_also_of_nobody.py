"""One open request of an account that speaks for nobody: where two stood open, the first is answered and the others say so."""

from django.db import migrations, models
from django.db.models import Exists, OuterRef


def close_repeated(apps, schema_editor):
    requests = apps.get_model("people", "DataRequest").objects
    for compound in apps.get_model("places", "Compound").objects.order_by("pk").values_list("pk", flat=True):
        rows = requests.filter(compound_id=compound, person=None, state="asked")
        same = rows.filter(account_id=OuterRef("account_id"), kind=OuterRef("kind"))
        earlier = same.filter(asked_at__lt=OuterRef("asked_at")) | same.filter(asked_at=OuterRef("asked_at"), id__lt=OuterRef("id"))
        for row in rows.filter(Exists(earlier)).order_by("pk"):
            row.state, row.answer, row.answered_at = "refused", "已经提过一样的要求，在那一条里答复", row.asked_at
            row.save(update_fields=["state", "answer", "answered_at"])


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0014_say_whose_data_is_asked_about'),
        ('places', '0003_part_what_was_ordered_from_own_days'),
    ]

    operations = [
        migrations.RunPython(close_repeated, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='datarequest',
            constraint=models.UniqueConstraint(condition=models.Q(('person', None), ('state', 'asked')), fields=('compound', 'account', 'kind'), name='data_request_open_of_none'),
        ),
    ]

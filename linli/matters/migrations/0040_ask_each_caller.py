"""A return visit is of one caller."""

import django.db.models.deletion
from django.db import migrations

import linli.plumbing.tenancy


class Migration(migrations.Migration):
    dependencies = [("matters", "0039_call_a_way_in_one")]

    operations = [
        migrations.AddField(
            model_name="returnvisit",
            name="order",
            field=linli.plumbing.tenancy.TenantForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to="matters.hotlineorder"
            ),
        ),
    ]

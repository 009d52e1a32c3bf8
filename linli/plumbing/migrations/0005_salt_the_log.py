from uuid import uuid4

from django.db import migrations, models


class Migration(migrations.Migration):
    """Entries from before have none, and keep the fingerprint that was sealed."""

    dependencies = [("plumbing", "0004_seal_the_log")]

    operations = [
        migrations.AddField("auditentry", "salt", models.UUIDField(null=True)),
        migrations.AlterField("auditentry", "salt", models.UUIDField(default=uuid4, null=True)),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0004_list_whom_to_tell_in_person")]

    operations = [
        migrations.RemoveIndex(model_name="message", name="message_inbox"),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["compound", "account", "-created_at", "-id"], name="message_inbox"),
        ),
    ]

from django.apps import AppConfig


class MattersConfig(AppConfig):
    name = "linli.matters"
    default_auto_field = "django.db.models.BigAutoField"

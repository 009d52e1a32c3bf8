from django.apps import AppConfig


class MattersConfig(AppConfig):
    name = "linli.matters"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import receivers  # noqa: F401

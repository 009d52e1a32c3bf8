from django.apps import AppConfig


class VolunteersConfig(AppConfig):
    name = "linli.volunteers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import receivers  # noqa: F401

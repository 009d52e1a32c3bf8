from django.apps import AppConfig


class AssemblyConfig(AppConfig):
    name = "linli.assembly"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import receivers  # noqa: F401

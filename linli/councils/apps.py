from django.apps import AppConfig


class CouncilsConfig(AppConfig):
    name = "linli.councils"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import receivers  # noqa: F401

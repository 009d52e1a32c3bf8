import structlog
from django.apps import AppConfig
from django.conf import settings

from linli.plumbing.logs import Lines, as_json, heard, place_of_error


class WebConfig(AppConfig):
    name = "linli.web"

    def ready(self) -> None:
        structlog.configure(
            processors=[
                heard,
                structlog.contextvars.merge_contextvars,
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                place_of_error,
                as_json,
            ],
            logger_factory=Lines,
            wrapper_class=structlog.make_filtering_bound_logger(settings.LOG_LEVEL),
            cache_logger_on_first_use=True,
        )

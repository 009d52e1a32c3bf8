"""What Prometheus reads at /metrics. Routes are names, never addresses."""

import os

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

SHARED = "PROMETHEUS_MULTIPROC_DIR"  # where each process of a server leaves its counts; named by the client library

_requests = Counter("linli_requests_total", "Requests", ["method", "route", "status"])
_seconds = Histogram(
    "linli_request_seconds",
    "Seconds per request",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)


def seen(method: str, route: str, status: int, seconds: float) -> None:
    known = method if method in {"GET", "HEAD", "POST"} else "OTHER"
    _requests.labels(known, route, str(status)).inc()
    _seconds.labels(route).observe(seconds)


def told() -> bytes:
    """Of all processes of this server, whichever answers."""
    if SHARED not in os.environ:
        return generate_latest()
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return generate_latest(registry)

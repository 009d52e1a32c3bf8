"""What Prometheus reads at /metrics. Routes are names, never addresses."""

from prometheus_client import Counter, Histogram

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

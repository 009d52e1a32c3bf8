"""Check-ins by stewards (M3): what is asked at the door or on the phone, and which kept counts it belongs to."""

from datetime import datetime, timedelta

WAYS = {"door": "上门", "phone": "打电话"}
TOPICS = {
    "service": "物业服务", "repair": "维修", "clean": "保洁绿化", "safety": "安全", "neighbours": "邻里", "fees": "收费", "life": "生活上的难处",
}  # fmt: skip
DAYS_MOST = 365
NEEDS_MOST = 3
KEPT = "checkin"


def due(since: datetime, every_days: int, *, ever: bool) -> datetime:
    """Nobody was ever there: due from the plan's first day."""
    return since + timedelta(days=every_days) if ever else since


def buckets(at: datetime, *, met: bool, satisfied: str, needs: int) -> dict[str, int]:
    """Months are local."""
    month = f"{KEPT}:{at:%Y-%m}"
    counts = {f"{month}:tried": 1}
    if met:
        counts[f"{month}:met"] = 1
    if met and satisfied:
        counts[f"{month}:{satisfied}"] = 1
    if needs:
        counts[f"{month}:needs"] = needs
    return counts

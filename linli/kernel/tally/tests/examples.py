"""Worked examples as a lawyer reads them (`cases/*.toml`), made into what `linli tally` takes."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "cases"
CLOSES = "2026-03-31T18:00:00+08:00"


def area(text: str) -> int:
    whole, _, part = text.partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0") or 0)


def rooms(text: str) -> list[str]:
    first, _, last = text.partition("-")
    return [str(n) for n in range(int(first), int(last) + 1)] if last else [first]


def moment(day: int) -> str:
    return f"2026-03-{day:02d}T09:00:00+08:00"


def made(given: dict[str, Any], count: dict[str, Any]) -> dict[str, Any]:
    homes = [
        {
            "id": room, "kind": row.get("kind", "residence"), "area": area(row["area"]), "owners": row.get("owners", [f"p{room}"]),
            "delivered": row.get("delivered", True),
        }
        for row in given["homes"]
        for room in rooms(row["rooms"])
    ]  # fmt: skip
    found: dict[str, Any] = {
        "matter_no": given["matter_no"], "profile": "national_default", "closes_at": CLOSES, "homes": homes,
        "rules": {
            "silence_mode": count.get("silence_mode", "A"), "duplicate_rule": count.get("duplicate_rule", "first_valid_wins"),
            "count_parking": count.get("count_parking", False),
        },
        "ballots": [ballot for row in count["ballots"] for ballot in ballots(row)],
        "joint_statements": [
            {"home": s["room"], "choice": s["choice"], "at": moment(s["day"])} for s in count.get("joint_statements", ())
        ],
        "objections": [
            {"home": o["room"], "owner": o["owner"], "at": o.get("at") or moment(o["day"])} for o in count.get("objections", ())
        ],
        "proxies": [
            {
                "owner": f"p{p['room']}", "agents": p["agents"], "severally": p.get("severally", False),
                "registered_at": p.get("at") or moment(p.get("day", 1)),
            }
            for p in count.get("proxies", ())
        ],
    }  # fmt: skip
    if "scope" in count:
        found["scope"] = rooms(count["scope"])
    if "election" in count:
        found["election"] = count["election"]
    return found


def ballots(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    said = {key: row[key] for key in ("choice", "choices", "agents") if key in row}
    for room in rooms(row["rooms"]):
        yield {
            "id": row.get("id", f"b{room}"), "home": room, "owner": row.get("owner", f"p{room}"), "channel": row.get("channel", "paper"),
            "at": row.get("at") or moment(row.get("day", 1)), "valid": row.get("valid", True), **said,
        }  # fmt: skip


def examples() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """(name, what goes in, what must come out)."""
    for path in sorted(FOLDER.glob("*.toml")):
        given = tomllib.loads(path.read_text(encoding="utf-8"))
        for n, count in enumerate(given["counts"], 1):
            yield f"{path.stem}.{n}", made(given, count), count["expect"]

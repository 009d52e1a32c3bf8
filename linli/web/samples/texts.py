"""What residents of the sample compounds say, and what they are told; read from `texts/*.toml`, all of it invented."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("texts")
PLACEHOLDERS = {
    "home": frozenset({"building", "entrance", "room"}),
    "entrance": frozenset({"building", "entrance"}),
    "building": frozenset({"building"}),
    "spot": frozenset({"spot"}),
}
PAYERS = {
    "none": "",
    "service_fee": "物业费",
    "public_income": "公共收益",
    "maintenance_fund": "维修资金",
    "household": "住户自己",
    "developer": "建设单位",
    "operator": "设备运营方",
    "agency": "主管单位",
    "subdistrict": "街道",
    "community": "社区经费",
    "volunteer": "志愿者",
}


@dataclass(frozen=True, slots=True)
class Text:
    """One story: the reporter's words, the first answer, what was done, its cost in fen, who paid, the visit's comment."""

    words: str
    first: str
    done: str
    cost_fen: int
    payer: str
    comment: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A sub-category as the samples use it. `code` is that of `matters.rules.categories`;

    `months` weigh more; a `strict` kind is heard of in them alone. `wait` is a pause's reason and its words.
    """

    code: str
    sub: str
    short: str
    place: str
    urgency: str
    level: str
    body: str
    post: str
    motif: str
    weight: int
    months: frozenset[int]
    strict: bool
    wait: tuple[str, str] | None
    texts: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Declined:
    words: str
    reason: str
    answer: str


@cache
def kinds() -> dict[str, Kind]:
    """By category code, in the order of the categories."""
    found = {}
    for path in sorted(FOLDER.glob("[0-9][0-9]_*.toml")):
        top = tomllib.loads(path.read_text(encoding="utf-8"))
        for number, raw in enumerate(top["kind"], 1):
            kind = _kind(f"{path.name[:2]}{number:02d}", raw, top.get("body", "property"))
            found[kind.code] = kind
    return found


@cache
def declined() -> tuple[Declined, ...]:
    raw = tomllib.loads((FOLDER / "declined.toml").read_text(encoding="utf-8"))
    return tuple(Declined(*row) for row in raw["texts"])


def _kind(code: str, raw: dict, body: str) -> Kind:
    return Kind(
        code=code,
        sub=raw["sub"],
        short=raw["short"],
        place=raw["place"],
        urgency=raw["urgency"],
        level=raw["level"],
        body=raw.get("body", body),
        post=raw["post"],
        motif=raw.get("motif", ""),
        weight=raw["weight"],
        months=frozenset(raw.get("months", ())),
        strict=raw.get("strict", False),
        wait=tuple(raw["wait"]) if "wait" in raw else None,
        texts=tuple(Text(*row) for row in raw["texts"]),
    )

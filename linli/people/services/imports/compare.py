"""One row against the register: what it would change, or why it cannot be taken. Judged first, taken later.

The same code judges for the preview and again when the import is applied, so that both say the same.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from linli.kernel.rosters.clean import order_of
from linli.kernel.rosters.notes import Note
from linli.people.queries.chunks import Rec
from linli.people.rules.imports import Became
from linli.people.words.imports import SEALED
from linli.plumbing import vault
from linli.plumbing.tenancy import uuid7

from .reading import entrance_label, place_label
from .register import BUILDING_FIELDS, HOME_FIELDS, BuildingState, EntranceState, HomeState, PersonState, Register, bare
from .taking import Taking, Verdict

_OCCUPIED, _SOURCE = HOME_FIELDS.index("occupied"), HOME_FIELDS.index("area_source")
_KIND = HOME_FIELDS.index("kind")
# Longest text a column of the register holds; a longer one is refused in words, never cut.
_LONGEST = (("楼栋", 0, 20), ("楼栋", 1, 28), ("单元", 2, 20), ("单元", 3, 26), ("房号", 4, 20), ("产权证号", 11, 60))


class Clash(Exception):
    """Two registers say different things of one person: nobody is overwritten."""

    def __init__(self, says: Note) -> None:
        super().__init__(says)
        self.says = says


class Comparer(Taking):
    def __init__(self, register: Register, grids: Mapping[str, UUID]) -> None:
        super().__init__(register)
        self.grids = grids
        self.owners_in_file: dict[tuple[str, str, str], set[str]] = {}

    def hear(self, recs: Iterable[Rec]) -> None:
        """All owners that the file names for a home, in whichever rows: before any row is judged."""
        if not self.register.has_owners:
            return
        for rec in recs:
            if rec["st"] in ("", *Became) and "o" in rec and "h" in rec:
                said = {s for o in rec["o"] if not o[5] for s in (bare(o[0]), o[1] and vault.keyed_hash(o[1])) if s}
                for h in rec["h"]:
                    self.owners_in_file.setdefault((h[0], h[2], h[4]), set()).update(said)

    def judge(self, rec: Rec) -> Verdict:
        verdict = Verdict()
        if "b" in rec:
            self._judge_building(rec["b"], verdict)
            return verdict
        homes = [self._home(h, verdict) for h in rec["h"]]
        found = [h for h in homes if h is not None]
        people: list[PersonState] = []
        if not verdict.errors and "o" in rec:
            people = self._people(rec["o"], found, rec["h"], verdict)
        if verdict.errors:
            verdict.became, verdict.changes, verdict.steps = Became.CONFLICT, [], []
            return verdict
        if "x" in rec or "sx" in rec:
            self._extras(rec, next((p for p in people if not p.is_organisation), None), found, verdict)
        if any(h.is_new for h in found):
            verdict.became = Became.NEW if verdict.steps else Became.SAME
        elif verdict.changes:
            verdict.became = Became.CHANGED
        return verdict

    # Places

    def _home(self, h: list[Any], verdict: Verdict) -> HomeState | None:
        building_key, _, entrance_key, _, room = h[:5]
        home = self.register.homes.get((building_key, entrance_key, room))
        if home is None:
            same_room = self.register.rooms.get((building_key, room))
            if same_room:
                home = self._elsewhere(h, same_room, verdict)
                if verdict.errors:
                    return None
        if home is None:
            return self._new_home(h, verdict)
        self._compare_home(home, h, verdict)
        return home

    def _elsewhere(self, h: list[Any], same_room: tuple[HomeState, ...], verdict: Verdict) -> HomeState | None:
        """A file without entrances means the one home with that number; a register without them stays as it is."""
        place, room = place_label(h[1]), h[4]
        if h[2] == "0":
            if len(same_room) == 1:
                return same_room[0]
            verdict.errors.append(
                Note("%(place)s有 %(n)s 个单元都有 %(room)s，请写明单元", place=place, n=len(same_room), room=room)
            )
        elif any(s.entrance.key == "0" and not s.is_new for s in same_room):
            verdict.errors.append(
                Note(
                    "名册里 %(home)s 没有分单元，文件里写的是%(entrance)s，请先统一",
                    home=place + room,
                    entrance=entrance_label(h[3]),
                )
            )
        return None

    def _new_home(self, h: list[Any], verdict: Verdict) -> HomeState | None:
        for what, at, most in _LONGEST:
            if h[at] and len(h[at]) > most:
                verdict.errors.append(Note("%(what)s太长，最多 %(most)s 个字", what=Note(what), most=most))
                return None
        building = self.register.buildings.get(h[0])
        if building is None:
            building = BuildingState(
                uuid7(), h[0], place_label(h[1]), order_of(h[0]), [None] * len(BUILDING_FIELDS), True
            )
            verdict.steps.append(("building", building, None, None))
        entrance = self.register.entrances.get((h[0], h[2]))
        if entrance is None:
            entrance = EntranceState(
                uuid7(), building, h[2], entrance_label(h[3]) if h[2] != "0" else "", order_of(h[2]), True
            )
            verdict.steps.append(("entrance", entrance, None, None))
        values = h[5:]
        values[_KIND] = values[_KIND] or "residence"
        values[_SOURCE], values[6] = values[_SOURCE] or "", values[6] or ""
        values[_OCCUPIED] = _occupied(values[_OCCUPIED])
        home = HomeState(uuid7(), building, entrance, h[4], f"{building.label}{entrance.label}{h[4]}", values, {}, True)
        verdict.steps.append(("home", home, None, None))
        return home

    def _compare_home(self, home: HomeState, h: list[Any], verdict: Verdict) -> None:
        for at, name in enumerate(HOME_FIELDS):
            new = h[5 + at]
            if new is None:
                continue
            old = home.values[at]
            if at == _OCCUPIED:
                if old and (old != "empty") == new:
                    continue
                new = _occupied(new)
            elif new == old:
                continue
            if name == "title_no" and len(new) > 60:
                verdict.errors.append(Note("%(what)s太长，最多 %(most)s 个字", what=Note("产权证号"), most=60))
                continue
            verdict.changes.append(["", name, old, new])
            verdict.steps.append(("home_value", home, at, new))

    def _judge_building(self, b: list[Any], verdict: Verdict) -> None:
        key, display, entrance_key_, entrance_display, *rest = b
        *values, grid, captain = rest
        if grid and grid not in self.grids:
            verdict.notes.append(Note("社区里没有“%(grid)s”这个网格，没有登记", grid=grid))
        if captain:
            verdict.notes.append(Note("楼栋长不从台账登记，请在组织与岗位里任命"))
        if len(key) > 20 or len(display) > 28 or len(entrance_key_) > 20 or len(entrance_display) > 26:
            verdict.errors.append(Note("楼栋或单元太长"))
            verdict.became = Became.REFUSED
            return
        building = self.register.buildings.get(key)
        is_new = building is None
        if building is None:
            building = BuildingState(
                uuid7(), key, place_label(display), order_of(key), [None] * len(BUILDING_FIELDS), True
            )
            verdict.steps.append(("building", building, None, None))
        for at, new in enumerate([*values, self.grids.get(grid)]):
            if new is None or building.values[at] == new:
                continue
            if not building.is_new:
                # A grid is shown by its name.
                old = building.values[at]
                names = {v: n for n, v in self.grids.items()}
                verdict.changes.append(
                    ["", BUILDING_FIELDS[at], names.get(old, "") if at == 4 else old, grid if at == 4 else new]
                )
            verdict.steps.append(("building_value", building, at, new))
        if entrance_key_ and (key, entrance_key_) not in self.register.entrances:
            label = entrance_label(entrance_display) if entrance_key_ != "0" else ""
            entrance = EntranceState(uuid7(), building, entrance_key_, label, order_of(entrance_key_), True)
            if not is_new:
                verdict.changes.append(["", "entrance", "", label])
            verdict.steps.append(("entrance", entrance, None, None))
        if is_new:
            verdict.became = Became.NEW
        elif verdict.changes:
            verdict.became = Became.CHANGED

    # People

    def _people(
        self, owners: list[list[Any]], homes: list[HomeState], said: list[list[Any]], verdict: Verdict
    ) -> list[PersonState]:
        people: list[PersonState] = []
        try:
            for owner in owners:
                people.append(self._person(owner, homes, verdict))
        except Clash as clash:
            verdict.errors.append(clash.says)
            return []
        for home, h in zip(homes, said, strict=True):
            self._live(home, h, owners, people, verdict)
        return people

    def _person(self, owner: list[Any], homes: list[HomeState], verdict: Verdict) -> PersonState:
        name, number, phones, bad, is_company, _ = owner
        if len(name) > 80:
            raise Clash(Note("%(what)s太长，最多 %(most)s 个字", what=Note("姓名"), most=80))
        mark = vault.keyed_hash(number) if number else ""
        person = self._find(name, mark, phones, is_company, homes)
        if person is None:
            rest = phones[2:] + bad
            person = PersonState(
                uuid7(), name, is_company, phones[0] if phones else "", phones[1] if len(phones) > 1 else "", mark,
                {"phones": rest} if rest else {}, True,
            )  # fmt: skip
            person.identity = number
            verdict.steps.append(("person", person, None, None))
            return person
        if mark and not person.mark:
            verdict.changes.append([name, "identity", "", number[-4:]])
            verdict.steps.append(("identity", person, mark, number))
        self._phones(person, phones, bad, verdict)
        return person

    def _find(
        self, name: str, mark: str, phones: list[str], is_company: bool, homes: list[HomeState]
    ) -> PersonState | None:
        """By identity number; else by name and phone; else by name in the same home. Companies by their name."""
        key = bare(name)
        if mark and (person := self.register.by_mark.get(mark)):
            if bare(person.name) != key:
                raise Clash(Note("“%(name)s”的证件号，名册里是“%(other)s”的，请核对", name=name, other=person.name))
            return person
        for phone in phones:
            person = self.register.by_name_phone.get((key, phone))
            if person is not None and _agree(person.mark, mark):
                return person
        for home in homes:
            for person in (*home.owners, *(p for p, _ in home.residents)):
                if bare(person.name) == key:
                    if not _agree(person.mark, mark):
                        raise Clash(Note("这一套名册里的“%(name)s”是另一个证件号，请核对", name=name))
                    return person
        if is_company:
            person = self.register.organisations.get(key)
            if person is not None and _agree(person.mark, mark):
                return person
        return None

    def _phones(self, person: PersonState, phones: list[str], bad: list[str], verdict: Verdict) -> None:
        unknown = [p for p in phones if not person.knows(p)]
        if unknown and not person.phone:
            first = unknown.pop(0)
            verdict.changes.append([person.name, "phone", "", first])
            verdict.steps.append(("phone", person, "phone", first))
        elif unknown and unknown[0] == phones[0] and not person.is_new and not (person.news and "phone" in person.news):
            # The file's first number is the one to call; the old one is kept, for it may still be right.
            first = unknown.pop(0)
            verdict.changes.append([person.name, "phone", person.phone, first])
            verdict.steps.append(("phone_instead", person, "phone", first))
        for number in unknown + [p for p in bad if not person.knows(p)]:
            verdict.changes.append([person.name, "phone2", "", number])
            verdict.steps.append(("phone_also", person, number in bad, number))

    def _live(
        self, home: HomeState, h: list[Any], owners: list[list[Any]], people: list[PersonState], verdict: Verdict
    ) -> None:
        adds: list[PersonState] = []
        for owner, person in zip(owners, people, strict=True):
            if owner[5]:
                if person in home.owners or any(p is person for p, _ in home.residents):
                    continue
                if not home.is_new:
                    verdict.changes.append([person.name, owner[5], "", person.name])
                verdict.steps.append(("lives", home, person, owner[5]))
            elif person not in home.owners and person not in adds:
                adds.append(person)
        if not adds:
            return
        if home.was_owned_by:
            said = self.owners_in_file.get((h[0], h[2], h[4]), set()) | {bare(p.name) for p in people}
            missing = [p.name for p in home.was_owned_by if bare(p.name) not in said and p.mark not in said]
            if missing:
                there, here = "、".join(p.name for p in home.was_owned_by), "、".join(p.name for p in adds)
                verdict.errors.append(
                    Note(
                        "%(home)s：名册里的业主是“%(there)s”，文件里是“%(here)s”，没有改名册，请核对",
                        home=home.label,
                        there=there,
                        here=here,
                    )  # fmt: skip
                )
                return
        for person in adds:
            if not home.is_new:
                verdict.changes.append([person.name, "owner", "", person.name])
            verdict.steps.append(("owns", home, person, None))

    # Further columns

    def _extras(self, rec: Rec, person: PersonState | None, homes: list[HomeState], verdict: Verdict) -> None:
        targets: list[HomeState | PersonState] = [person] if person is not None else list(homes)
        for target in targets:
            whose = target.name if isinstance(target, PersonState) else ""
            for header, value in rec.get("x", {}).items():
                old = target.extra.get(header, "")
                if value not in str(old).split("；"):
                    if not target.is_new:
                        verdict.changes.append([whose, "x:" + header, old, value])
                    verdict.steps.append(("extra", target, header, value))
            for header, value in rec.get("sx", {}).items():
                kept = target.extra.get("sealed", {}).get(header)
                mark = vault.keyed_hash(value)[:16]
                if not kept or kept[0] != mark:
                    if not target.is_new:
                        verdict.changes.append([whose, "x:" + header, "", SEALED])
                    verdict.steps.append(("sealed", target, header, (mark, value)))


def _agree(one: str, two: str) -> bool:
    return not one or not two or one == two


def _occupied(said: bool | None) -> str:
    return "" if said is None else "lived_in" if said else "empty"


def stale(rec: Rec, now: Verdict) -> list[Note]:
    """Why a row that was shown as `rec` may no longer be taken: the register has changed since; nothing if it may."""
    if now.became == Became.SAME:
        return []
    if rec["st"] == Became.NEW and now.became == Became.NEW:
        return []
    shown = rec.get("c", [])
    if now.became == Became.CHANGED and all(c in shown for c in now.changes):
        return []
    return [Note("检查以后名册变了，和预览不一样，请重新检查")]

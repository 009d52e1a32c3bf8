"""Who owns the homes of a row; on this sheet, or by number on another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import clean
from .cells import Finding, OwnerCells, Row, State, refuse
from .clean import Identity, Phone
from .notes import Note
from .plans import SheetPlan, cell_at
from .reading import Cell, Sheet
from .sheetcells import SheetCells
from .text import is_blank, plain

UNUSED = Note("业主编号 %(ref)s 没有对应的房屋")


class People:
    """Owners listed by number on one sheet and referred to from another."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.refs: dict[int, str] = {}
        self.by_ref: dict[str, tuple[OwnerCells, ...]] = {}
        self.used: set[str] = set()

    def index(self) -> None:
        for row in self.rows:
            ref = self.refs.get(id(row))
            if ref and row.state is State.GOOD:
                if ref in self.by_ref:
                    refuse(row, "", Note("业主编号 %(ref)s 前面已经用过", ref=ref))
                else:
                    self.by_ref[ref] = row.owners

    def find(self, ref: str) -> tuple[OwnerCells, ...] | None:
        self.used.add(ref)
        return self.by_ref.get(ref)

    def flag_unused(self) -> None:
        for row in self.rows:
            ref = self.refs.get(id(row))
            if row.state is State.GOOD and ref not in self.used:
                row.warnings += (Finding("", Note(UNUSED, ref=ref)),)


class SheetOwners(SheetCells):
    def __init__(self, sheet: Sheet, sheet_plan: SheetPlan, people: People) -> None:
        super().__init__(sheet, sheet_plan)
        self.people = people
        self.has_shares = not {"co_form", "owner_count", "voting_count"}.isdisjoint(sheet_plan.columns)

    def _owners(self, row: Row, cells: Sequence[Cell]) -> None:
        identities: tuple[Identity, ...] = self._clean("identity_no", cells, clean.identity_numbers)
        phones: tuple[Phone, ...] = self._clean("phone", cells, clean.phones)
        if self.col("phone2") is not None:
            second: tuple[Phone, ...] = self._clean("phone2", cells, clean.phones)
            phones += tuple(p for p in second if p not in phones)
        names: tuple[str, ...] = self._clean("owner_name", cells, clean.names, len(identities), len(phones))
        others: tuple[str, ...] = ()
        if self.col("co_owner") is not None:
            cleaned = clean.names(cell_at(cells, self.col("co_owner")), column_is_co_owner=True)
            others = tuple(n for n in self._note("co_owner", cleaned) if n not in names)
        relation = self._clean("relation", cells, clean.relation)
        row.owners = self._people(names, others, identities, phones, relation)
        if self.has_shares:
            self._shares(row, cells)
        if not row.owners and self.plan.layout == "owners":
            self._by_reference(row, cells)

    def _shares(self, row: Row, cells: Sequence[Cell]) -> None:
        row.co_form = self._clean("co_form", cells, clean.words)
        row.owner_count = self._clean("owner_count", cells, clean.count)
        row.voting_count = self._clean("voting_count", cells, clean.count)
        if row.owner_count and row.owners and row.owner_count != len(row.owners):
            self._warn(
                "owner_count",
                Note("写的是 %(count)s 人，读出 %(owners)s 个姓名", count=row.owner_count, owners=len(row.owners)),
            )

    def _by_reference(self, row: Row, cells: Sequence[Cell]) -> None:
        ref = plain(cell_at(cells, self.col("owner_ref")))
        if is_blank(ref) or ref == "0":
            if not self.errors:
                self._warn("owner_name", Note("没有业主姓名，只登记房屋"))
            return
        found = self.people.find(ref)
        if found is None:
            self._error("owner_ref", Note("业主编号 %(ref)s 在业主信息表里找不到，或那一行有错", ref=ref))
        else:
            row.owners = found

    def _people(
        self, names: Sequence[str], others: Sequence[str], identities: Sequence[Identity], phones: Sequence[Phone],
        relation: str | None,
    ) -> tuple[OwnerCells, ...]:  # fmt: skip
        if len(names) == 1 and not others:
            if len(identities) > 1:
                self._warn("identity_no", Note("一个姓名有 %(n)s 个身份证号，只用第一个", n=len(identities)))
            return (
                OwnerCells(
                    names[0], identities[0] if identities else None, tuple(phones), clean.is_company(names[0]), relation
                ),
            )
        everyone = [*names, *others]
        if not everyone:
            if identities or phones:
                self._warn("owner_name", Note("有电话或证件号，没有姓名，未采用"))
            return ()
        shared_ids = _deal(identities, len(everyone), len(names))
        shared_phones = _deal(phones, len(everyone), len(names))
        if shared_ids is None:
            self._warn("identity_no", Note("身份证号的个数和姓名对不上，未采用，请核对"))
        if shared_phones is None:
            self._warn("phone", Note("电话的个数和姓名对不上，都记在第一人名下"))
            shared_phones = [tuple(phones)]
        return tuple(
            OwnerCells(
                name,
                next(iter(_item(shared_ids, i)), None),
                _item(shared_phones, i),
                clean.is_company(name),
                relation if i < len(names) else "co_owner",
            )
            for i, name in enumerate(everyone)
        )


def _deal(items: Sequence[Any], people: int, first: int) -> list[tuple[Any, ...]] | None:
    """One each, if there is one for everyone or for those of the owner's column; None if the count fits neither."""
    if len(items) in (0, people, first):
        return [(i,) for i in items]
    return None


def _item(dealt: list[tuple[Any, ...]] | None, index: int) -> tuple[Any, ...]:
    return dealt[index] if dealt is not None and index < len(dealt) else ()

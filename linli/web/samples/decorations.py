"""Homes being done up in the sample compounds: one under way, one to come."""

from datetime import timedelta

from linli.matters.services.decorations import register_decoration
from linli.people.access import home_for
from linli.people.rules import Role

from .help import post_of
from .registers import Town

WORKS = ((-20, 40, "清风装饰", "孟师傅", "13900000071"), (5, 35, "老赵水电", "赵师傅", "13900000072"))


def register(town: Town) -> None:
    desk = post_of(town, Role.FRONT_DESK)
    if not desk:
        return
    for person, (begin, end, firm, contact, phone) in zip(town.bindings, WORKS, strict=False):
        by = town.as_resident(person)
        home = home_for(town.compound, by.home_id) if by.home_id else None
        if home:
            register_decoration(
                by=town.as_post(desk), compound=town.compound, home=home, from_on=(town.now + timedelta(days=begin)).date(),
                to_on=(town.now + timedelta(days=end)).date(), firm=firm, contact=contact, phone=phone, at=town.now,
            )  # fmt: skip

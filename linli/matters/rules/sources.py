"""Where a matter comes from (domain §4.1), by who writes it down for somebody."""

from linli.people.rules import COMMITTEE, COMMUNITY, GRID, NEIGHBOURS, PMC, Role

TOLD = ("front_desk", "resident_phone", "chat_group", "patrol", "home_visit")
OWN = dict.fromkeys({*COMMITTEE, *PMC, Role.COMMITTEE_SECRETARY}, "committee") | {Role.BRANCH_SECRETARY: "party_branch"}
ON_FOOT = GRID | NEIGHBOURS | {Role.STEWARD, Role.GUARD, Role.CLEANER, Role.ENGINEER}


def offered(role: str) -> tuple[str, ...]:
    """What they may say, the usual first: their own body's finding, what they saw on their round, who came to the desk."""
    if role in OWN:
        return (OWN[Role(role)], *TOLD)
    if role in ON_FOOT:
        return ("patrol", *(s for s in TOLD if s != "patrol"))
    return (*TOLD, "agency_transfer", "mediation") if role in COMMUNITY else TOLD

from .box import Delivery, Head, Leaf, Log, Paper, PartyItem, Proxy
from .count import Bulletin, CountSignature, Outcome, Reading, Scan, SheetUse
from .register import Party, RegisterHome, RegisterOwner
from .sessions import Assent, Candidate, Item, ItemPaper, Objection, Officer, Session

__all__ = [
    "Assent",
    "Bulletin",
    "Candidate",
    "CountSignature",
    "Delivery",
    "Head",
    "Item",
    "ItemPaper",
    "Leaf",
    "Log",
    "Objection",
    "Officer",
    "Outcome",
    "Paper",
    "Party",
    "PartyItem",
    "Proxy",
    "Reading",
    "RegisterHome",
    "RegisterOwner",
    "Scan",
    "Session",
    "SheetUse",
]

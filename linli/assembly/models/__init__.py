from .box import Delivery, Head, Leaf, Log, Paper, PartyItem, Proxy
from .count import Bulletin, CountSignature, Lots, OfficialResult, Opened, Outcome, Reading, Scan, SheetUse, ShownScan
from .register import Party, RegisterHome, RegisterOwner
from .sessions import Asking, Assent, Candidate, Item, ItemPaper, Objection, Officer, Session

__all__ = [
    "Asking",
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
    "Lots",
    "Objection",
    "Officer",
    "OfficialResult",
    "Opened",
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
    "ShownScan",
]

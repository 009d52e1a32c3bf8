"""Tables of what people raised, by subject."""

from .alerts import Alert, AlertCall, HomeContact
from .batches import Batch, BatchHome, BatchImport, BatchMilestone, BatchMove, BatchVisit
from .chat import ChatMessage
from .checkins import CheckIn, CheckPlan, CheckReview, HomeSeen
from .decorations import Decoration
from .figures import LifeFigure, MonthCount
from .gates import Decision, Gate, GatePaper, MatterPaper
from .help import HelpOrder, Price, Quote
from .hotline import HotlineImport, HotlineOrder, HotlineReply, Outage, ProposedTopic
from .matter import Attachment, Clock, Follower, Matter, Merge, ReturnVisit
from .orders import Gathered, Order, OrderPart, PartPhoto
from .plans import Plan, PlanOption, PlanVoice, PlanWay, Quotation
from .rapid import RapidRepair
from .suggestions import HotIssues, Learned
from .taken import PartTaken
from .whistles import (
    Ask,
    Consultation,
    FundingEntry,
    FundingRequest,
    MinutesSignature,
    Whistle,
    WhistleFile,
    WhistleMatter,
    WhistleTask,
)

__all__ = [
    "CheckIn",
    "CheckPlan",
    "CheckReview",
    "HomeSeen",
    "Alert",
    "AlertCall",
    "Ask",
    "Attachment",
    "Batch",
    "BatchHome",
    "BatchImport",
    "BatchMilestone",
    "BatchMove",
    "BatchVisit",
    "ChatMessage",
    "Clock",
    "Decoration",
    "Decision",
    "Gate",
    "GatePaper",
    "MatterPaper",
    "MinutesSignature",
    "Consultation",
    "Follower",
    "FundingEntry",
    "FundingRequest",
    "Gathered",
    "HelpOrder",
    "HomeContact",
    "HotIssues",
    "HotlineImport",
    "HotlineOrder",
    "HotlineReply",
    "Learned",
    "LifeFigure",
    "Matter",
    "Merge",
    "MonthCount",
    "Order",
    "OrderPart",
    "Outage",
    "PartPhoto",
    "PartTaken",
    "Plan",
    "PlanOption",
    "PlanVoice",
    "PlanWay",
    "Quotation",
    "Price",
    "ProposedTopic",
    "Quote",
    "RapidRepair",
    "ReturnVisit",
    "Whistle",
    "WhistleFile",
    "WhistleMatter",
    "WhistleTask",
]

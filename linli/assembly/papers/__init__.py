"""The papers of a vote: values in, a sheet out. Words are written here once; print, page and spreadsheet are drawn from them.

`linli.plumbing.papers` makes of a sheet a PDF (`pdf`), markup (`html`) or a workbook (`xlsx`). They are Chinese in every language:
they are the official text.
"""

from linli.kernel.tally.thresholds import Weight
from linli.plumbing.papers import Paper

from .ballots import BallotPaper, Candidate, Election, Item, Vote, ballot, ballots
from .common import Mark, numeral
from .counts import (
    CandidateCount,
    CountSheet,
    ElectionCount,
    ItemCount,
    count_sheet,
    left,
)
from .elections import (
    CandidatesNotice,
    Member,
    MembersNotice,
    Ranked,
    Stands,
    Ticked,
    candidates_notice,
    members_notice,
)
from .forms import (
    Backer,
    Filed,
    FilingList,
    JointRecommendation,
    JointRequest,
    Nominee,
    ShareSheet,
    TickForm,
    filing_list,
    joint_recommendation,
    joint_request,
    share_sheet,
    tick_form,
)  # fmt: skip
from .notices import Notice, Section, SessionNotice, notice, session_notice
from .registers import Delivery, DeliveryRegister, Register, RegisterRow, delivery_register, masked, register
from .results import Official, ResultNotice, result_notice
from .slips import Slip, slip

__all__ = [
    "Backer", "BallotPaper", "Candidate", "CandidateCount", "CandidatesNotice", "CountSheet", "Delivery", "DeliveryRegister", "Election",
    "ElectionCount", "Filed", "FilingList", "Item", "ItemCount", "JointRecommendation", "JointRequest", "Mark", "Member", "MembersNotice",
    "Nominee", "Notice", "Official", "Paper", "Ranked", "Register", "RegisterRow", "ResultNotice", "Section", "SessionNotice", "ShareSheet", "Slip", "Stands",
    "TickForm", "Ticked", "Vote", "Weight", "ballot", "ballots", "candidates_notice", "count_sheet", "delivery_register", "filing_list", "left",
    "joint_recommendation", "joint_request", "masked", "members_notice", "notice", "numeral", "register", "result_notice", "session_notice",
    "share_sheet", "slip", "tick_form",
]  # fmt: skip

"""Tables of who is who, by subject."""

from .accounts import Account, OneTimeCode
from .bindings import Assistance, Binding
from .posts import Organisation, Post
from .registers import Guardian, Ownership, Person, RegisterChange, Residency
from .requests import DataRequest, ExportRequest, ExportVoice
from .rosters import RosterChunk, RosterImport

__all__ = [
    "Account",
    "Assistance",
    "Binding",
    "DataRequest",
    "ExportRequest",
    "ExportVoice",
    "Guardian",
    "OneTimeCode",
    "Organisation",
    "Ownership",
    "Person",
    "Post",
    "RegisterChange",
    "Residency",
    "RosterChunk",
    "RosterImport",
]

"""The screen's words for the tables of the rules."""

from linli.plumbing.labels import Labels

from . import rules
from .rules import representatives

KINDS, WINDOWS, RISKS = Labels(rules.KINDS), Labels(rules.WINDOWS), Labels(rules.RISKS)
PAYERS = Labels(rules.PAYERS)
ACT_KINDS, FORCES, MOTTO = Labels(representatives.KINDS), Labels(representatives.FORCES), Labels(representatives.MOTTO)

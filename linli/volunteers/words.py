"""The screen's words for kinds, windows and risks."""

from linli.plumbing.labels import Labels

from . import rules

KINDS, WINDOWS, RISKS = Labels(rules.KINDS), Labels(rules.WINDOWS), Labels(rules.RISKS)
PAYERS = Labels(rules.PAYERS)

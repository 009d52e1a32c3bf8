"""The screen's words for the states of a talk."""

from linli.plumbing.labels import Labels

from .rules import talks as rules

STATES = Labels(rules.STATES)

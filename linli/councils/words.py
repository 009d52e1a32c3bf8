"""The screen's words for the states of a talk and of a meeting, and for what a meeting decides."""

from linli.plumbing.labels import Labels

from .rules import meetings, talks

STATES = Labels(talks.STATES)
MEETING_STATES = Labels(meetings.STATES)
KINDS = Labels(meetings.KINDS)
CHOICES = Labels(meetings.CHOICES)
RESULTS = Labels(meetings.RESULTS)

"""The screen's words for the states of a talk and of a meeting, what a meeting decides, and seals."""

from linli.plumbing.labels import Labels

from .rules import meetings, seals, standards, talks

STATES = Labels(talks.STATES)
MEETING_STATES = Labels(meetings.STATES)
KINDS = Labels(meetings.KINDS)
CHOICES = Labels(meetings.CHOICES)
RESULTS = Labels(meetings.RESULTS)
SEAL_STATES = Labels(seals.STATES)
SEALS = Labels(seals.SEALS)
SEAL_PAPERS = Labels(seals.PAPERS)
EVERY = Labels(standards.EVERY)
STAGES = Labels(standards.STAGES)

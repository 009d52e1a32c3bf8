"""The screen's words for how a body is formed."""

from linli.plumbing.labels import Labels

from ..rules.elections import forms, nominees, office, prints, seats, states

STATES = Labels(states.STATES)
WAYS = Labels(nominees.WAYS)
CHECKS = Labels(nominees.CHECKS)
FORMS = Labels(forms.FORMS)
CAPACITIES = Labels(seats.CAPACITIES)
LEFT = Labels(office.LEFT)
HANDED = Labels(office.HANDED)
PRINTS = Labels(prints.PRINTS)

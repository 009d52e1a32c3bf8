"""The screen's words for how a body is formed."""

from linli.plumbing.labels import Labels

from ..rules import elections as rules

STATES = Labels(rules.STATES)
WAYS = Labels(rules.WAYS)
CHECKS = Labels(rules.CHECKS)
FORMS = Labels(rules.FORMS)
CAPACITIES = Labels(rules.CAPACITIES)
LEFT = Labels(rules.LEFT)
HANDED = Labels(rules.HANDED)

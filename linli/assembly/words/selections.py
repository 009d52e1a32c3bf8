"""The screen's words for how a property company is chosen."""

from linli.plumbing.labels import Labels

from ..rules import selections as rules

STATES = Labels(rules.STATES)
GROUNDS = Labels(rules.GROUNDS)
ARTICLES = Labels(rules.GROUND_ARTICLES)
FEE_MODELS = Labels(rules.FEE_MODELS)
SIDES = Labels(rules.SIDES)
CLAUSES = Labels(rules.CLAUSES)
HANDED = Labels(rules.HANDED)
THINGS = Labels(rules.THINGS)

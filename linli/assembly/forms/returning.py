"""The number of a paper that came back."""

from django.utils.translation import gettext_lazy as _

from linli.plumbing.forms import Once, OnceForm, words


class ReturnedForm(OnceForm):
    once = Once(required=True)
    number = words(_("选票编号"), 20)

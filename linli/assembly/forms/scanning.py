"""Scanned papers, many at once; and a number written by hand for one that no camera could read."""

from django.utils.translation import gettext_lazy as _

from linli.plumbing.forms import Once, OnceForm, PhotosField, PhotosInput, words

from ..rules.returning import MOST_SHEETS


class ScansForm(OnceForm):
    once = Once(required=True)
    sheets = PhotosField(
        label=_("扫描件或者照片"), most=MOST_SHEETS, required=True, widget=PhotosInput({"accept": "image/*,application/pdf"}),
        help_text=_("一张票一张图，或者一个 PDF，一次最多 200 张。拍照时让右上角的二维码清楚。"),
    )  # fmt: skip


class ScanNameForm(OnceForm):
    once = Once(required=True)
    number = words(_("选票编号"), 20)

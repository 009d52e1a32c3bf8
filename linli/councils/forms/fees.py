from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from linli.people.models import Post
from linli.plumbing.forms import OnceForm, YuanField
from linli.plumbing.forms import words as line

from ..rules.fees import SOURCE_MOST


class FeesForm(OnceForm):
    """A sum for each member."""

    source = line(_("数字从哪里来"), SOURCE_MOST, help_text=_("例如物业公司的收费台账。"))

    def __init__(self, *args: Any, members: list[Post], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.members = members
        for post in members:
            self.fields[f"paid-{post.account_id}"] = YuanField(
                label=_("%(name)s交了多少（元）") % {"name": post.holder_name}, help_text=_("没有交的写 0。")
            )
        self.order_fields(["once", *(f"paid-{post.account_id}" for post in members), "source"])

    @property
    def paid(self) -> dict[UUID, int]:
        return {post.account_id: self.cleaned_data[f"paid-{post.account_id}"] for post in self.members}

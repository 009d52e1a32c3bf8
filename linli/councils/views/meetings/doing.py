"""Every act of a meeting as people meet it: its form, its verb, its words."""

from django.utils.translation import gettext_lazy

from ...forms import meetings as forms
from ...rules.meetings import Act
from ...services import meetings as services
from ..frames import Doing

ACTS: dict[Act, Doing] = {
    Act.ADD_ITEM: Doing(forms.ItemForm, services.add_item, gettext_lazy("再写一项"), gettext_lazy("写下了")),
    Act.PROPOSE: Doing(forms.OnceForm, services.propose, gettext_lazy("请其他委员附议"), gettext_lazy("提出来了，等其他委员附议"), gettext_lazy("有三分之一委员附议，主任就要召集。提出来以后议程不能再改。")),
    Act.SUPPORT: Doing(forms.OnceForm, services.support, gettext_lazy("我也提议"), gettext_lazy("记下了"), gettext_lazy("有三分之一委员提议，主任就要召集。")),
    Act.CALL: Doing(forms.CallForm, services.call, gettext_lazy("定时间，召集"), gettext_lazy("定下了，业主看得到议程，居委会也知道了"), gettext_lazy("议程马上给业主看，议题马上告诉居委会；以后不能再改。"), compound=True),
    Act.CANCEL: Doing(forms.WhyForm, services.cancel, gettext_lazy("不开了"), gettext_lazy("不开了")),
    Act.HOLD: Doing(forms.CameForm, services.hold, gettext_lazy("开会了，记到会"), gettext_lazy("记下了，到会的委员可以签字了"), compound=True),
    Act.MISS: Doing(forms.CameForm, services.miss, gettext_lazy("人不够，没开成"), gettext_lazy("记下了，要再召集一次")),
    Act.CLOSE: Doing(forms.OnceForm, services.close, gettext_lazy("不再等签字"), gettext_lazy("定了"), gettext_lazy("没签够的算没有通过，以后不能再签。")),
    Act.MINUTES: Doing(forms.MinutesForm, services.write_minutes, gettext_lazy("写纪要"), gettext_lazy("纪要存好了")),
    Act.PUBLISH: Doing(forms.OnceForm, services.publish, gettext_lazy("公布决定"), gettext_lazy("公布了，公告也发出去了"), gettext_lazy("每位委员怎么签的一起公布。公布以后不能再改，写错了只能在旁边更正。"), compound=True),
    Act.CORRECT: Doing(forms.CorrectForm, services.correct, gettext_lazy("更正"), gettext_lazy("更正写在下面了")),
}  # fmt: skip
ITEM_ACTS: dict[Act, Doing] = {
    Act.SIGN: Doing(forms.SignForm, services.sign, gettext_lazy("签字"), gettext_lazy("签好了"), gettext_lazy("签了不能改，您的名字和意见会公布。")),
    Act.ENTER: Doing(forms.EnterForm, services.enter, gettext_lazy("录纸上的签字"), gettext_lazy("录好了，也告诉他本人了"), gettext_lazy("只录到会委员亲手签的。您和他的名字都留在记录里。")),
    Act.DROP_ITEM: Doing(forms.OnceForm, services.drop_item, gettext_lazy("去掉这一项"), gettext_lazy("去掉了")),
}  # fmt: skip
PUT = gettext_lazy("起草业主大会会议")
MAIN = (Act.CALL, Act.PROPOSE, Act.SUPPORT, Act.HOLD, Act.PUBLISH)
OTHERS = (*MAIN, Act.MISS, Act.CLOSE, Act.MINUTES, Act.CORRECT, Act.CANCEL)


def label_of(act: Act) -> str:
    return str({**ACTS, **ITEM_ACTS}[act].label)

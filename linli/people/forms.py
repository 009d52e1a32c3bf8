"""What people type on the pages of accounts, bindings, registers and posts, made clean."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.kernel.agencies import AGENCIES
from linli.people.rules.tenure import BASES, GUARDIAN, GUARDIANS, LEGAL, REGISTERED
from linli.plumbing.forms import CodeField, DayField, Form, Once, PhoneField, chips, lines, offer, words
from linli.plumbing.labels import Labels
from linli.plumbing.numbers import number_in

# ── accounts ────────────────────────────────────────────────────────────────────────────────────────────────────────


class PhoneForm(Form):
    phone = PhoneField(autocomplete="tel-national")


class PasswordSignInForm(Form):
    phone = PhoneField(autocomplete="username")
    password = forms.CharField(
        label=_("密码"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}), strip=False
    )


class CodeForm(Form):
    code = CodeField()


class PasswordForm(Form):
    old = forms.CharField(
        label=_("原来的密码"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}), strip=False
    )
    new = forms.CharField(
        label=_("新密码"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False,
        help_text=_("至少 8 位，不能全是数字"),
    )  # fmt: skip

    def __init__(self, *args, with_old: bool, **kw):
        super().__init__(*args, **kw)
        if not with_old:
            del self.fields["old"]


class NewPhoneForm(PhoneForm):
    pass


# ── bindings ────────────────────────────────────────────────────────────────────────────────────────────────────────

RELATIONS = [("owner", _("我是业主")), ("family", _("业主的家人")), ("tenant", _("租户")), ("other", _("其他"))]
RELATIONS_OF = [("owner", _("业主")), ("family", _("家人")), ("tenant", _("租户")), ("other", _("其他住户"))]


class BindForm(Form):
    home = forms.UUIDField(widget=forms.HiddenInput)
    name = words(_("姓名"), 40, help_text=_("和房产证、租房合同上一样，只给核对的人看"))
    relation = chips(_("和这一户是什么关系"), RELATIONS)
    note = words(_("补充一句"), 200, required=False)
    once = Once()


class ConfirmBindingForm(Form):
    person = forms.ChoiceField(label=_("是名册里的谁"), widget=forms.RadioSelect)
    relation = chips(_("和这一户的关系"), RELATIONS_OF)
    once = Once()

    def __init__(self, *args, persons, **kw):
        super().__init__(*args, **kw)
        offer(self, "person", [*persons, ("new", _("名册里没有，是新住进来的"))])


class ReasonForm(Form):
    reason = lines(_("原因"), 120)
    once = Once()


class MoveOutForm(Form):
    reason = chips(_("为什么"), [("搬走了", _("搬走了")), ("房子卖了", _("房子卖了")), ("绑错了", _("绑错了"))])


class ResetForm(Form):
    checked = chips(
        _("怎么核对的身份"),
        [
            ("看了身份证原件", _("看了身份证原件")),
            ("看了户口本和房产证", _("户口本和房产证")),
            ("当面认识，有邻居在场", _("当面认识，有邻居在场")),
        ],
    )
    person_name = words(_("来的人说自己叫"), 40, help_text=_("和记录上的名字一起留下"))
    phone = PhoneField(required=False, label=_("新号码"), help_text=_("号码没变就空着"))


# ── one's own data ──────────────────────────────────────────────────────────────────────────────────────────────────


class AboutDataForm(Form):
    person = chips(_("谁的资料"), [])
    kind = chips(_("要做什么"), [("correct", _("改正")), ("erase", _("删除"))])
    words = lines(_("哪里不对，或者删什么"), 300)
    once = Once()

    def __init__(self, *args, persons, **kw):
        super().__init__(*args, **kw)
        offer(self, "person", persons)
        if not persons:
            del self.fields["person"]
        elif len(persons) == 1:
            self.fields["person"].initial = persons[0][0]


class AnswerDataForm(Form):
    state = chips(_("结果"), [("done", _("办好了")), ("refused", _("不能办"))])
    words = lines(_("怎么办的，或者为什么不能办"), 300)


# ── bodies and posts ────────────────────────────────────────────────────────────────────────────────────────────────


class BodyForm(Form):
    kind = chips(_("是什么组织"), [])
    name = words(_("名字"), 80)
    phone = words(_("电话"), 20, required=False)
    head_name = words(_("负责人姓名"), 40, required=False, help_text=_("物业经理、主任、书记；以后由他们任命自己的人"))
    head_phone = PhoneField(label=_("负责人手机号"), required=False)

    def __init__(self, *args, kinds, **kw):
        super().__init__(*args, **kw)
        offer(self, "kind", kinds)

    def clean(self):
        data = super().clean() or {}
        if bool(data.get("head_name")) != bool(data.get("head_phone")) and "head_phone" not in self.errors:
            self.add_error("head_phone" if data.get("head_name") else "head_name", _("姓名和手机号一起填"))
        return data


class EndBodyForm(Form):
    last_day = DayField(label=_("到哪天止"))
    reason = lines(_("为什么结束"), 120, help_text=_("比如：合同到期；换届了；撤销了"))
    once = Once()


class FirstPostForm(Form):
    name = words(_("姓名"), 40)
    phone = PhoneField(help_text=_("用这个号码收验证码登录"))


class AppointForm(FirstPostForm):
    kind = chips(_("岗位"), [])
    from_day = DayField(label=_("从哪天起"))
    to_day = DayField(label=_("到哪天止"), required=False)
    obtained = chips(
        _("怎么来的"), [("appointed", _("任命")), ("elected", _("选举")), ("hired", _("聘用"))], initial="appointed"
    )
    field_order = ("kind", "name", "phone", "from_day", "to_day", "obtained")

    def __init__(self, *args, kinds, **kw):
        super().__init__(*args, **kw)
        offer(self, "kind", kinds)


# ── register ────────────────────────────────────────────────────────────────────────────────────────────────────────


class LookForm(Form):
    """Why somebody needs the whole number."""

    reason = chips(
        _("为什么要看"),
        [
            ("联系本人办诉求", _("办诉求要联系")),
            ("紧急情况", _("漏水、火情等急事")),
            ("核对名册", _("核对名册")),
            ("其他", _("其他")),
        ],
    )
    more = words(_("补充一句"), 100, required=False)
    once = Once()

    def clean(self):
        data = super().clean() or {}
        if data.get("reason") == "其他" and not data.get("more", "").strip():
            self.add_error("more", _("写一句是什么事"))
        return data

    @property
    def why(self) -> str:
        given = self.cleaned_data
        return "：".join(filter(None, (given["reason"], given["more"].strip())))


class CaseLookForm(LookForm):
    """The same for a case in one's hands."""

    reason = chips(
        _("为什么要看"),
        [("联系本人办诉求", _("办诉求要联系")), ("紧急情况", _("漏水、火情等急事")), ("其他", _("其他"))],
    )
    case = forms.CharField(
        label=_("为哪一件"),
        max_length=12,
        help_text=_("您手上还在办的一件事的编号，比如 0319；是这个人说的，或者在他家、他那个单元。"),
    )

    def clean_case(self):
        return number_in(self.cleaned_data["case"])


class PaperForm(LookForm):
    """Why somebody looks at what a person wrote or signed."""

    reason = chips(
        _("为什么要看"),
        [
            ("核对是不是本人的意思", _("核对是不是本人的意思")),
            ("本人来问", _("本人来问")),
            ("有人投诉，要复查", _("有人投诉，要复查")),
            ("其他", _("其他")),
        ],
    )


class ProofForm(LookForm):
    """Why somebody looks at what proves a change of the register."""

    reason = chips(
        _("为什么要看"),
        [
            ("核对证明", _("核对证明")),
            ("有人投诉，要复查", _("有人投诉，要复查")),
            ("其他", _("其他")),
        ],
    )


def _photo(label: Any, help: Any, required: bool = True) -> forms.FileField:
    return forms.FileField(
        label=label, help_text=help, widget=forms.FileInput(attrs={"accept": "image/*"}), required=required,
        error_messages={"required": _("证明的照片也要，第二个人对照着确认")},
    )  # fmt: skip


class PersonForm(Form):
    name = words(_("姓名"), 80)
    phone = PhoneField(required=False)
    relation = chips(_("和这一户的关系"), RELATIONS_OF)
    from_day = DayField(label=_("从哪天起"), required=False)
    basis = chips(_("业主凭什么"), Labels(BASES).choices(), initial=REGISTERED, required=False)
    reason = words(_("依据"), 200, help_text=_("比如：看了房产证；租房合同备案"))
    paper = _photo(
        _("证明的照片"), _("还没登记的业主一定要传。密封保存，只给第二个人核对时看，收下 30 天后删掉"), required=False
    )
    once = Once()

    def clean(self):
        data = super().clean() or {}
        data["basis"] = data.get("basis") or REGISTERED
        return data


class GuardianForm(Form):
    """`ends`: those who act for this owner now, by id; without any only a new one is registered."""

    asked_for = frozenset({"name"})

    what = chips(_("登记什么"), [])
    kind = chips(_("是哪一种"), [], required=False)
    name = words(_("姓名"), 40, required=False)
    phone = PhoneField(required=False, help_text=_("写了的，用这个号码的账号可以在网上替业主投票"))
    until = DayField(label=_("到哪天"), required=False, help_text=_("未成年人写满十八岁的前一天；没有期限不写"))
    reason = words(_("凭什么证明"), 200, help_text=_("比如：户口本；法院判决；营业执照"))
    paper = _photo(_("证明的照片"), _("密封保存，只给第二个人核对时看，收下 30 天后删掉"))
    once = Once()

    def __init__(self, *args, company: bool, ends: Sequence[tuple[str, str]], **kw):
        super().__init__(*args, **kw)
        kind = LEGAL if company else GUARDIAN
        offer(self, "kind", [(kind, Labels(GUARDIANS)[kind])])
        self.fields["kind"].initial = kind
        if ends:
            offer(self, "what", [("", _("登记一位")), *ends])
            self.fields["what"].required = False
        else:
            del self.fields["what"]
            self.fields["name"].required = True


class CorrectPersonForm(Form):
    name = words(_("姓名"), 80)
    phone = PhoneField(required=False)
    phone2 = PhoneField(label=_("另一个号码"), required=False)
    drop = forms.BooleanField(label=_("上面没填的号码已经不用了，去掉"), required=False)
    reason = words(_("为什么改"), 200)
    once = Once()


class DiedForm(Form):
    what = chips(_("登记什么"), [("died", _("去世日期写错了")), ("alive", _("登记错了，人还在世"))], initial="died")
    day = DayField(label=_("去世日期"), required=False)
    reason = words(_("凭什么证明"), 200, help_text=_("比如：看了死亡医学证明；户口注销证明"))
    paper = _photo(_("证明的照片"), _("密封保存，只给第二个人核对时看，收下 30 天后删掉"))
    once = Once()

    def __init__(self, *args, recorded: bool, **kw):
        super().__init__(*args, **kw)
        if not recorded:
            del self.fields["what"]
            self.fields["day"].required = True

    def clean(self):
        data = super().clean() or {}
        data["alive"] = data.pop("what", "died") == "alive"
        if not data["alive"] and not data.get("day") and "day" not in self.errors:
            self.add_error("day", _("写去世的日期"))
        return data


# ── assistance ──────────────────────────────────────────────────────────────────────────────────────────────────────


class AssistForm(Form):
    person = forms.UUIDField(required=False, widget=forms.HiddenInput)
    home = forms.UUIDField(required=False, widget=forms.HiddenInput)
    name = words(_("姓名"), 40, required=False)
    purpose = words(_("要办什么事"), 120)
    channel = chips(_("怎么找来的"), [("phone", _("打电话来")), ("counter", _("到窗口")), ("visit", _("上门时"))])
    paper = forms.FileField(
        label=_("纸质单的照片"), required=False, help_text=_("本人写的字条或签过字的单子，没有可以先不传"),
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )  # fmt: skip
    once = Once()


class AgencyForm(Form):
    catalogue = forms.ChoiceField(label=_("哪个部门"), choices=[(key, _(a.zh)) for key, a in AGENCIES.items()])
    name = words(_("全称"), 80, required=False, help_text=_("不写就用通称，如“某某区住建局”可以写全。"))
    liaison = words(_("联络员"), 40, required=False)
    liaison_phone = PhoneField(label=_("联络员手机号"), required=False)


# ── lists with names and numbers ────────────────────────────────────────────────────────────────────────────────────


class AskExportForm(Form):
    purpose = lines(_("拿去做什么"), 200, help_text=_("印在名单上，名单里的人也看得到"))
    needed_by = DayField(label=_("用到哪天"), help_text=_("过了这天自动结束"))
    once = Once()


class DecideExportForm(Form):
    words = lines(_("说一句"), 200, rows=2, required=False, help_text=_("不同意要写为什么，申请人看得到"))
    once = Once()

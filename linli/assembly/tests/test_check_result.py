import pytest

PASSED = {
    "matter_no": "5", "total_persons": "36", "total_area": "3,508.53", "participating_persons": "３０", "participating_area": "2800.5㎡",
    "approve_persons": "25", "approve_area": "2339.40", "announced": "passed", "date": "2023-11-09",
}  # fmt: skip


def ask(client, **more):
    return client.get("/check-result/", PASSED | more)


def test_an_empty_page_asks_and_says_nothing(client):
    page = client.get("/check-result/")
    assert page.status_code == 200 and page.context["said"] is None and b"invalid" not in page.content


def test_figures_as_people_write_them_are_judged(client):
    said = ask(client).context["said"]
    assert said["follows"] is True and said["result"] == "通过"
    assert [row["share"] for row in said["rows"]] == ["79.82%", "83.33%", "83.54%", "83.33%"]
    assert [row["needs"] for row in said["rows"]] == ["三分之二以上"] * 2 + ["超过一半"] * 2


def test_what_does_not_follow_is_said_with_the_comparison(client):
    page = ask(client, matter_no="7", approve_persons="22")
    assert page.context["said"]["follows"] is False
    assert [row["holds"] for row in page.context["said"]["rows"]] == [True, True, True, False]
    assert "公布的结果和数字不符" in page.content.decode()


def test_what_was_not_published_leaves_it_open(client):
    blank = dict.fromkeys(("participating_persons", "participating_area"), "")
    said = ask(client, **blank).context["said"]  # whoever approved took part
    assert said["follows"] is True and [row["share"] for row in said["rows"]] == ["至少 66.68%", "至少 69.44%"] * 2
    said = ask(client, **blank, approve_persons="20").context["said"]
    assert said["follows"] is None and said["possible"] == ["通过", "未达到法定参与比例"]
    said = ask(client, **blank, approve_persons="", approve_area="").context["said"]
    assert said["follows"] is None and said["possible"] == ["通过", "未通过", "未达到法定参与比例"]


def test_before_the_civil_code_nothing_is_judged(client):
    page = ask(client, date="2017-05")
    assert page.context["said"]["follows"] is None and "2021 年" in page.content.decode()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("approve_persons", "31", "比上面的还多"), ("participating_area", "4000", "比上面的还多"), ("total_area", "12.345", "最多两位小数"),
        ("total_persons", "三十六", "写一个整数"), ("date", "去年", "写成 2025-10-31"), ("matter_no", "", "这里要填"), ("announced", "no", "选一个"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_beside_its_field_and_all_is_kept(client, field, value, sentence):
    page = ask(client, **{field: value})
    assert sentence in str(page.context["form"].errors[field]) and page.context["said"] is None
    assert "3,508.53" in page.content.decode() or field == "total_area"

"""A remark to the clerk: reads as Chinese, and keeps its sentence and values apart, to be said in another language."""

from typing import Self


class Note(str):
    """`values` fill the sentence's %(…)s: a str is data and stays as it is, a Note or a tuple of Notes is said too."""

    __slots__ = ("sentence", "values")
    sentence: str
    values: dict[str, object]

    def __new__(cls, sentence: str, /, **values: object) -> Self:
        read = {name: "、".join(value) if type(value) is tuple else value for name, value in values.items()}
        note = super().__new__(cls, sentence % read if values else sentence)
        note.sentence, note.values = sentence, values
        return note

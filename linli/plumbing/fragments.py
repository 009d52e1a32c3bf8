"""Parts of a page's frame that are the same for many people are drawn once."""

from typing import Any

from django import template
from django.utils.translation import get_language

MOST = 1000


class Kept(template.Node):
    """Drawn once for each language and each value of what it is said to depend on."""

    def __init__(self, depends: list[template.base.FilterExpression], nodelist: template.NodeList) -> None:
        self.depends, self.nodelist = depends, nodelist
        self.drawn: dict[Any, str] = {}

    def render(self, context: template.Context) -> str:
        key = (get_language(), *(on.resolve(context) for on in self.depends))
        found = self.drawn.get(key)
        if found is None:
            found = self.nodelist.render(context)
            if len(self.drawn) >= MOST:
                self.drawn.clear()
            self.drawn[key] = found
        return found


def kept(parser: template.base.Parser, token: template.base.Token) -> Kept:
    """`{% kept look.slug look.role %}…{% endkept %}`: name all that the part shows; nothing of one person or one request."""
    depends = [parser.compile_filter(bit) for bit in token.split_contents()[1:]]
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return Kept(depends, nodelist)

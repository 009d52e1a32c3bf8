"""Addresses of pages, kept: Django spends 80 µs on making one, and a page has twenty."""

from functools import lru_cache
from typing import Any

from django import template
from django.template.base import FilterExpression
from django.template.defaulttags import URLNode, url
from django.urls import NoReverseMatch, reverse
from django.utils.html import conditional_escape


@lru_cache(maxsize=20_000)
def address(name: str, *args: Any) -> str:
    """As `reverse`; raises NoReverseMatch."""
    return reverse(name, args=args)


@lru_cache(maxsize=2000)
def _around(name: str, slug: str) -> list[str]:
    return reverse(name, args=[slug, 0]).split("/0/")


def numbered(name: str, slug: str, number: int) -> str:
    """The address of one of many, whose name takes the compound and a number."""
    return f"/{number}/".join(_around(name, slug))


class KeptURLNode(URLNode):
    """`{% url %}` by `address`."""

    view_name: FilterExpression

    def render(self, context: template.Context) -> str:
        if self.kwargs:
            return super().render(context)
        made = ""
        try:
            made = address(self.view_name.resolve(context), *[arg.resolve(context) for arg in self.args])
        except NoReverseMatch:
            if self.asvar is None:
                raise
        if self.asvar:
            context[self.asvar] = made
            return ""
        return conditional_escape(made) if context.autoescape else made


def kept_url(parser: template.base.Parser, token: template.base.Token) -> KeptURLNode:
    node = url(parser, token)
    return KeptURLNode(node.view_name, node.args, node.kwargs, node.asvar)

"""What the tests of the desk's pages share."""

from uuid import uuid4

from django.urls import reverse

from linli.matters.models import Matter
from linli.people.models import Post
from linli.people.rules import Role

HTMX = {"HTTP_HX_REQUEST": "true"}


def url(place, name: str, *args, **query) -> str:
    from urllib.parse import urlencode

    return reverse(f"matters:{name}", args=[place.slug, *args]) + (f"?{urlencode(query)}" if query else "")


def again(m: Matter) -> Matter:
    return Matter.objects.get(pk=m.pk)


def numbers(response) -> list[int]:
    return [row.number for row in response.context["page"].rows]


def to_property(place) -> dict:
    """Given to somebody of the property company."""
    there = Post.objects.filter(organisation=place.property).first()
    post = there.pk if there else place.post(Role.ENGINEER).role_id
    return {"body": str(place.property.pk), "post": str(post)}


def sort_data(place, **more) -> dict:
    to = {"post": ""} if "body" in more else to_property(place)
    return {
        "once": str(uuid4()), "category": "0101", "urgency": "normal", "level": "", "due_at": "", **to, **more,
    }  # fmt: skip


def record_data(**more) -> dict:
    return {"once": str(uuid4()), "source": "front_desk", "words": "三楼灯坏了", "building": "", "place": "", **more}

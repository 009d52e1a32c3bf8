"""What a place is called, however much of it was said twice."""

import pytest

from linli.matters.services import Spot
from linli.places.models import Building, Entrance


@pytest.mark.parametrize(
    ("entrance", "words", "said"),
    [
        (None, "", "1栋"),
        (None, "1栋", "1栋"),
        (None, "1栋 2单元门口", "1栋 2单元门口"),
        (None, "楼前", "1栋 楼前"),
        ("2单元", "1栋2单元三楼", "1栋2单元三楼"),
        ("2单元", "1栋 三楼", "1栋2单元 三楼"),
        (None, "11栋门口", "1栋 11栋门口"),
    ],
)
def test_a_place_names_its_building_once(entrance, words, said):
    spot = Spot(building=Building(label="1栋"), entrance=Entrance(label=entrance) if entrance else None, words=words)
    assert spot.label == said

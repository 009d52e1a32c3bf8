"""A compound with a case of two homes, and three who may ask for its list or decide."""

import pytest

from linli.matters.rules.batches import USUAL_PAPERS, USUAL_PATH
from linli.matters.services import batches
from linli.matters.tests import makers
from linli.people.rules import Role

from ..test_bindings import owner
from .lists import NOW

LIST = "楼栋,单元,房号,合同号,购房合同,购房发票,契税,维修资金,测绘\n7栋,1单元,301,HT-1,有,有,有,有,有\n8栋,1单元,301,HT-2,有,无,有,有,有\n"


@pytest.fixture
def place():
    place = makers.compound()
    furnish(place)
    return place


def furnish(place) -> None:
    """A case of two homes, of which one owner has a number."""
    chair = place.post(Role.COMMITTEE_CHAIR, name="郑主任")
    case = batches.open_batch(
        by=chair, compound=place.compound, title="补办不动产权证", words="2012 年交房", path=USUAL_PATH, papers=USUAL_PAPERS,
        bring_to="前台", at=NOW,
    )  # fmt: skip
    roster = batches.check_import(by=chair, batch=case, filename="x.csv", data=LIST.encode(), at=NOW)
    batches.apply_import(by=chair, batch=case, roster=roster, at=NOW)
    owner(place, name="王小明", phone="13800000003")
    place.chair = chair


@pytest.fixture
def desk(place):
    return place.post(Role.FRONT_DESK, name="前台小周")


@pytest.fixture
def secretary(place):
    return place.post(Role.COMMUNITY_SECRETARY, name="陈书记")


@pytest.fixture
def clerk(place):
    return place.post(Role.COMMUNITY_WORKER, name="林社工")

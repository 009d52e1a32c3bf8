from time import process_time

import pytest

from linli.web.samples import photos


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("motif", photos.MOTIFS)
def test_photo_is_whole_and_small(motif, after):
    image = photos.draw(motif, after, 1)
    assert image.size == (1200, 900) and image.mode == "RGB"
    assert 8_000 < len(photos.jpeg(image)) < 60_000


def test_photo_is_the_same_each_time_and_differs_by_seed_and_side():
    first = photos.draw("leak", False, 2).tobytes()
    assert photos.draw("leak", False, 2).tobytes() == first
    assert photos.draw("leak", False, 3).tobytes() != first
    assert photos.draw("leak", True, 2).tobytes() != first


def test_photos_are_quick():
    for seed in range(4):
        photos.draw("leak", True, seed)
    began = process_time()
    for motif in photos.MOTIFS:
        photos.draw(motif, False, 0)
    assert process_time() - began < 0.06 * len(photos.MOTIFS)


def test_unknown_motif_is_refused():
    with pytest.raises(KeyError):
        photos.draw("unicorn", False, 0)

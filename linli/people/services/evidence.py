from uuid import UUID

from linli.kernel.refusal import Refused
from linli.plumbing import images, vault


def sealed(compound_id: UUID, paper: bytes) -> str:
    """The picture of what proves a change of the register, for the second person; what is none is said beside the field."""
    try:
        photo = images.photo(paper)
    except Refused as no:
        raise Refused(no.refusal, "paper") from no
    return vault.keep_sealed(compound_id, photo.small)

"""What was refused, by its key."""

from collections.abc import Callable
from typing import Any

import pytest

from linli.kernel.refusal import Refused


def refused(call: Callable[..., Any], /, *args: Any, **given: Any) -> str:
    with pytest.raises(Refused) as no:
        call(*args, **given)
    return no.value.refusal.key

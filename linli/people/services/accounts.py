from typing import Any

from linli.people.models import Account


def set_look(*, account: Account, **look: Any) -> None:
    """Larger type and light or dark, kept with the account."""
    for name in look:
        if name not in {"elder", "theme"}:
            raise ValueError(name)
        setattr(account, name, look[name])
    account.save(update_fields=list(look))

"""Every write on accounts, registers and posts."""

from .accounts import set_look

__all__ = ["set_look"]

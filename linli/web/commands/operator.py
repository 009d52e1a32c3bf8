"""`linli operator create PHONE`: the first operator, from the terminal of the machine."""

import argparse
import getpass
import os
import re
import sys

from django.utils import timezone

from linli.kernel.refusal import Refused
from linli.people import services


def run(args: argparse.Namespace) -> int:
    if not re.fullmatch(r"1[3-9]\d{9}", args.phone):
        print("A mobile number of 11 digits that begins with 1, please.", file=sys.stderr)
        return 2
    try:
        account = services.make_operator(phone=args.phone, name=args.name, password=_password(), at=timezone.now())
    except Refused as no:
        print(no, file=sys.stderr)
        return 1
    print(f"Operator {account.phone[:3]}****{account.phone[-4:]} can sign in at /sign-in/?way=password")
    return 0


def _password() -> str:
    given = os.environ.get("LINLI_OPERATOR_PASSWORD")
    if given:
        return given
    while True:
        first = getpass.getpass("Password (8 characters or more): ")
        if first == getpass.getpass("Again: "):
            return first
        print("Not the same. Once more.", file=sys.stderr)

"""`linli verify`: the verifier that anybody can run alone."""

from argparse import Namespace

from linli.kernel import verifier


def run(args: Namespace) -> int:
    return verifier.main([args.file, *(["--receipt", args.receipt] if args.receipt else [])])

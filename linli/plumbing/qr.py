"""Addresses for a camera."""

from django.utils.safestring import SafeString, mark_safe


def svg(address: str) -> SafeString:
    """Black on what lies behind it, without a margin: the sheet has to leave one, four modules wide."""
    import segno  # only where a sheet is printed

    return mark_safe(segno.make(address, error="m", micro=False).svg_inline(omitsize=True, border=0, svgclass=None))

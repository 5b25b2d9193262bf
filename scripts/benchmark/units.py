"""Numbers as people read them."""


def seconds(value):
    if value is None:
        return ""
    if value < 0.001:
        return f"{value * 1e6:.0f} µs"
    if value < 1:
        return f"{value * 1000:.1f} ms" if value < 0.1 else f"{value * 1000:.0f} ms"
    return f"{value:.2f} s" if value < 100 else f"{value:,.0f} s"


def bytes_(value):
    if value is None:
        return ""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if abs(value) >= factor:
            return f"{value / factor:.1f} {unit}"
    return f"{value:.0f} B"


def times(value):
    return f"{value:.1f} ×" if value < 100 else f"{value:,.0f} ×"


def count(value):
    return f"{value:,}"


def tick(value, unit):
    """A label of an axis: a power of ten, so there is nothing to round."""
    if unit == "s":
        return f"{value:,.0f} s" if value >= 1 else f"{value * 1000:g} ms"
    if unit == "B":
        return bytes_(value).replace(".0 ", " ")
    return f"{value:,.0f}"

"""Charts as SVG, readable on light and on dark pages."""

import math
from dataclasses import dataclass
from xml.sax.saxutils import escape

from units import tick

_WIDTH, _HEIGHT = 760, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 214, 64, 52
_LABEL_HEIGHT = 16

# Light and dark, in the order in which series take them. The first is certwright itself.
_COLOURS = (("#2a78d6", "#3987e5"), ("#1baf7a", "#199e70"), ("#4a3aa7", "#9085e9"),
            ("#eb6834", "#d95926"), ("#b8860b", "#c98500"), ("#d55181", "#d55181"))

_STYLE = """\
text { font: 12px system-ui, sans-serif; fill: #52514e }
.page { fill: #ffffff }
.title { font-size: 15px; font-weight: 600; fill: #0b0b0b }
.grid { stroke: #e4e3df; stroke-width: 1 }
.axis { stroke: #a3a29c; stroke-width: 1 }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round }
.reference { stroke-dasharray: 5 5 }
.point { stroke: #ffffff; stroke-width: 2 }
.leader { stroke-width: 1; opacity: 0.5 }
"""

_DARK = """\
text { fill: #c3c2b7 }
.page { fill: #1a1a19 }
.title { fill: #ffffff }
.grid { stroke: #2f2f2d }
.axis { stroke: #6f6e69 }
.point { stroke: #1a1a19 }
"""


@dataclass(frozen=True)
class Series:
    name: str
    points: tuple
    # Something that certwright is compared with: dashed.
    is_reference: bool = False


@dataclass(frozen=True)
class Axis:
    """One direction of a chart. `unit` is s, B or nothing."""

    name: str
    unit: str = ""
    is_logarithmic: bool = True


class _Scale:
    """From values to pixels, with ticks at round numbers."""

    def __init__(self, axis, values, start, end):
        self.axis, self.start, self.end = axis, start, end
        if axis.is_logarithmic:
            first, last = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
            self.ticks = [10.0 ** power for power in range(first, max(last, first + 1) + 1)]
        else:
            step = _round_step(max(values) or 1)
            self.ticks = [step * i for i in range(math.ceil((max(values) or 1) / step) + 1)]
        self.low, self.high = self._position(self.ticks[0]), self._position(self.ticks[-1])

    def _position(self, value):
        return math.log10(value) if self.axis.is_logarithmic else value

    def __call__(self, value):
        part = (self._position(value) - self.low) / (self.high - self.low)
        return self.start + part * (self.end - self.start)

    def label(self, value):
        return tick(value, self.axis.unit)


def _round_step(largest):
    """A step of 1, 2 or 5 times a power of ten that gives at most six ticks."""
    rough = largest / 5
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)


def draw(title, x_axis, y_axis, series):
    """A chart of lines, each labelled at its end."""
    points = [point for each in series for point in each.points]
    x = _Scale(x_axis, [point[0] for point in points], _LEFT, _WIDTH - _RIGHT)
    y = _Scale(y_axis, [point[1] for point in points], _HEIGHT - _BOTTOM, _TOP)
    parts = [_head(title), *_grid(x, y), *_axis_names(x_axis, y_axis)]
    for number, each in enumerate(series):
        parts += _line(number, each, x, y)
    parts += _labels(series, x, y)
    return "\n".join(parts) + "\n</svg>\n"


def _head(title):
    dark = _DARK + "".join(_colour_rules(1))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
            f' width="{_WIDTH}" height="{_HEIGHT}" role="img" aria-label="{escape(title)}">\n'
            f"<style>\n{_STYLE}{''.join(_colour_rules(0))}"
            f"@media (prefers-color-scheme: dark) {{\n{dark}}}\n</style>\n"
            f'<rect class="page" width="{_WIDTH}" height="{_HEIGHT}"/>\n'
            f'<text class="title" x="16" y="26">{escape(title)}</text>')


def _colour_rules(mode):
    for number, colours in enumerate(_COLOURS):
        yield f".s{number} {{ stroke: {colours[mode]} }}\n.f{number} {{ fill: {colours[mode]} }}\n"


def _grid(x, y):
    left, right, bottom = x.start, x.end, y.start
    for value in y.ticks:
        yield _rule("grid", left, y(value), right, y(value))
        yield _text(left - 10, y(value) + 4, y.label(value), "end")
    for value in x.ticks:
        yield _rule("axis", x(value), bottom, x(value), bottom + 5)
        yield _text(x(value), bottom + 20, x.label(value), "middle")
    yield _rule("axis", left, bottom, right, bottom)


def _axis_names(x_axis, y_axis):
    yield _text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 12, x_axis.name, "middle")
    yield _text(16, 46, y_axis.name, "start")


def _line(number, series, x, y):
    places = [(x(point[0]), y(point[1])) for point in series.points]
    path = " ".join(f"{'L' if i else 'M'}{px:.1f} {py:.1f}" for i, (px, py) in enumerate(places))
    kind = " reference" if series.is_reference else ""
    yield f'<path class="line s{number}{kind}" d="{path}"/>'
    # Points of a line of very many would hide it.
    if len(places) <= 12:
        for px, py in places:
            yield f'<circle class="point f{number}" cx="{px:.1f}" cy="{py:.1f}" r="4"/>'


def _labels(series, x, y):
    """Names at the ends of the lines, moved apart where they would lie on one another."""
    column = x.end + 26
    ends = sorted((y(each.points[-1][1]), number) for number, each in enumerate(series))
    heights = _apart([height for height, _ in ends])
    for (height, number), place in zip(ends, heights):
        end = x(series[number].points[-1][0])
        yield (f'<line class="leader s{number}" x1="{end + 7:.1f}" y1="{height:.1f}"'
               f' x2="{column - 6:.1f}" y2="{place:.1f}"/>')
        yield _text(column, place + 4, series[number].name, "start")


def _apart(heights):
    """The same heights, in order, with room for a line of text between each two."""
    placed = []
    for height in heights:
        placed.append(max(height, placed[-1] + _LABEL_HEIGHT) if placed else height)
    # Whatever was pushed below the plot moves everything above it up again.
    lowest = _HEIGHT - _BOTTOM
    for i in reversed(range(len(placed))):
        placed[i] = min(placed[i], lowest)
        lowest = placed[i] - _LABEL_HEIGHT
    return placed


def _rule(kind, x1, y1, x2, y2):
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x, y, text, anchor):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'

"""Bar and line charts as SVG, by hand: a few rectangles, lines and words."""

import html
import math

WIDTH = 760
COLOURS = ("#1f6f5c", "#c2571a", "#3a6ea5", "#8a4f9e", "#a08a1e", "#6b6b6b", "#b03a5b", "#2e8b9e")
HEAD = ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}"'
        ' font-family="system-ui, sans-serif" font-size="13" role="img" aria-label="{label}">\n'
        '<rect width="{w}" height="{h}" fill="#ffffff"/>\n'
        '<text x="16" y="26" font-size="16" font-weight="600" fill="#222">{label}</text>\n')


def number(value):
    """Short, for people: 12,300; 12.3; 0.123."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def text(x, y, words, anchor="start", colour="#333"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">'
            f'{html.escape(words)}</text>\n')


def bars(title, rows):
    """`rows`: (label, median, low, high), drawn from the top; those of blogd in its colour."""
    left, right, step = 200, 110, 28
    height = 52 + step * len(rows)
    most = max(high for _, _, _, high in rows) or 1
    scale = (WIDTH - left - right) / most
    out = HEAD.format(w=WIDTH, h=height, label=html.escape(title))
    for i, (label, median, low, high) in enumerate(rows):
        y = 44 + step * i
        colour = COLOURS[0] if label.startswith("blogd") else "#9aa5a1"
        out += text(left - 10, y + 15, label, "end")
        out += (f'<rect x="{left}" y="{y}" width="{max(median * scale, 1):.1f}" height="20"'
                f' fill="{colour}"/>\n')
        out += (f'<line x1="{left + low * scale:.1f}" x2="{left + high * scale:.1f}" y1="{y + 10}"'
                f' y2="{y + 10}" stroke="#222" stroke-width="2"/>\n')
        out += text(left + high * scale + 8, y + 15, number(median))
    return out + "</svg>\n"


def ticks(low, high, logarithmic):
    if logarithmic:
        first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
        return [10.0 ** power for power in range(first, last + 1)]
    step = 10 ** math.floor(math.log10(high))
    step = step / 5 if high / step < 2 else step / 2 if high / step < 5 else step
    return [step * i for i in range(math.ceil(high / step) + 1)]


class Axis:
    """From values to places. `values`: all that will be drawn."""

    def __init__(self, values, start, end, logarithmic, marks=None):
        values = [v for v in values if v > 0] or [1]
        self.marks = marks or ticks(min(values), max(values), logarithmic)
        self.change = math.log10 if logarithmic else float
        self.start, self.end = start, end
        self.low, self.high = self.change(self.marks[0]), self.change(self.marks[-1])

    def place(self, value):
        share = (self.change(value) - self.low) / ((self.high - self.low) or 1)
        return self.start + share * (self.end - self.start)


def lines(title, x_title, y_title, series, log_y=False):
    """`series`: (label, [(x, y), ...]); x is logarithmic and marked where there are points."""
    height, left, right, top, bottom = 380, 80, 210, 62, 330
    xs = sorted({x for _, points in series for x, _ in points})
    across = Axis(xs, left, WIDTH - right, True, marks=xs)
    up = Axis([y for _, points in series for _, y in points], bottom, top, log_y)
    out = HEAD.format(w=WIDTH, h=height, label=html.escape(title))
    out += text(left - 64, top - 14, y_title, colour="#666")
    out += text((left + WIDTH - right) / 2, height - 12, x_title, "middle", "#666")
    for mark in up.marks:
        y = up.place(mark)
        out += f'<line x1="{left}" x2="{WIDTH - right}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>\n'
        out += text(left - 8, y + 4, number(mark) if mark else "0", "end", "#666")
    for mark in across.marks:
        out += text(across.place(mark), bottom + 20, f"{mark:,}", "middle", "#666")
    for i, (label, points) in enumerate(series):
        colour = COLOURS[i % len(COLOURS)]
        places = [(across.place(x), up.place(y)) for x, y in points if y > 0 or not log_y]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        out += f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>\n'
        out += "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>\n'
                       for x, y in places)
        out += text(WIDTH - right + 14, top + 12 + 20 * i, label, colour=colour)
    return out + "</svg>\n"

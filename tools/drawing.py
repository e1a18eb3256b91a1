"""Drawings for the documentation: SVG on the library drawsvg, in colours for light and dark mode.

Colours are named (see `PALETTE`). A shape has the light one as an attribute, which every viewer knows, and a
class by which browsers take the dark one where their user prefers it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tools.errors import UserError

try:
    import drawsvg
except ModuleNotFoundError as missing:
    raise UserError(
        "The package drawsvg is missing: it draws the pictures and comes with the development tools.",
        "Install it: .venv/bin/python -m pip install -c constraints.txt drawsvg",
    ) from missing

SERIF = "Georgia, 'Times New Roman', serif"
SANS = "Inter, 'Segoe UI', Helvetica, Arial, sans-serif"
MONO = "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace"

# Name: (in light mode, in dark mode).
PALETTE = {
    "paper": ("#fbfaf7", "#171a19"),
    "card": ("#ffffff", "#1f2423"),
    "card-edge": ("#ddd8cc", "#39413e"),
    "ink": ("#2b2a27", "#ece8de"),
    "soft": ("#5d5a52", "#b3aea2"),
    "heading": ("#1f3a34", "#a9d3c4"),
    "pale": ("#e4dfd3", "#333a37"),
    "bar": ("#d5cfc1", "#4a524e"),
    "arrow": ("#6b675d", "#958f82"),
    "amber": ("#d9a441", "#d9a441"),
    "amber-pale": ("#fdf3e3", "#3a2f1b"),
    "green": ("#7fae88", "#7fae88"),
    "green-pale": ("#eaf4ec", "#1f3325"),
    "violet": ("#a78bba", "#a78bba"),
    "violet-pale": ("#f3edf7", "#33293b"),
    "blue": ("#9db4cc", "#7f99b5"),
    "blue-pale": ("#eef3f8", "#232d38"),
    "teal": ("#4f7d8c", "#72aabd"),
    "grey": ("#cfc9bb", "#6c6960"),
    "target": ("#b4532a", "#e58a5f"),
}


@dataclass(frozen=True)
class Font:
    """A font: family, size, weight and colour."""

    family: str = SANS
    size: float = 13
    weight: int = 400
    colour: str = "ink"


class Sheet:
    """A sheet of paper to draw on; `str` returns the SVG, with title and description for screen readers."""

    def __init__(self, width: int, height: int, title: str, description: str) -> None:
        self._drawing = drawsvg.Drawing(width, height, role="img", aria_labelledby="title description")
        self._drawing.append_css(_css())
        self._drawing.append(drawsvg.Title(title, id="title"))
        self._drawing.append(drawsvg.Raw(f'<desc id="description">{_escape(description)}</desc>'))
        self.box(0, 0, width, height, "paper", radius=14)

    def __str__(self) -> str:
        return str(self._drawing.as_svg(header="")).strip() + "\n"

    def text(self, x: float, y: float, text: str, font: Font, anchor: str = "start") -> None:
        """Write `text` with its baseline at (x, y)."""
        self._add(
            drawsvg.Text,
            text,
            font.size,
            _round(x),
            _round(y),
            font_family=font.family,
            font_weight=font.weight,
            text_anchor=anchor,
            **_fill(font.colour),
        )

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str,
        *,
        edge: str = "",
        edge_width: float = 1,
        radius: float = 3,
    ) -> None:
        """Draw a rectangle from its upper left corner."""
        size = _round(max(width, 0)), _round(max(height, 0))
        style = _style(fill, edge, edge_width)
        self._add(drawsvg.Rectangle, _round(x), _round(y), *size, rx=radius, **style)

    def line(
        self,
        x: float,
        y: float,
        to_x: float,
        to_y: float,
        stroke: str = "pale",
        *,
        width: float = 1,
        dash: str = "",
    ) -> None:
        """Draw a line, dashed where `dash` says how."""
        style = _style("", stroke, width) | ({"stroke_dasharray": dash} if dash else {})
        self._add(drawsvg.Line, _round(x), _round(y), _round(to_x), _round(to_y), **style)

    def dot(self, x: float, y: float, fill: str, *, radius: float = 5.5) -> None:
        """Draw a dot with a rim that separates it from others."""
        self._add(drawsvg.Circle, _round(x), _round(y), radius, **_style(fill, "card", 1))

    def cylinder(
        self, x: float, y: float, width: float, height: float, fill: str, *, edge: str, edge_width: float = 1
    ) -> None:
        """Draw a cylinder, the sign of a database, from its upper left corner."""
        half, flat, right, bottom = width / 2, 8, x + width, y + height
        body = drawsvg.Path(**_style(fill, edge, edge_width))
        body.M(x, y + flat).A(half, flat, 0, 0, 1, right, y + flat).V(bottom - flat)
        body.A(half, flat, 0, 0, 1, x, bottom - flat).Z()
        rim = drawsvg.Path(**_style("", edge, edge_width))
        rim.M(x, y + flat).A(half, flat, 0, 0, 0, right, y + flat)
        self._drawing.extend([body, rim])

    def arrow(self, points: Sequence[tuple[float, float]], *, corner: float = 12) -> None:
        """Draw an arrow through the points, along the axes, with rounded corners."""
        (x, y), (tip_x, tip_y) = points[-2:]
        across, down = _sign(tip_x - x), _sign(tip_y - y)
        end = (tip_x - 6 * across, tip_y - 6 * down)
        path = drawsvg.Path(**_style("", "arrow", 1.5)).M(*points[0])
        way = [*points[:-1], end]
        for (from_x, from_y), (at_x, at_y), (to_x, to_y) in zip(way, way[1:], way[2:], strict=False):
            path.L(at_x - corner * _sign(at_x - from_x), at_y - corner * _sign(at_y - from_y))
            path.Q(at_x, at_y, at_x + corner * _sign(to_x - at_x), at_y + corner * _sign(to_y - at_y))
        path.L(*end)
        head = drawsvg.Path(**_fill("arrow")).M(tip_x, tip_y)
        back_x, back_y, wide, high = tip_x - 8 * across, tip_y - 8 * down, 4.5 * down, 4.5 * across
        head.L(back_x - wide, back_y - high).L(back_x + wide, back_y + high).Z()
        self._drawing.extend([path, head])

    def _add(self, shape: Any, *where: Any, **style: Any) -> None:
        self._drawing.append(shape(*where, **style))


def _css() -> str:
    """Return the style sheet of dark mode."""
    rules = "".join(
        f".f-{name}{{fill:{dark}}}.s-{name}{{stroke:{dark}}}" for name, (_, dark) in PALETTE.items()
    )
    return f"@media (prefers-color-scheme: dark){{{rules}}}"


def _fill(name: str) -> dict[str, Any]:
    return {"fill": PALETTE[name][0], "class": f"f-{name}"}


def _style(fill: str, edge: str, edge_width: float) -> dict[str, Any]:
    classes = [f"f-{fill}"] * bool(fill) + [f"s-{edge}"] * bool(edge)
    stroke = {"stroke": PALETTE[edge][0], "stroke_width": edge_width} if edge else {}
    return {"fill": PALETTE[fill][0] if fill else "none", **stroke, "class": " ".join(classes)}


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)


def _round(number: float) -> float:
    """Round to what the eye can tell, so that the picture's text stays short."""
    return int(number) if number == int(number) else round(number, 1)


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

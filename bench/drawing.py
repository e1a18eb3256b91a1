"""A sheet of paper to draw on: shapes and words as SVG."""

from html import escape

INK, GREY, PALE, PAPER, CARD = "#2b2a27", "#6f6b62", "#e4dfd3", "#fbfaf7", "#ffffff"
SERIF, SANS = "Georgia, 'Times New Roman', serif", "Inter, 'Segoe UI', Helvetica, Arial, sans-serif"


class Sheet:
    """Collects shapes; `str` gives the picture, with a title and a description for who cannot see it."""

    def __init__(self, width: int, height: int, title: str, description: str) -> None:
        self._parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
            f'height="{height}" role="img" aria-labelledby="title description">',
            f'<title id="title">{escape(title)}</title><desc id="description">{escape(description)}</desc>',
            f'<rect width="{width}" height="{height}" rx="14" fill="{PAPER}"/>',
        ]

    def __str__(self) -> str:
        return "\n".join([*self._parts, "</svg>", ""])

    def words(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 13,
        weight: int = 400,
        fill: str = INK,
        anchor: str = "start",
        font: str = SANS,
    ) -> None:
        """Write `text` with its baseline at (x, y)."""
        self._parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-family="{font}" font-size="{size}" font-weight="{weight}" '
            f'fill="{fill}" text-anchor="{anchor}">{escape(text)}</text>'
        )

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str,
        *,
        edge: str = "none",
        round_: float = 3,
    ) -> None:
        """Draw a rectangle from its upper left corner."""
        self._parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}" '
            f'rx="{round_}" fill="{fill}" stroke="{edge}"/>'
        )

    def line(
        self,
        x: float,
        y: float,
        to_x: float,
        to_y: float,
        stroke: str = PALE,
        *,
        width: float = 1,
        dash: str = "",
    ) -> None:
        """Draw a line, dashed where `dash` says how."""
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(
            f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}" stroke="{stroke}" '
            f'stroke-width="{width}"{dashes}/>'
        )

    def dot(self, x: float, y: float, fill: str, *, radius: float = 5.5) -> None:
        """Draw a dot with a rim that sets it off from others."""
        self._parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{fill}" stroke="{CARD}"/>')

"""The picture of the shop, drawn from the data that the network policies are made from."""

from dataclasses import dataclass
from html import escape

from sockshop import images
from sockshop.model import Workload
from sockshop.services import SERVICES

WIDTH, HEIGHT = 1200, 524
BOX_WIDTH, BOX_HEIGHT = 126, 66
COLUMNS = (85, 257, 428, 600, 772, 944, 1115)  # centres
ROWS = (178, 322, 466)
CORNER = 12
SERIF = "Georgia,Times New Roman,serif"
SANS = "Inter,Segoe UI,Helvetica,Arial,sans-serif"
MONO = "ui-monospace,SFMono-Regular,Menlo,Consolas,monospace"
INK, SOFT, LINE = "#2b2a27", "#5d5a52", "#6b675d"

# Column and row of each: so no arrow crosses another.
PLACES = {
    "front-end": (3, 0), "session-db": (5, 0),
    "catalogue": (0, 1), "carts": (1, 1), "orders": (3, 1), "user": (5, 1), "user-db": (6, 1),
    "catalogue-db": (0, 2), "carts-db": (1, 2), "payment": (2, 2), "orders-db": (3, 2), "shipping": (4, 2),
    "rabbitmq": (5, 2), "queue-master": (6, 2),
}  # fmt: skip


@dataclass(frozen=True)
class Type:
    """How words are set: font, size, weight and colour."""

    font: str
    size: float
    weight: int
    colour: str


HEADING, NOTE = Type(SERIF, 24, 600, "#1f3a34"), Type(SANS, 13, 400, SOFT)
NAME, DETAIL = Type(SANS, 14.5, 600, INK), Type(SANS, 10.5, 400, SOFT)
PORT, KEY = Type(MONO, 10.5, 500, SOFT), Type(SANS, 12, 400, SOFT)


@dataclass(frozen=True)
class Look:
    """How a kind of workload is drawn, and what the legend calls it."""

    name: str
    fill: str
    stroke: str


SERVICE = Look("service", "#fdf3e3", "#d9a441")
STORE = Look("store, on a volume of its own", "#eaf4ec", "#7fae88")
QUEUE = Look("queue of events", "#f3edf7", "#a78bba")


def draw(services: tuple[Workload, ...] = SERVICES) -> str:
    """Give the picture as SVG. Raises KeyError for a workload that has no place in it."""
    named = {service.name: service for service in services}
    words = "; ".join(f"{each.name} calls {', '.join(each.calls)}" for each in services if each.calls)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" role="img" aria-labelledby="t d">',
        f'<title id="t">The {len(services)} workloads of Sock Shop</title>',
        f'<desc id="d">{escape(words)}.</desc>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="14" fill="#fbfaf7"/>',
        _text(22, 44, "Sock Shop: who calls whom", HEADING),
        _text(22, 68, "the network lets exactly these calls through", NOTE),
        *_legend(),
        *_way_in(),
    ]
    parts += [_arrow(each.name, callee) for each in services for callee in each.calls]
    parts += [_port(named[each]) for each in named if any(each in other.calls for other in services)]
    parts += [part for service in services for part in _box(service)]
    return "\n".join([*parts, "</svg>", ""])


def look(service: Workload) -> Look:
    """Give how a workload is drawn."""
    if service.name == "rabbitmq":
        return QUEUE
    return STORE if service.is_datastore else SERVICE


def centre(name: str) -> tuple[int, int]:
    """Give the middle of a workload's box."""
    column, row = PLACES[name]
    return COLUMNS[column], ROWS[row]


def _box(service: Workload) -> list[str]:
    x, y = centre(service.name)
    kind = look(service)
    left, top = x - BOX_WIDTH // 2, y - BOX_HEIGHT // 2
    if service.is_datastore:
        shape = _cylinder(left, top, kind)
    else:
        shape = (
            f'<rect x="{left}" y="{top}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="9" fill="{kind.fill}" '
            f'stroke="{kind.stroke}" stroke-width="1.4"/>'
        )
    detail = _version(service)
    lower = 5 if service.is_datastore else 0
    return [
        shape,
        _text(x, y - 2 + lower, service.name, NAME, "middle"),
        _text(x, y + 17 + lower, detail, DETAIL, "middle"),
    ]


def _version(service: Workload) -> str:
    """What runs there, named where it has another name, and how much a store holds."""
    image = service.container.image
    number = images.tag(image).partition("-")[0]
    what = number if images.repository(image) == service.name else f"{images.repository(image)} {number}"
    return what if service.volume is None else f"{what} · {service.volume.size}"


def _cylinder(left: int, top: int, kind: Look) -> str:
    right, bottom, flat = left + BOX_WIDTH, top + BOX_HEIGHT, 8
    half = BOX_WIDTH // 2
    body = (
        f"M{left} {top + flat} A{half} {flat} 0 0 1 {right} {top + flat} V{bottom - flat} "
        f"A{half} {flat} 0 0 1 {left} {bottom - flat} Z"
    )
    rim = f"M{left} {top + flat} A{half} {flat} 0 0 0 {right} {top + flat}"
    style = f'stroke="{kind.stroke}" stroke-width="1.4"'
    return f'<path d="{body}" fill="{kind.fill}" {style}/><path d="{rim}" fill="none" {style}/>'


def _arrow(caller: str, callee: str) -> str:
    (x, y), (to_x, to_y) = centre(caller), centre(callee)
    if y == to_y:
        side = 1 if to_x > x else -1
        start, end = x + side * BOX_WIDTH // 2, to_x - side * (BOX_WIDTH // 2 + 2)
        return _line(f"M{start} {y} H{end - side * 6}") + _head(end, y, side, 0)
    start, end = y + BOX_HEIGHT // 2, to_y - BOX_HEIGHT // 2 - 2
    if x == to_x:
        return _line(f"M{x} {start} V{end - 6}") + _head(to_x, end, 0, 1)
    side, bend = (1 if to_x > x else -1), (start + end) // 2 - 6
    path = (
        f"M{x} {start} V{bend - CORNER} Q{x} {bend} {x + side * CORNER} {bend} "
        f"H{to_x - side * CORNER} Q{to_x} {bend} {to_x} {bend + CORNER} V{end - 6}"
    )
    return _line(path) + _head(to_x, end, 0, 1)


def _line(path: str) -> str:
    return f'<path d="{path}" fill="none" stroke="{LINE}" stroke-width="1.5"/>'


def _head(x: int, y: int, across: int, down: int) -> str:
    back_x, back_y = x - 8 * across, y - 8 * down
    wide, high = 4.5 * down, 4.5 * across
    one, other = f"{back_x - wide} {back_y - high}", f"{back_x + wide} {back_y + high}"
    return f'<path d="M{x} {y} L{one} L{other} Z" fill="{LINE}"/>'


def _port(service: Workload) -> str:
    x, y = centre(service.name)
    calling = [centre(each.name) for each in SERVICES if service.name in each.calls]
    text = f":{service.service_port}"
    if any(from_y < y for _, from_y in calling):
        return _text(x + 8, y - BOX_HEIGHT // 2 - 10, text, PORT)
    # In the middle of the gap on the left.
    gap = COLUMNS[1] - COLUMNS[0] - BOX_WIDTH
    return _text(x - BOX_WIDTH // 2 - gap / 2, y - 9, text, PORT, "middle")


def _way_in() -> list[str]:
    x, y = centre("front-end")
    top = y - BOX_HEIGHT // 2
    return [
        f'<rect x="{x - 66}" y="{top - 64}" width="132" height="30" rx="15" fill="#eef3f8" stroke="#9db4cc" '
        'stroke-width="1.4"/>',
        _text(x, top - 44, "customers", NAME, "middle"),
        _line(f"M{x} {top - 34} V{top - 8}"),
        _head(x, top - 2, 0, 1),
        _text(x + 8, top - 14, ":30001", PORT),
    ]


def _legend() -> list[str]:
    parts, x = [], 742
    for kind, width in ((SERVICE, 86), (STORE, 214), (QUEUE, 0)):
        parts.append(
            f'<rect x="{x}" y="34" width="14" height="14" rx="3" fill="{kind.fill}" stroke="{kind.stroke}"/>'
        )
        parts.append(_text(x + 20, 46, kind.name, KEY))
        x += width
    return parts


def _text(x: float, y: float, words: str, kind: Type, anchor: str = "start") -> str:
    font = f'font-family="{kind.font}" font-size="{kind.size}" font-weight="{kind.weight}"'
    return f'<text x="{x}" y="{y}" {font} fill="{kind.colour}" text-anchor="{anchor}">{escape(words)}</text>'

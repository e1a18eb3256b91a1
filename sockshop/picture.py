"""The picture of the shop, drawn from the same data as the network policies."""

from dataclasses import dataclass

from sockshop import images
from sockshop.model import Workload
from sockshop.services import SERVICES
from tools.drawing import MONO, SERIF, Font, Sheet

WIDTH, HEIGHT = 1200, 524
BOX_WIDTH, BOX_HEIGHT = 126, 66
COLUMNS = (85, 257, 428, 600, 772, 944, 1115)  # centres
ROWS = (178, 322, 466)

# Column and row of each, chosen so that no arrow crosses another.
PLACES = {
    "front-end": (3, 0), "session-db": (5, 0),
    "catalogue": (0, 1), "carts": (1, 1), "orders": (3, 1), "user": (5, 1), "user-db": (6, 1),
    "catalogue-db": (0, 2), "carts-db": (1, 2), "payment": (2, 2), "orders-db": (3, 2), "shipping": (4, 2),
    "rabbitmq": (5, 2), "queue-master": (6, 2),
}  # fmt: skip


HEADING, NOTE = Font(SERIF, 24, 600, "heading"), Font(colour="soft")
NAME, DETAIL = Font(size=14.5, weight=600), Font(size=10.5, colour="soft")
PORT, KEY = Font(MONO, 10.5, 500, "soft"), Font(size=12, colour="soft")


@dataclass(frozen=True)
class Look:
    """How a kind of workload is drawn, and its name in the legend."""

    name: str
    colour: str

    @property
    def fill(self) -> str:
        """Return the colour inside."""
        return f"{self.colour}-pale"


SERVICE = Look("service", "amber")
STORE = Look("store, on a volume of its own", "green")
QUEUE = Look("queue of events", "violet")


def draw(services: tuple[Workload, ...] = SERVICES) -> str:
    """Return the picture as SVG. Raise KeyError for a workload that has no place in it."""
    calls = "; ".join(f"{each.name} calls {', '.join(each.calls)}" for each in services if each.calls)
    sheet = Sheet(WIDTH, HEIGHT, f"The {len(services)} workloads of Sock Shop", f"{calls}.")
    sheet.text(22, 44, "Sock Shop: who calls whom", HEADING)
    sheet.text(22, 68, "the network policies allow exactly these calls", NOTE)
    _legend(sheet)
    _customers(sheet)
    for caller in services:
        for callee in caller.calls:
            _arrow(sheet, caller.name, callee)
    for service in services:
        if any(service.name in other.calls for other in services):
            _port(sheet, service, services)
    for service in services:
        _box(sheet, service)
    return str(sheet)


def look(service: Workload) -> Look:
    """Return how a workload is drawn."""
    if service.name == "rabbitmq":
        return QUEUE
    return STORE if service.is_datastore else SERVICE


def centre(name: str) -> tuple[int, int]:
    """Return the middle of a workload's box."""
    column, row = PLACES[name]
    return COLUMNS[column], ROWS[row]


def _box(sheet: Sheet, service: Workload) -> None:
    x, y = centre(service.name)
    kind = look(service)
    where = (x - BOX_WIDTH // 2, y - BOX_HEIGHT // 2, BOX_WIDTH, BOX_HEIGHT)
    if service.is_datastore:
        sheet.cylinder(*where, kind.fill, edge=kind.colour, edge_width=1.4)
    else:
        sheet.box(*where, kind.fill, edge=kind.colour, edge_width=1.4, radius=9)
    lower = 5 if service.is_datastore else 0
    sheet.text(x, y - 2 + lower, service.name, NAME, "middle")
    sheet.text(x, y + 17 + lower, _version(service), DETAIL, "middle")


def _version(service: Workload) -> str:
    """Return the version, after the image's name where it is another one, and the size of a store."""
    image = service.container.image
    number = images.tag(image).partition("-")[0]
    what = number if images.repository(image) == service.name else f"{images.repository(image)} {number}"
    return what if service.volume is None else f"{what} · {service.volume.size}"


def _arrow(sheet: Sheet, caller: str, callee: str) -> None:
    (x, y), (to_x, to_y) = centre(caller), centre(callee)
    if y == to_y:
        side = 1 if to_x > x else -1
        sheet.arrow([(x + side * BOX_WIDTH // 2, y), (to_x - side * (BOX_WIDTH // 2 + 2), y)])
        return
    start, end = (x, y + BOX_HEIGHT // 2), (to_x, to_y - BOX_HEIGHT // 2 - 2)
    bend = (start[1] + end[1]) // 2 - 6
    sheet.arrow([start, end] if x == to_x else [start, (x, bend), (to_x, bend), end])


def _port(sheet: Sheet, service: Workload, services: tuple[Workload, ...]) -> None:
    x, y = centre(service.name)
    text = f":{service.service_port}"
    if any(centre(each.name)[1] < y for each in services if service.name in each.calls):
        sheet.text(x + 8, y - BOX_HEIGHT // 2 - 10, text, PORT)
        return
    # In the middle of the gap on the left.
    gap = COLUMNS[1] - COLUMNS[0] - BOX_WIDTH
    sheet.text(x - BOX_WIDTH // 2 - gap / 2, y - 9, text, PORT, "middle")


def _customers(sheet: Sheet) -> None:
    x, y = centre("front-end")
    top = y - BOX_HEIGHT // 2
    sheet.box(x - 66, top - 64, 132, 30, "blue-pale", edge="blue", edge_width=1.4, radius=15)
    sheet.text(x, top - 44, "customers", NAME, "middle")
    sheet.arrow([(x, top - 34), (x, top - 2)])
    sheet.text(x + 8, top - 14, ":30001", PORT)


def _legend(sheet: Sheet) -> None:
    x = 742
    for kind, width in ((SERVICE, 86), (STORE, 214), (QUEUE, 0)):
        sheet.box(x, 34, 14, 14, kind.fill, edge=kind.colour)
        sheet.text(x + 20, 46, kind.name, KEY)
        x += width

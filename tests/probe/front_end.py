"""A small stand-in for Sock Shop's front end: its HTTP API, with the whole shop in memory.

Statuses and shapes are those of microservices-demo/front-end 0.3.12, oddities included.
"""

import base64
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SOCKS: list[dict[str, Any]] = [
    {
        "id": f"{number}0a4f044-b040-410d-8ead-4de0446aec7e",
        "name": name,
        "description": "A sock.",
        "imageUrl": [f"/catalogue/images/{number}_1.jpeg", f"/catalogue/images/{number}_2.jpeg"],
        "price": price,
        "count": 5,
        "tag": ["blue"],
    }
    for number, (name, price) in enumerate([("Holy", 99.99), ("Crossed", 17.32), ("Classic", 12)])
]
Answer = tuple[int, Any]


class Shop:
    """The data of the services behind the front end.

    Args:
        broken: the name of a service that does not work.
    """

    def __init__(self, broken: str = "") -> None:
        self.broken = broken
        self.url = ""
        self.customers: dict[str, dict[str, Any]] = {}
        self.sessions: dict[str, str] = {}  # customer by session
        self.carts: dict[str, dict[str, int]] = {}
        self.orders: list[dict[str, Any]] = []

    def answer(self, method: str, path: str, body: Any, session: str, pair: str) -> Answer:
        """Give the status and what is said in JSON; text is a page or a picture."""
        customer = self.sessions.get(session)
        match method, path.strip("/").split("/"):
            case "GET", [""]:
                return 200, "<!doctype html><title>Socks</title>"
            case "GET", ["catalogue"]:
                return 200, [] if self.broken == "catalogue" else SOCKS
            case "GET", ["catalogue", "images", _]:
                return 200, "a picture"
            case "GET", ["catalogue", number]:
                return 200, next(sock for sock in SOCKS if sock["id"] == number)
            case "POST", ["register"]:
                number = secrets.token_hex(12)
                self.customers[number] = {**body, "addresses": [], "cards": []}
                self.sessions[session] = number
                return 200, {"id": number}
            case "GET", ["login"]:
                return self._sign_in(session, pair)
            case "POST", ["addresses" | "cards" as kind] if customer:
                self.customers[customer][kind].append(body)
                return 200, {"id": secrets.token_hex(12)}
            case "GET", ["address"] if customer:
                return 200, (self.customers[customer]["addresses"] or [{"status_code": 500}])[0]
            case "GET", ["card"] if customer:
                cards = self.customers[customer]["cards"]
                return 200, {"number": cards[0]["longNum"][-4:]} if cards else {"status_code": 500}
            case "DELETE", ["customers", number]:
                return 200, {"status": self.customers.pop(number, None) is not None}
            case _, ["cart", *more]:
                return self._cart(method, more, body, self.carts.setdefault(customer or session, {}))
            case _, ["orders"]:
                return self._orders(method, customer)
        return 404, {"message": "no such page"}

    def _sign_in(self, session: str, pair: str) -> Answer:
        name, _, password = base64.b64decode(pair).decode().partition(":")
        for number, customer in self.customers.items():
            if (customer["username"], customer["password"]) == (name, password):
                self.sessions[session] = number
                return 200, "Cookie is set"
        return 401, ""

    def _cart(self, method: str, more: list[str], body: Any, cart: dict[str, int]) -> Answer:
        if self.broken == "carts":
            return 500, {"message": "connect ECONNREFUSED"}
        if method == "GET":
            return 200, [{"itemId": sock, "quantity": quantity} for sock, quantity in cart.items()]
        if method == "DELETE":
            cart.clear()
            return 202, ""
        cart[body["id"]] = int(body["quantity"]) if more == ["update"] else cart.get(body["id"], 0) + 1
        return 202 if more == ["update"] else 201, ""

    def _orders(self, method: str, customer: str | None) -> Answer:
        if customer is None:
            return 500, {"message": "User not logged in."}
        if method == "GET":
            return 201, [order for order in self.orders if order["customerId"] == customer]
        prices = {sock["id"]: sock["price"] for sock in SOCKS}
        total = sum(quantity * prices[sock] for sock, quantity in self.carts.get(customer, {}).items()) + 4.99
        if total > 100 or self.broken == "payment":
            return 406, {"message": "Payment declined: amount exceeds 100.00"}
        order = {"id": secrets.token_hex(12), "customerId": customer, "total": total}
        if self.broken != "orders-db":
            self.orders.append(order)
        return 201, order


@contextmanager
def serve(shop: Shop) -> Iterator[Shop]:
    """Serve it on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            cookies = SimpleCookie(self.headers.get("Cookie", ""))
            session = cookies["md.sid"].value if "md.sid" in cookies else secrets.token_hex(16)
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            pair = self.headers.get("Authorization", "").removeprefix("Basic ")
            status, said = shop.answer(
                self.command, self.path.partition("?")[0], json.loads(sent or b"null"), session, pair
            )
            body = (said if isinstance(said, str) else json.dumps(said)).encode()
            self.send_response(status)
            self.send_header("Set-Cookie", f"md.sid={session}; Path=/; HttpOnly")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_DELETE = _answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    shop.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield shop
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

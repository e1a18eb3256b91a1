"""The mirror: real copies by skopeo, from one registry into another."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sockshop import images
from sockshop.mirror import mirror
from tests.sockshop.registry import Registry, serve
from tools.errors import UserError


@pytest.fixture
def registries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Registry, Registry]]:
    """One with two images, and an empty one; skopeo is told that neither speaks TLS."""
    with serve(Registry()) as there, serve(Registry(lost="lost")) as here:
        insecure = "".join(
            f'[[registry]]\nlocation = "{each.address}"\ninsecure = true\n' for each in (there, here)
        )
        settings = tmp_path / ".config" / "containers"
        settings.mkdir(parents=True)
        (settings / "registries.conf").write_text(insecure)
        monkeypatch.setenv("HOME", str(tmp_path))
        yield there, here


def test_images_arrive_whole_and_under_the_same_digest(registries: tuple[Registry, Registry]) -> None:
    there, here = registries
    carts = there.add("weave/carts", "0.4.8", ("amd64",))
    redis = there.add("library/redis", "7.2.5-alpine", ("amd64", "arm64"))
    originals = (f"{there.address}/weave/carts:0.4.8", f"{there.address}/library/redis:7.2.5-alpine")
    said: list[str] = []

    digests = mirror(f"{here.address}/socks", said.append, originals)
    again = mirror(f"{here.address}/socks", said.append, originals)

    assert digests == again == {originals[0]: carts, originals[1]: redis}
    assert here.manifests["socks/carts", "0.4.8"] == there.manifests["weave/carts", "0.4.8"]
    assert here.manifests["socks/redis", "7.2.5-alpine"] == there.manifests["library/redis", "7.2.5-alpine"]
    assert here.blobs == there.blobs
    assert "".join(said).splitlines() == [
        f" {number}/2 {name} ... {done} ({digest})"
        for done in ("copied", "exists")
        for number, name, digest in ((1, "carts:0.4.8", carts), (2, "redis:7.2.5-alpine", redis))
    ]


def test_what_is_there_is_not_copied_again(registries: tuple[Registry, Registry]) -> None:
    there, here = registries
    there.add("weave/carts", "0.4.8", ("amd64",))
    original = f"{there.address}/weave/carts:0.4.8"
    first = mirror(here.address, str, (original,))
    uploads = here.uploads
    assert mirror(here.address, str, (original,)) == first
    assert here.uploads == uploads > 0
    moved = there.add("weave/carts", "0.4.8", ("amd64", "arm64"))
    assert mirror(here.address, str, (original,)) == {original: moved} != first


def test_an_image_that_is_not_there_is_named(registries: tuple[Registry, Registry]) -> None:
    there, here = registries
    with pytest.raises(UserError, match=r"weave/carts:0\.4\.8 cannot be read: (?!time=).*manifest"):
        mirror(here.address, str, (f"{there.address}/weave/carts:0.4.8",))


def test_a_registry_that_takes_nothing_is_named_with_what_to_do(
    registries: tuple[Registry, Registry],
) -> None:
    there, here = registries
    there.add("weave/carts", "0.4.8", ("amd64",))
    with pytest.raises(UserError, match=r"(?s)cannot be copied to .*lost.*skopeo login"):
        mirror(f"{here.address}/lost", str, (f"{there.address}/weave/carts:0.4.8",))


def test_without_skopeo_one_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(UserError, match=r"skopeo is not on PATH\n  Remedy: install it"):
        mirror("registry.example", str, images.ALL)

"""Judging a page as it stands: axe-core in light and dark; nothing wider than a phone, nothing under its menu."""

import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Page, Response

from tests.e2e.situs import ROOT

AXE = ROOT / "node_modules/axe-core/axe.min.js"
Theme = Literal["light", "dark"]
WIDTHS = (360, 1280)
# Frames hold only PDFs, drawn by the browser's own viewer; sound and style sheets of other sites, there are none.
_RUN = """() => axe.run(document, {iframes: false, preload: false, resultTypes: ["violations"]}).then(
  found => found.violations.map(
    one => one.id + " at " + one.nodes.slice(0, 3).map(node => node.target.join(" ")).join(" | ")))"""
_TOO_WIDE = """() => {
  const wide = document.documentElement;
  if (wide.scrollWidth <= wide.clientWidth) return [];
  const isOut = one => one.getBoundingClientRect().right > wide.clientWidth + 1;
  const guilty = [...document.querySelectorAll("body *")].filter(isOut);
  return ["wider than the screen: " + guilty.slice(-3).map(one => one.tagName + "." + one.className).join(" | ")];
}"""

# The bottom menu stays in place: the last link of a page scrolled to its end must stand above it.
_COVERED = """() => {
  const menu = document.querySelector(".menu-bawah")?.getBoundingClientRect();
  const last = [...document.querySelectorAll("footer a")].pop();
  if (!menu?.height || !last) return [];
  const before = window.scrollY;
  window.scrollTo({top: document.documentElement.scrollHeight, behavior: "instant"});
  const bottom = last.getBoundingClientRect().bottom;
  window.scrollTo({top: before, behavior: "instant"});
  return bottom > menu.top ? [`the bottom menu covers the footer: ${bottom} > ${menu.top}`] : [];
}"""

# By keyboard alone: nothing invites a click that cannot be reached, and what is reached shows that it is.
_ONLY_BY_MOUSE = """() => {
  const reachable = "a[href], button, input, select, textarea, summary, label, option, [tabindex='0'], .djs-container";
  const shown = one => one.checkVisibility() && one.getBoundingClientRect().width > 1;
  const clickable = one => getComputedStyle(one).cursor === "pointer" && !one.closest(reachable);
  const lost = [...document.querySelectorAll("main *")].filter(one => shown(one) && clickable(one));
  const look = one => {
    const style = getComputedStyle(one);
    return [style.outlineStyle, style.outlineColor, style.boxShadow, style.borderColor].join();
  };
  const before = document.activeElement, at = [window.scrollX, window.scrollY];
  const controls = "a[href], button:enabled, input:enabled:not([type=hidden]), select:enabled, textarea, summary";
  const dull = [...document.querySelectorAll(`main :is(${controls})`)].filter(shown).slice(0, 80).filter(one => {
    one.blur();
    const plain = look(one);
    one.focus({preventScroll: true, focusVisible: true});
    return document.activeElement !== one || look(one) === plain;
  });
  if (before !== document.activeElement) { document.activeElement.blur(); before.focus({preventScroll: true}); }
  window.scrollTo(...at);
  const name = one => `${one.tagName}.${one.className}`;
  return [
    ...lost.slice(0, 3).map(one => `only by mouse: ${name(one)}`),
    ...dull.slice(0, 3).map(one => `takes no focus, or does not show it: ${name(one)}`)];
}"""


class Penilai:
    """Gathers what is wrong over many pages, so that one run names everything."""

    def __init__(self) -> None:
        self.wrong: list[str] = []
        self.seen = 0

    def nilai(self, page: Page, name: str) -> None:
        """Judge the page where it stands, in both themes and at both widths; leaves the window wide and light.

        Half of the pages are seen light on a phone and dark on a desk, the others the other way round: which half says
        the page's name. CI sees every page in all four ways, in twice the time; so does ALUR_AXE=semua.
        """
        page.wait_for_load_state()
        if page.evaluate("typeof axe") == "undefined":
            page.evaluate(AXE.read_text())
        for width, theme in _ways(name):
            page.set_viewport_size({"width": width, "height": 740 if width < 600 else 900})
            _turn(page, theme)
            found = [*page.evaluate(_RUN), *page.evaluate(_TOO_WIDE), *page.evaluate(_COVERED)]
            self.wrong += [f"{name}, {width} px, {theme}: {one}" for one in found]
            potret(page, f"{name}-{width}-{theme}")
        _turn(page, "light")
        self.wrong += [f"{name}: {one}" for one in page.evaluate(_ONLY_BY_MOUSE)]
        self.seen += 1

    def bersih(self) -> None:
        assert self.seen and not self.wrong, "\n" + "\n".join(self.wrong)


def _ways(name: str) -> Iterator[tuple[int, Theme]]:
    dark_first = zlib.crc32(name.encode()) % 2 == 1
    themes: tuple[Theme, Theme] = ("dark", "light") if dark_first else ("light", "dark")
    for width, theme, other in zip(WIDTHS, themes, themes[::-1], strict=True):
        if os.environ.get("CI") or os.environ.get("ALUR_AXE") == "semua":
            yield width, other
        yield width, theme


def _turn(page: Page, theme: Theme) -> None:
    """As if the device changed its colours; until the page has been drawn in them."""
    page.emulate_media(color_scheme=theme)
    page.wait_for_function("theme => document.documentElement.dataset.bsTheme === theme", arg=theme)
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def potret(page: Page, name: str) -> None:
    """Keep a picture of the page, when ALUR_SCREENSHOTS names a folder."""
    folder = os.environ.get("ALUR_SCREENSHOTS", "")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def bobot(page: Page, path: str) -> dict[str, int]:
    """Bytes that cross the wire for a first view, by address; pictures are not counted."""
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(path, wait_until="networkidle")
    return {
        answer.url: _wire_bytes(answer.request.sizes()) for answer in answers if answer.request.resource_type != "image"
    }


def _wire_bytes(sizes: Any) -> int:
    return int(sizes["responseBodySize"]) + int(sizes["responseHeadersSize"])

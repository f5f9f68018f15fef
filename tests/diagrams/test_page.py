"""The report in a real browser: no network, no error, and nothing from a template is more than text."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edalint import diagrams
from edalint.analysis import analyze
from edalint.facts import contracts

ROOT = Path(__file__).parent.parent.parent
CHROMIUM = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
HOSTILE = [
    "</script><script>window.hit=1</script>",
    "<img src=x onerror=window.hit=1>",
    "'\"><svg onload=window.hit=1>",
    "{{constructor.constructor('window.hit=1')()}}",
    "javascript:window.hit=1//",
    "<!--<script>",
    "]]>\u202eevil\u2028",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


class Page:
    """A report opened from a file, with what it asked the network for and what it complained of."""

    def __init__(self, browser: Any, file: Path, **context: Any) -> None:
        self.asked: list[str] = []
        self.errors: list[str] = []
        self.context = browser.new_context(viewport={"width": 1300, "height": 900}, offline=True, **context)
        self.page = self.context.new_page()
        self.page.on("request", lambda r: self.asked.append(r.url))
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda e: self.errors.append(str(e)))
        self.page.goto(file.as_uri())


def written(path: Path, folder: Path) -> Path:
    analysis = analyze([path])
    contracts.describe(analysis.graph)
    file = folder / "report.html"
    file.write_text(diagrams.render("html", analysis), "utf-8")
    return file


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(ROOT / "fixtures/order-pipeline", tmp_path_factory.mktemp("page"))


@pytest.fixture
def opened(browser: Any, report: Path) -> Iterator[Page]:
    page = Page(browser, report)
    yield page
    assert page.errors == []
    assert page.asked == [report.as_uri()]
    page.context.close()


def test_loads_alone(opened: Page) -> None:
    """Without a network the page shows its diagram, asks for nothing else and complains of nothing."""
    assert opened.page.locator("svg.edalint .n").count() > 10
    assert opened.page.locator("li[data-finding]").count() > 0
    assert opened.page.evaluate("document.querySelectorAll('[src],link[href]').length") == 0


def test_a_finding_lights_its_path(opened: Page) -> None:
    """Its button dims the diagram but for what the finding speaks of, and its badge in the diagram marks the row."""
    page = opened.page
    page.click("li[data-finding='1'] .show")
    assert page.locator(".view:not([hidden]) svg.lit").count() == 1
    lit = page.locator(".view:not([hidden]) .n.on").count()
    assert 0 < lit < page.locator(".view:not([hidden]) .n").count()
    assert page.evaluate("location.hash") == "#f1"
    page.locator(".view:not([hidden]) [data-finding='2']").first.click()
    assert page.locator("#f2.on").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("svg.lit").count() == 0


def test_a_node_shows_its_contract(opened: Page) -> None:
    """A click tells kind, place and neighbours; a neighbour's name leads on to it."""
    page = opened.page
    page.click(".view:not([hidden]) [data-id$='#StockQueue']")
    about = page.locator("#about")
    assert about.locator("h3").inner_text() == "StockQueue"
    assert "template.yaml:" in about.inner_text()
    about.get_by_role("button", name="StockWorker").click()
    assert about.locator("h3").inner_text() == "StockWorker"
    about.get_by_role("button", name="close").click()
    assert not about.is_visible()


def test_keyboard_alone(opened: Page) -> None:
    """`/` searches, Enter opens the first hit, `+` and `0` zoom and fit, arrows change the view."""
    page = opened.page
    page.keyboard.press("/")
    page.keyboard.type("stockq")
    assert page.locator("#found").inner_text() == "1 node"
    assert page.locator(".view:not([hidden]) .n.hit").count() == 1
    page.keyboard.press("Enter")
    assert page.locator("#about h3").inner_text() == "StockQueue"
    page.locator(".view:not([hidden]) .n").first.focus()
    whole = page.locator(".view:not([hidden]) svg").get_attribute("viewBox")
    page.keyboard.press("0")
    page.keyboard.press("+")
    assert page.locator(".view:not([hidden]) svg").get_attribute("viewBox") != whole
    page.keyboard.press("Enter")
    assert page.locator("#about").is_visible()
    page.get_by_role("tab", name="Flow").focus()
    page.keyboard.press("ArrowRight")
    assert page.get_by_role("tab", name="Failure").get_attribute("aria-selected") == "true"
    assert page.locator(".view[data-view='failure']").is_visible()


def test_everything_has_a_name(opened: Page) -> None:
    """Whoever hears the page gets a name for every button, box and region."""
    nameless = opened.page.evaluate(
        "[...document.querySelectorAll('button,[role=button],[role=region],[role=img],input')].filter(e =>"
        " !(e.getAttribute('aria-label') || e.getAttribute('aria-labelledby') || e.textContent.trim() || e.labels?.length)).length"
    )
    assert nameless == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read(browser: Any, report: Path, scheme: str) -> None:
    """Titles and small text differ from what is behind them by WCAG's 4.5 in both schemes."""
    page = Page(browser, report, color_scheme=scheme)
    colors = page.page.evaluate(
        "['--fg', '--dim', '--faint', '--fail', '--bg', '--card', '--frame'].map(n => getComputedStyle(document.body).getPropertyValue(n))"
    )
    *texts, bg, card, frame = (c.strip() for c in colors)
    assert all(contrast(text, behind) >= 4.5 for text in texts for behind in (bg, card, frame)), (texts, bg, card, frame)
    page.context.close()


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two colours `#rrggbb` or `#rgb`."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(color: str) -> float:
    digits = color[1:] if len(color) == 7 else "".join(c * 2 for c in color[1:])
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_print_shows_the_picture_and_no_buttons(browser: Any, report: Path) -> None:
    """On paper there is the diagram and every finding, but nothing to press."""
    page = Page(browser, report)
    page.page.emulate_media(media="print")
    assert page.page.locator("svg.edalint").first.is_visible()
    assert not page.page.locator("nav").is_visible()
    assert page.page.locator("li[data-finding]").last.is_visible()
    page.context.close()


def test_hostile_names_stay_text(browser: Any, tmp_path: Path) -> None:
    """Names that are markup, script or control characters are shown and never run."""
    resources: dict[str, Any] = {}
    for number, name in enumerate(HOSTILE):
        resources[f"Queue{number}"] = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": name}}
        resources[f"Rule{number}"] = {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "EventPattern": {"source": [name], "detail-type": [name]},
                "Targets": [{"Id": name, "Arn": {"Fn::GetAtt": [f"Queue{number}", "Arn"]}}],
            },
        }
        resources[name] = {"Type": "AWS::SNS::Topic"}
    (tmp_path / "template.json").write_text(json.dumps({"Resources": resources}), "utf-8")
    file = written(tmp_path / "template.json", tmp_path)
    page = Page(browser, file)
    page.page.keyboard.press("/")
    page.page.keyboard.type("script")
    for node in page.page.locator(".view:not([hidden]) .n").all()[:12]:
        node.dispatch_event("click")
    assert page.page.evaluate("window.hit") is None
    assert page.page.evaluate("document.scripts.length") == 2
    assert page.page.evaluate("document.querySelectorAll('img').length") == 0
    assert "<img src=x onerror" in page.page.inner_text("body") or page.page.locator("svg text", has_text="<img").count()
    assert page.errors == []
    assert page.asked == [file.as_uri()]
    page.context.close()


def test_an_inline_script_that_was_added_does_not_run(browser: Any, report: Path, tmp_path: Path) -> None:
    """The policy in the page allows its own script by hash and nothing else."""
    tampered = tmp_path / "tampered.html"
    tampered.write_text(
        report.read_text("utf-8").replace("<main>", "<main><script>window.hit=1</script><img src=x onerror=window.hit=1>"), "utf-8"
    )
    page = Page(browser, tampered)
    assert page.page.evaluate("window.hit") is None
    assert any("Content Security Policy" in e for e in page.errors)
    page.context.close()

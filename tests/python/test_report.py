"""The report: one file, nothing from the net, no script error, honest about what is missing."""

from __future__ import annotations

import csv
import html.parser
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import runmech as rm
from runmech.report import sources

CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)


@pytest.fixture(scope="module")
def reports(runmech: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("demo")
    result = runmech("demo", "--out", out)
    assert result.returncode == 0, result.stderr
    for name in ("first_visit", "second_visit", "comparison"):
        assert str(out / name / "report.html") in result.stdout
    return out


REPORTS = ("first_visit", "second_visit", "comparison")


@pytest.fixture(params=REPORTS)
def report(request: pytest.FixtureRequest, reports: Path) -> Path:
    return reports / str(request.param) / "report.html"


class Page(html.parser.HTMLParser):
    """Collects what a page would load, its scripts and its ids; checks that tags close."""

    VOID = frozenset({"meta", "link", "img", "br", "hr", "input", "col", "wbr"})

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.json: list[str] = []
        self.ids: list[str] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self._script = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in {"src", "href", "xlink:href", "action", "data", "poster", "srcset"}:
                self.loads.append(value or "")
            if name == "id":
                self.ids.append(value or "")
        if tag not in self.VOID:
            self.open.append(tag)
        self._script = dict(attrs).get("type") or "" if tag == "script" else ""

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> is out of order"

    def handle_data(self, data: str) -> None:
        if self._script == "application/json" and data.strip():
            self.json.append(data)
        elif self.open and self.open[-1] not in {"script", "style"}:
            self.text.append(data)


def parsed(path: Path) -> Page:
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    page.close()
    assert page.open == []
    return page


def refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")


def test_one_small_file_that_loads_nothing(report: Path) -> None:
    assert report.stat().st_size <= 1_000_000
    page = parsed(report)
    assert all(link.startswith("#") for link in page.loads), page.loads
    text = report.read_text(encoding="utf-8")
    assert "@import" not in text
    assert all(url.startswith("#") for url in re.findall(r"url\(([^)]*)\)", text))
    # Names of XML languages are not addresses that anything loads.
    addresses = set(re.findall(r"https?://[^\s\"'<>)]+", text))
    assert all("w3.org" in a for a in addresses), addresses


def test_data_for_the_scripts_is_strict_json(report: Path) -> None:
    for text in parsed(report).json:
        json.loads(text, parse_constant=refuse)


def test_no_id_twice(report: Path) -> None:
    ids = parsed(report).ids
    assert len(ids) == len(set(ids)), sorted({i for i in ids if ids.count(i) > 1})


def test_no_number_that_is_none(report: Path) -> None:
    text = " ".join(parsed(report).text)
    assert not re.search(r"\b(nan|NaN|None|inf|undefined|null)\b", text), text


def test_it_opens_with_what_the_recording_was_good_for(reports: Path) -> None:
    text = " ".join(parsed(reports / "first_visit" / "report.html").text)
    places = [
        text.index(heading)
        for heading in (
            "What this recording can tell", "Suitable for", "Not suitable for", "Findings", "Plan",
            "The numbers", "One stride", "Joint angles over the stride", "Left and right",
            "Where the numbers come from",
        )
    ]  # fmt: skip
    assert places == sorted(places)
    assert "may be related to" in text.lower()


def test_the_first_visit_gives_no_alarm(reports: Path) -> None:
    """Markers worn in standing only are no warning; one that the run should have is."""
    assert "Please look at this first" not in " ".join(
        parsed(reports / "first_visit" / "report.html").text
    )
    run = rm.synthesise("miss_x_baseline", 1)
    assert "never seen" not in " ".join(sources.warnings(analysed(run)))
    kept = [i for i, label in enumerate(run.recording.labels) if label != "RTB2"]
    positions = np.asarray(run.recording.positions_m).reshape(run.recording.n_frames, -1, 3)
    run_without = rm.Recording.from_arrays(
        positions[:, kept], labels=[run.recording.labels[i] for i in kept], rate_hz=200.0
    )
    result = rm.analyze(run_without, static=run.standing, speed_m_s=3.0)
    assert any("RTB2" in text and "never seen" in text for text in sources.warnings(result))


def analysed(run: Any) -> Any:
    return rm.analyze(run.recording, static=run.standing, strength=run.strength)


def test_a_present_finding_shows_value_range_and_certainty(reports: Path) -> None:
    text = " ".join(" ".join(parsed(reports / "first_visit" / "report.html").text).split())
    card = text[text.index("Forward trunk lean") : text.index("Low knee lift")]
    shown = re.search(
        r"Measured ([\d.]+) \u00b1 ([\d.]+)\u00b0 No finding if 3.0 to 11.0\u00b0", card
    )
    assert shown is not None, card
    assert float(shown[1]) > 11.0
    assert re.search(r"Certainty (above 99|\d\d) %", card), card


def test_cues_come_before_strength(reports: Path) -> None:
    text = (reports / "first_visit" / "report.html").read_text(encoding="utf-8")
    kinds = re.findall(r'<div class="kind">([^<]*)</div>', text)
    assert kinds == sorted(kinds, key=lambda kind: kind != "while running")
    assert {"while running", "strengthening"} == set(kinds)


def test_the_demo_is_two_weeks_long(reports: Path) -> None:
    days = [
        date.fromisoformat(
            json.loads((reports / visit / "session.json").read_text("utf-8"))["date"][:10]
        )
        for visit in ("first_visit", "second_visit")
    ]
    assert days[1] - days[0] == timedelta(days=14)


def test_a_metric_has_one_block_with_its_sides(reports: Path) -> None:
    text = (reports / "comparison" / "report.html").read_text(encoding="utf-8")
    titles = re.findall(r'<article class="change">\s*<div><h3>([^<]*)', text)
    assert len(titles) == len(set(titles))
    cadence = block_of(text, "Cadence")
    assert re.findall(r'<th scope="row"[^>]*>(\w+)</th>', cadence) == ["left", "right", "both"]


def block_of(text: str, title: str) -> str:
    found = re.search(rf'<article class="change">\s*<div><h3>{title}.*?</article>', text, re.DOTALL)
    assert found is not None, title
    return found[0]


@pytest.mark.parametrize(
    ("title", "words", "colour"),
    [
        ("Trunk lean", "real change, toward the usual range", "real_change_toward"),
        ("Cadence", "real change, inside the usual range", "real_change"),
        ("Ground contact time", "real change", "real_change"),
        ("Step length", "real change", "real_change"),
    ],
)
def test_a_real_change_is_praised_only_where_it_is_graded(
    reports: Path, title: str, words: str, colour: str
) -> None:
    text = (reports / "comparison" / "report.html").read_text(encoding="utf-8")
    tags = re.findall(r'<span class="tag (\w+)">([^<]*)</span>', block_of(text, title))
    # A side may have changed less surely; what is real is named and coloured in one way.
    assert {tag for tag in tags if tag[0].startswith("real_change")} == {(colour, words)}
    assert {tag for tag in tags if not tag[0].startswith("real_change")} <= {
        ("possible", "possible change")
    }


def test_the_table_of_changes_keeps_the_words_of_the_library(reports: Path) -> None:
    with (reports / "comparison" / "comparison.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    verdicts = {row["verdict"] for row in rows}
    assert verdicts <= {
        "real_change_toward", "real_change_away", "possible", "no_detectable_change",
        "not_comparable",
    }  # fmt: skip
    contact = next(r for r in rows if (r["metric"], r["side"]) == ("contact_time", "both"))
    assert contact["verdict"] == "real_change_toward"


def test_a_video_without_a_good_skeleton_says_so(
    data: Callable[[str], Path], runmech: Callable[..., Any], tmp_path: Path
) -> None:
    video = data("keypoints/side_treadmill_garage30/keypoints/mediapipe_full.csv")
    assert runmech("analyze", video, "--out", tmp_path).returncode == 0
    test_no_number_that_is_none(tmp_path / "report.html")
    text = " ".join(" ".join(parsed(tmp_path / "report.html").text).split())
    assert "not used for the metrics" in text
    assert "With care: shown below with its error" in text
    # Angles of a skeleton that fits no frame are not drawn.
    assert "joint angles would be guesses" in text
    assert 'class="chart"' not in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "nothing to change." not in text.replace("no sign that there is nothing to change.", "")


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
@pytest.mark.parametrize("width", [1280, 400])
def test_a_video_fits_the_width(
    data: Callable[[str], Path], runmech: Callable[..., Any], width: int, tmp_path: Path
) -> None:
    """The long remarks of a video's numbers wrap."""
    video = data("keypoints/side_treadmill_garage30/keypoints/mediapipe_full.csv")
    assert runmech("analyze", video, "--out", tmp_path).returncode == 0
    test_it_fits_the_width(tmp_path / "report.html", width, tmp_path)


def test_a_hostile_name_is_escaped(tmp_path: Path) -> None:
    run = rm.synthesise("healthy", 1)
    name = "<script>alert(1)</script> & Co"
    rm.analyze(run.recording, static=run.standing, subject=rm.Subject(name=name)).write(tmp_path)
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Co" in text
    json.loads((tmp_path / "session.json").read_text(encoding="utf-8"), parse_constant=refuse)


def browse(*arguments: str) -> subprocess.CompletedProcess[str]:
    assert CHROMIUM is not None
    return subprocess.run(
        [
            CHROMIUM, "--headless", "--disable-gpu", "--no-sandbox", "--hide-scrollbars",
            "--disable-background-networking", "--disable-component-update", "--no-first-run",
            *arguments,
        ],
        capture_output=True, encoding="utf-8", timeout=120,
        env={**os.environ, "DBUS_SESSION_BUS_ADDRESS": "disabled:"},
    )  # fmt: skip


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
def test_a_browser_runs_it_without_error_and_without_the_net(report: Path, tmp_path: Path) -> None:
    log = tmp_path / "net.json"
    result = browse(
        "--enable-logging=stderr", "--v=0", "--dump-dom", "--virtual-time-budget=3000",
        f"--log-net-log={log}", f"--user-data-dir={tmp_path / 'profile'}", report.as_uri(),
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    console = [line for line in result.stderr.splitlines() if "CONSOLE" in line]
    assert console == []
    assert '<html lang="en" class="js">' in result.stdout
    if report.parent.name != "comparison":
        figure = re.findall(r'<svg data-view="\w+".*?</svg>', result.stdout, re.DOTALL)
        assert figure
        assert all(part.count("<line") > 5 for part in figure)
    traffic = log.read_text(encoding="utf-8") if log.exists() else ""
    asked = set(re.findall(r'"url":"(https?://[^"]+)"', traffic))
    ours = {u for u in asked if not re.search(r"google|gstatic|chromium|gvt1", u)}
    assert ours == set()


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
@pytest.mark.parametrize("width", [1280, 400])
def test_it_fits_the_width(report: Path, width: int, tmp_path: Path) -> None:
    """No sideways scrolling: nothing sticks out of the page."""
    probe = tmp_path / "probe.html"
    text = report.read_text(encoding="utf-8")
    # An iframe has exactly this width, which a headless window cannot be made narrow enough for.
    source = text.replace("&", "&amp;").replace('"', "&quot;")
    probe.write_text(
        f'<!DOCTYPE html><meta charset="utf-8"><iframe width="{width}" height="900" id="f" '
        f'srcdoc="{source}"></iframe><p id="said"></p><script>'
        "document.getElementById('f').onload = (e) => {"
        "const d = e.target.contentDocument; const out = [];"
        "for (const n of d.querySelectorAll('main *')) { const b = n.getBoundingClientRect();"
        f"if (b.width && b.right > {width} + 1 && !n.closest('.scroll, .visually-hidden')) "
        "out.push(n.tagName + '.' + (n.className.baseVal ?? n.className) + ' '"
        "+ Math.round(b.right));}"
        "document.getElementById('said').textContent = 'width ' + d.documentElement.scrollWidth"
        " + ' sticking out: ' + out.slice(0, 5).join(', ') + ';';};</script>",
        encoding="utf-8",
    )
    result = browse(
        "--dump-dom", "--virtual-time-budget=3000", "--window-size=1400,1000",
        f"--user-data-dir={tmp_path / 'profile'}", probe.as_uri(),
    )  # fmt: skip
    said = re.search(r'<p id="said">(.*?)</p>', result.stdout, re.DOTALL)
    assert said is not None
    found = re.fullmatch(r"width (\d+) sticking out: (.*);", said[1])
    assert found is not None, said[1]
    assert found[2] == ""
    assert int(found[1]) <= width


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")
def test_it_prints(report: Path, tmp_path: Path) -> None:
    pdf = tmp_path / "report.pdf"
    browse(
        f"--print-to-pdf={pdf}", "--no-pdf-header-footer",
        f"--user-data-dir={tmp_path / 'profile'}", report.as_uri(),
    )  # fmt: skip
    assert pdf.read_bytes()[:5] == b"%PDF-"
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes()))
    assert 1 <= pages <= 8

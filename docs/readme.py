"""Makes docs/picture.svg and the outputs that README.md shows, from the synthetic Miss X.

docs/readme.py          write them
docs/readme.py --check  say whether README.md's Python still prints what it shows
"""

from __future__ import annotations

import contextlib
import io
import re
import sys
from html import escape
from pathlib import Path

import runmech as rm
from runmech.analysis import Analysis
from runmech.report import figures, movement, stride, words

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
PICTURE = ROOT / "docs" / "picture.svg"
STILLS = 6


def placed(svg: str, x: float, y: float, width: float, height: float) -> str:
    """Return a picture as an element inside another one."""
    svg = re.sub(r' style="width:[^"]*"', "", svg, count=1)
    return svg.replace("<svg", f'<svg x="{x}" y="{y}" width="{width}" height="{height}"', 1)


def text(x: float, y: float, words_: str, size: float = 13, colour: str = figures.INK) -> str:
    """Return a line of text."""
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{colour}">{escape(words_)}</text>'


def picture(analysis: Analysis) -> str:
    """Return Miss X's stride above her findings, with error bars on usual ranges."""
    mean = movement.mean_stride_of(analysis.trials[0])
    assert mean is not None
    parts = []
    for i, (title, svg) in enumerate(stride.stills(mean, "side")[:STILLS]):
        parts.append(placed(svg, 10 + 160 * i, 30, 150, 200))
        parts.append(text(20 + 160 * i, 20, title, 12, figures.SOFT))
    y = 262.0
    for finding in analysis.assessment.findings:
        unit = finding.unit
        mark = figures.Mark(
            words.scale(finding.value, unit), words.scale(finding.sd, unit), finding.side or "both"
        )
        band = (words.scale(finding.band_low, unit), words.scale(finding.band_high, unit))
        graph = figures.range_graph([mark], band, words.shown_unit(unit), words.digits(unit))
        value = words.number(finding.value, unit, finding.sd)
        parts.append(text(20, y, f"{finding.title}: {words.OUTCOMES[finding.outcome]}", 14))
        parts.append(text(400, y, value, 14))
        if graph:
            parts.append(placed(graph, 560, y - 18, 300, 36))
        y += 42
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="0 0 980 {y:.0f}" font-family="DejaVu Sans, Arial, sans-serif" role="img" '
        f'aria-label="Stride and findings of Miss X"><rect width="980" height="{y:.0f}" '
        f'fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def session_of(markdown: str) -> tuple[str, str]:
    """Return the Python of the README and the output that it shows below."""
    found = re.search(r"```python\n(.*?)```\n+```text\n(.*?)```", markdown, re.DOTALL)
    assert found is not None, "README.md has no Python followed by its output"
    return found[1], found[2]


def run(code: str) -> str:
    """Return what the code prints."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(code, "README.md", "exec"), {})
    return said.getvalue()


def main() -> int:
    """Write, or check."""
    markdown = README.read_text(encoding="utf-8")
    code, shown = session_of(markdown)
    said = run(code)
    if "--check" in sys.argv:
        if said != shown:
            print(f"README.md shows\n{shown}\nbut its Python prints\n{said}")
        return int(said != shown)
    README.write_text(markdown.replace(f"```text\n{shown}```", f"```text\n{said}```"), "utf-8")
    visit = rm.synthesise("miss_x_baseline", 1)
    options = rm.synthetic_options("miss_x_baseline", 1)
    subject = rm.Subject(mass_kg=options.mass_kg, stature_m=options.stature_m, sex=options.sex)
    analysis = rm.analyze(
        visit.recording, static=visit.standing, strength=visit.strength, subject=subject
    )
    PICTURE.write_text(picture(analysis), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Fill the templates: one self-contained HTML text, nothing loaded from anywhere."""

from __future__ import annotations

import functools
import json
from dataclasses import asdict, is_dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

from runmech import _core

if TYPE_CHECKING:
    import jinja2

TEMPLATES = "templates"


def _text(name: str) -> str:
    return (resources.files(__package__) / TEMPLATES / name).read_text(encoding="utf-8")


@functools.cache
def _environment() -> jinja2.Environment:
    import jinja2

    names = ("base.html.j2", "analysis.html.j2", "comparison.html.j2")
    return jinja2.Environment(
        loader=jinja2.DictLoader({name: _text(name) for name in names}),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def script_json(value: Any) -> Any:
    """Return strict JSON that is safe inside a script element: no NaN, and no way out of it."""
    import markupsafe

    text = json.dumps(value, allow_nan=False, separators=(",", ":"), ensure_ascii=True)
    return markupsafe.Markup(text.replace("<", "\\u003c").replace("&", "\\u0026"))


def drawn(svg: str) -> Any:
    """Mark a picture of our own making as safe to put into the page as it is."""
    import markupsafe

    return markupsafe.Markup(svg)


def render(template: str, model: Any) -> str:
    """Fill ``template`` with the fields of ``model``."""
    fields = asdict(model) if is_dataclass(model) and not isinstance(model, type) else dict(model)
    return (
        _environment()
        .get_template(template)
        .render(
            style=drawn(_text("style.css")),
            script=drawn(_text("script.js")),
            version=_core.__version__,
            **fields,
        )
    )

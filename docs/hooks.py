"""The site's title carries the version, which is written in one place only."""

from pathlib import Path


def on_config(config):  # noqa: D103 (mkdocs' own name)
    version = (Path(config.config_file_path).parent / "VERSION").read_text("utf-8").strip()
    config.site_name = f"runmech {version}"
    return config

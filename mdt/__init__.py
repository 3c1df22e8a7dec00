"""mdt: the agencies around a young person at one table, each seeing what consent and law let them see."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from mdt.settings import Settings

__version__ = "0.1.0"
PACKAGE = Path(__file__).resolve().parent


def home_of(folder: str) -> Path:
    """Where templates, static and migrations are: beside the package in a checkout, inside it in a wheel."""
    inside = PACKAGE / folder
    return inside if inside.is_dir() else PACKAGE.parent / folder


def create_app(settings: Settings | None = None) -> Flask:
    """The application, ready to serve or to run commands. Raises `Unsafe` or `Unguarded` rather than start wrong."""
    from flask import Flask

    from mdt import blueprints, cli, models, web
    from mdt.settings import Settings

    settings = settings or Settings.read()
    app = Flask(
        __name__,
        instance_path=str(settings.instance),
        template_folder=str(home_of("templates")),
        static_folder=str(home_of("static")),
    )
    models.install(app, settings)
    web.install(app, settings)
    blueprints.install(app, settings)
    cli.install(app)
    web.check(app)
    return app

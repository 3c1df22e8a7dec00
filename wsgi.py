"""The Flask application for tools and for hosts that bring their own server. `flask serve` starts the whole."""

from mdt import create_app

app = create_app()

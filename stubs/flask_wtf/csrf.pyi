from flask import Flask
from werkzeug.exceptions import BadRequest

class CSRFProtect:
    def __init__(self, app: Flask | None = None) -> None: ...

class CSRFError(BadRequest): ...

def validate_csrf(
    data: str, secret_key: str | None = None, time_limit: int | None = None, token_key: str | None = None
) -> None: ...

"""What mdt uses of Flask-Login 0.6, which carries no types."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask

Loader = TypeVar("Loader", bound=Callable[[str], Any])

class UserMixin:
    @property
    def is_authenticated(self) -> bool: ...
    @property
    def is_active(self) -> bool: ...
    @property
    def is_anonymous(self) -> bool: ...
    def get_id(self) -> str: ...

class LoginManager:
    session_protection: str | None
    def __init__(self, app: Flask | None = None, add_context_processor: bool = True) -> None: ...
    def user_loader(self, callback: Loader) -> Loader: ...

def login_user(user: UserMixin) -> bool: ...
def logout_user() -> bool: ...

# Whoever the application's own loader returns, or an anonymous stand-in: the library cannot know either.
current_user: Any

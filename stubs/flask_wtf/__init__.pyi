"""What mdt uses of Flask-WTF 1.3, which carries no types."""

from flask_wtf.form import FlaskForm as FlaskForm

"""The application, where Reflex looks for it; made as soon as this is imported."""

from ratchet_web.application import application

app = application()

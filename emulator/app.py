"""The emulator as one Flask app: LINE's API, the phone in the browser, and the control routes for faults.

Uses relative addresses only, so it can be mounted under any prefix (werkzeug's DispatcherMiddleware).
"""

from __future__ import annotations

import secrets

from flask import Flask, Response, g

from emulator import ids
from emulator.model import ApiError
from emulator.platform import LinePlatform
from emulator.routes import account, control, endpoint, insights, messages, phone, richmenus

MAX_UPLOAD_BYTES = 20 * 1024 * 1024


def create_emulator(platform: LinePlatform) -> Flask:
    """The WSGI app around one platform."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = MAX_UPLOAD_BYTES
    app.secret_key = secrets.token_hex()
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.extensions["line_platform"] = platform
    for part in (messages, account, insights, richmenus, control, phone):
        app.register_blueprint(part.blueprint)
    app.register_error_handler(ApiError, endpoint.error_response)
    app.register_error_handler(404, lambda _: endpoint.error_response(ApiError(404, "Not found")))
    app.register_error_handler(405, lambda _: endpoint.error_response(ApiError(405, "Method Not Allowed")))
    app.register_error_handler(413, lambda _: endpoint.error_response(ApiError(413, "Payload Too Large")))
    app.after_request(_name_request)
    return app


def _name_request(response: Response) -> Response:
    """Every answer of LINE carries an ID to quote to its support."""
    response.headers["x-line-request-id"] = g.get("request_id") or ids.request_id()
    return response

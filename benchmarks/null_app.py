"""The floor of every comparison: Flask that reads the body and says OK, on the same server with the same threads.

It verifies nothing, stores nothing, answers nobody.    python -m benchmarks.null_app PORT
"""

from __future__ import annotations

import sys
import threading

from flask import Flask, Response, request

from config import read_config
from server import WebServer


def null_app() -> Flask:
    app = Flask(__name__)

    @app.post("/line/<city>/callback")
    def callback(city: str) -> Response:
        request.get_data(cache=False)
        return Response("OK", mimetype="text/plain")

    @app.get("/readyz")
    def ready() -> Response:
        return Response("OK", mimetype="text/plain")

    return app


if __name__ == "__main__":
    WebServer(null_app(), read_config({"PORT": sys.argv[1]})).start()
    threading.Event().wait()

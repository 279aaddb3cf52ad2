"""The smallest service on the same server: what the figures are held against."""

import sys

from flask import Flask, Response, request
from waitress import serve

app = Flask(__name__)


@app.route("/", methods=["GET", "POST"])
def hello() -> Response:
    """Answer, after reading the form as the webhook does."""
    return Response(f"hello {len(request.form)}\n", mimetype="text/plain")


if __name__ == "__main__":
    serve(app, host="127.0.0.1", port=int(sys.argv[1]), threads=8, _quiet=True)

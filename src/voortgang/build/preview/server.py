"""Serve the preview on the loopback address, and follow what is saved."""

from __future__ import annotations

import json
import mimetypes
import re
import threading
from dataclasses import asdict
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from watchfiles import watch

from voortgang.build.preview.maker import Maker
from voortgang.errors import ParametersError
from voortgang.workspace.parameters import Parameters, read_parameters, written_parameters
from voortgang.workspace.paths import Workspace

_TITLES = {
    "reference_date": "Peildatum",
    "status": "Status",
    "edition": "Editie",
    "cell_timeout": "Seconden per cel",
    "notebook_timeout": "Seconden per notebook",
}
_HEADER = "X-Voortgang"
"""A page elsewhere on the web cannot send this header to this server, so it cannot write parameters."""


class Server(ThreadingHTTPServer):
    """The preview of a workspace.

    Parameters
    ----------
    workspace
        The workspace that is written in.
    year
        The year that is shown first.
    port
        On 127.0.0.1; 0 for any that is free.
    jobs
        How many notebooks run at once.
    """

    daemon_threads = True

    def __init__(self, workspace: Workspace, year: int, port: int, jobs: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.workspace, self.year, self.maker = workspace, year, Maker(workspace, jobs)
        self._stop = threading.Event()

    @property
    def address(self) -> str:
        """What to type in a browser."""
        return f"http://127.0.0.1:{self.server_port}/"

    def run(self) -> None:
        """Serve until interrupted."""
        threading.Thread(target=self._follow, daemon=True).start()
        try:
            self.serve_forever(poll_interval=0.1)
        finally:
            self._stop.set()
            self.server_close()

    def _follow(self) -> None:
        watched = (
            self.workspace.data,
            self.workspace.notebooks,
            self.workspace.templates,
            self.workspace.parameters_folder,
        )
        for _ in watch(*watched, stop_event=self._stop, debounce=50, step=10, raise_interrupt=False):
            for year in list(self.maker.states):
                self.maker.make_page(year)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if not self._is_local():
            return
        path = self.path.partition("?")[0]
        if path == "/":
            text = Path(__file__).with_name("page.html").read_text(encoding="utf-8")
            self._send(text.replace("%STANDAARD%", str(self.server.year)).encode(), "text/html; charset=utf-8")
        elif path == "/jaren":
            self._json(self.server.workspace.years())
        elif match := re.fullmatch(r"/stand/(\d{4})", path):
            self._events(int(match[1]))
        elif match := re.fullmatch(r"/parameters/(\d{4})", path):
            self._answer(lambda: self._parameters(int(match[1])))
        elif match := re.fullmatch(r"/verslag/(\d{4})/([A-Za-z0-9._/-]+)", path):
            self._file(int(match[1]), match[2])
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        match = re.fullmatch(r"/parameters/(\d{4})", self.path)
        if not self._is_local():
            return
        if match is None or _HEADER not in self.headers:
            self.send_error(HTTPStatus.FORBIDDEN)
            return
        body = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), 10_000))
        self._answer(lambda: self._change(int(match[1]), body))

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the terminal is for the author."""

    def _is_local(self) -> bool:
        """Refuse a name that points here from elsewhere (DNS rebinding)."""
        host = self.headers.get("Host", "").rpartition(":")[0]
        if host in {"127.0.0.1", "localhost"}:
            return True
        self.send_error(HTTPStatus.FORBIDDEN)
        return False

    def _events(self, year: int) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        maker, told = self.server.maker, None
        try:
            while True:
                state = maker.state(year)
                if state != told:
                    self.wfile.write(f"data: {json.dumps(asdict(state))}\n\n".encode())
                    self.wfile.flush()
                    told = state
                if not maker.wait(year, told, 15):
                    self.wfile.write(b": nog steeds hier\n\n")
                    self.wfile.flush()
        except OSError:
            return  # the browser has gone

    def _parameters(self, year: int) -> Any:
        values = read_parameters(self.server.workspace, year)
        schema = Parameters.model_json_schema()["properties"]
        types = {"integer": "number", "string": "date"}
        fields = {
            name: {
                "title": title,
                "type": types.get(schema[name].get("type"), "text"),
                "enum": schema[name].get("enum"),
            }
            for name, title in _TITLES.items()
        }
        return {"fields": fields, "values": values.model_dump(mode="json", include=set(_TITLES))}

    def _change(self, year: int, body: bytes) -> Any:
        try:
            given = {name: str(value) for name, value in dict(json.loads(body)).items() if name in _TITLES}
        except ValueError as error:
            raise ParametersError("The form is not readable.", "the browser", "JSON", "Load the page again.") from error
        written_parameters(self.server.workspace, year, given)
        return {}

    def _answer(self, make: Any) -> None:
        try:
            self._json(make())
        except ParametersError as error:
            found = {"what": error.what, "where": error.where, "expected": error.expected, "mend": error.mend}
            self._json({"error": found}, HTTPStatus.BAD_REQUEST)

    def _file(self, year: int, name: str) -> None:
        folder = self.server.workspace.preview(year).resolve()
        # The page stands beside its project, and names figures and styles as they lie there.
        places = [(place / name).resolve() for place in (folder, folder / "bron" / "project")]
        path = next((each for each in places if each.is_file()), places[0])
        if not path.is_relative_to(folder) or not path.is_file():
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        kind = "text/html; charset=utf-8" if path.suffix == ".html" else mimetypes.guess_type(path.name)[0]
        self._send(path.read_bytes(), kind or "application/octet-stream")

    def _json(self, content: Any, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._send(json.dumps(content).encode(), "application/json", status)

    def _send(self, content: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

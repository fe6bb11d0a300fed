"""Serve the preview on the loopback address, and follow what is saved."""

from __future__ import annotations

import hmac
import json
import mimetypes
import re
import secrets
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from voortgang.build.options import Options
from voortgang.build.preview.maker import Maker
from voortgang.errors import ParametersError, VoortgangError, needs, understood
from voortgang.workspace.parameters import Parameters, read_parameters, written_parameters
from voortgang.workspace.paths import Period, Workspace, period

with needs("preview"):
    from watchfiles import watch

_TITLES = {
    "reference_date": "Peildatum",
    "status": "Status",
    "edition": "Editie",
    "cell_timeout": "Seconden per cel",
    "notebook_timeout": "Seconden per notebook",
}
_HEADER = "X-Voortgang"
"""Carries the token of the session, which only the page that this server sent knows."""

_LONGEST = 10_000
"""Bytes of a form."""
_MOST, _SECONDS = 64, 10
"""Connections at once, and how long each may take to ask something."""

_SAFE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_RULES = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "frame-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
)


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
    options
        How pages are made.

    Raises
    ------
    VoortgangError
        When another program uses the port, or this user may not.
    """

    daemon_threads = True

    def __init__(self, workspace: Workspace, year: Period, port: int, options: Options) -> None:
        try:
            super().__init__(("127.0.0.1", port), _Handler)
        except OSError as error:
            raise VoortgangError(
                f"The preview cannot use port {port}: {error.strerror or error}.",
                "voortgang preview --port",
                "a port of this computer that no other program uses",
                "End the other program, name another port, or leave out --port for any that is free.",
            ) from error
        self.workspace, self.year, self.maker = workspace, year, Maker(workspace, options)
        self.token = secrets.token_urlsafe(32)
        self._stop = threading.Event()
        self._places = threading.BoundedSemaphore(_MOST)

    @property
    def address(self) -> str:
        """What to type in a browser."""
        return f"http://127.0.0.1:{self.server_port}/"

    def run(self, once_shown: Callable[[], object] = lambda: None) -> None:
        """Serve until interrupted.

        Parameters
        ----------
        once_shown
            Is called in a thread, once the first page is made.
        """
        threading.Thread(target=self._follow, daemon=True).start()
        threading.Thread(target=self._call_once_shown, args=(once_shown,), daemon=True).start()
        try:
            self.serve_forever(poll_interval=0.1)
        finally:
            self._stop.set()
            self.server_close()
            self.maker.clear()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread; above a number of connections, hang up."""
        if not self._places.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer one connection."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say what a request broke; a browser that has gone breaks nothing."""
        error = sys.exception()
        if not isinstance(error, OSError):
            print(f"A request to the preview failed: {type(error).__name__}: {error}", file=sys.stderr)

    def _follow(self) -> None:
        workspace = self.workspace
        folders = (workspace.data, workspace.notebooks, workspace.templates, workspace.parameters_folder)
        while not self._stop.is_set():
            try:
                for _ in watch(*folders, stop_event=self._stop, debounce=50, step=10, raise_interrupt=False):
                    self._make_pages()
                    if not all(folder.is_dir() for folder in folders):
                        break
            except OSError:
                pass  # a folder is away, renamed or in the middle of a checkout; look again when it is back
            except Exception as error:  # whatever the watching of files may raise: the page follows again
                print(understood(error, "following what is saved"), file=sys.stderr)
            while not self._stop.wait(0.3) and not all(folder.is_dir() for folder in folders):
                continue
            if not self._stop.is_set():
                self._make_pages()

    def _call_once_shown(self, once_shown: Callable[[], object]) -> None:
        self.maker.wait_for_page()
        once_shown()

    def _make_pages(self) -> None:
        for year in list(self.maker.states):
            self.maker.make_page(year)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    timeout = _SECONDS

    def handle_one_request(self) -> None:
        """Answer a request that is asked within the time; a byte now and then does not lengthen it."""
        self._late = threading.Timer(_SECONDS, self._hang_up)
        self._late.daemon = True
        self._late.start()
        try:
            super().handle_one_request()
        finally:
            self._late.cancel()

    def _hang_up(self) -> None:
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it has gone

    def do_GET(self) -> None:
        self._late.cancel()
        if not self._is_ours():
            return
        path = self.path.partition("?")[0]
        years = "|".join(map(str, self.server.workspace.periods()))
        if path == "/":
            self._page()
        elif path == "/jaren":
            self._json(self.server.workspace.periods())
        elif match := re.fullmatch(rf"/stand/({years})", path):
            self._events(_named(match[1]))
        elif match := re.fullmatch(rf"/parameters/({years})", path):
            self._answer(lambda: self._parameters(_named(match[1])))
        elif match := re.fullmatch(rf"/verslag/({years})/([A-Za-z0-9._/-]+)", path):
            self._file(_named(match[1]), match[2])
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        # What is not read of a body would be taken for the next request.
        self.close_connection = True
        if not self._is_ours():
            return
        match = re.fullmatch(r"/parameters/(\d{4}(?:-\d\d-\d\d)?)", self.path)
        token = self.headers.get(_HEADER, "")
        if match is None or not hmac.compare_digest(token.encode(), self.server.token.encode()):
            self.send_error(HTTPStatus.FORBIDDEN)
            return
        length = self.headers.get("Content-Length", "")
        if "Transfer-Encoding" in self.headers or not re.fullmatch(r"[0-9]{1,9}", length):
            self.send_error(HTTPStatus.LENGTH_REQUIRED)
            return
        if int(length) > _LONGEST:
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        body = self.rfile.read(int(length))
        self._late.cancel()
        self._answer(lambda: self._change(_named(match[1]), body))

    def end_headers(self) -> None:
        """End the headers, after those that keep other sites out."""
        for name, value in _SAFE.items():
            self.send_header(name, value)
        # The page has one script, its own; a report has none.
        self.send_header("Content-Security-Policy", f"{_RULES}script-src {self._script}")
        self._script = "'none'"
        super().end_headers()

    _script = "'none'"

    def _page(self) -> None:
        nonce = secrets.token_urlsafe(16)
        text = Path(__file__).with_name("page.html").read_text(encoding="utf-8")
        values = {"%STANDAARD%": str(self.server.year), "%SLEUTEL%": self.server.token, "%EENMALIG%": nonce}
        for mark, value in values.items():
            text = text.replace(mark, value)
        self._script = f"'nonce-{nonce}'"
        self._send(text.encode(), "text/html; charset=utf-8")

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the terminal is for the author."""

    def _is_ours(self) -> bool:
        """Refuse a name that points here from elsewhere (DNS rebinding), and what another site asks."""
        port = self.server.server_port
        hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost")}
        host, origin = self.headers.get_all("Host", []), self.headers.get("Origin")
        site = self.headers.get("Sec-Fetch-Site", "none")
        # A link elsewhere may lead to the page itself; nothing else may be asked from there.
        is_page = self.command == "GET" and self.path.partition("?")[0] == "/"
        is_opened = is_page and self.headers.get("Sec-Fetch-Dest") == "document"
        origins = {None, *(f"http://{each}" for each in hosts)}
        if len(host) == 1 and host[0] in hosts and origin in origins and (site in {"none", "same-origin"} or is_opened):
            return True
        self.close_connection = True
        self.send_error(HTTPStatus.FORBIDDEN)
        return False

    def _events(self, year: Period) -> None:
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

    def _parameters(self, year: Period) -> Any:
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

    def _change(self, year: Period, body: bytes) -> Any:
        try:
            form = json.loads(body)
            given = {name: str(value) for name, value in form.items() if name in _TITLES}
            "".join(given.values()).encode()  # half of a pair of surrogates is no text
        except (ValueError, AttributeError, RecursionError) as error:
            raise ParametersError("The form is not readable.", "the browser", "JSON", "Load the page again.") from error
        written_parameters(self.server.workspace, year, given)
        return {}

    def _answer(self, make: Any) -> None:
        try:
            self._json(make())
        except ParametersError as error:
            found = {"what": error.what, "where": error.where, "expected": error.expected, "mend": error.mend}
            self._json({"error": found}, HTTPStatus.BAD_REQUEST)

    def _file(self, year: Period, name: str) -> None:
        path = self.server.maker.file(year, name)
        try:
            content = path.read_bytes() if path is not None else None
        except OSError:
            content = None  # just being replaced
        if path is None or content is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        kind = "text/html; charset=utf-8" if path.suffix == ".html" else mimetypes.guess_type(path.name)[0]
        self._send(content, kind or "application/octet-stream")

    def _json(self, content: Any, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._send(json.dumps(content).encode(), "application/json", status)

    def _send(self, content: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)


def _named(text: str) -> Period:
    """Return the period that an address names; a name that is none has no parameters either."""
    return period(text) or text

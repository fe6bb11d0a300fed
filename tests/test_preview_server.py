"""The preview answers its own page on this computer, whatever else asks, and goes on whatever an editor saves."""

from __future__ import annotations

import json
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import REPOSITORY, run

from voortgang.build.options import Options
from voortgang.build.preview import server as serving
from voortgang.build.preview.maker import Maker, State, _Ready
from voortgang.build.preview.server import Server
from voortgang.build.unchanged import Elsewhere
from voortgang.errors import TemplateError
from voortgang.workspace.fingerprint import of_file
from voortgang.workspace.paths import Workspace


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in ("data", "parameters", "notebooks", "templates"):
        (tmp_path / name).mkdir()
    shutil.copy(REPOSITORY / "data" / "deal.yml", tmp_path / "data")
    shutil.copy(REPOSITORY / "parameters" / "2021.yml", tmp_path / "parameters")
    monkeypatch.setattr(serving, "_SECONDS", 0.5)
    monkeypatch.setattr(serving, "_MOST", 8)
    monkeypatch.setattr(serving._Handler, "timeout", 0.5)
    made = Server(Workspace(tmp_path), 2021, 0, Options("builtin"))
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def _raw(server: Server, content: bytes, seconds: float = 5) -> bytes:
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=seconds) as connection:
        answer = b""
        try:
            connection.sendall(content)
            connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(65536):
                answer += part
        except OSError:
            pass  # hung up on before all was sent
    return answer


def _asked(server: Server, line: str, body: bytes = b"", **headers: str) -> tuple[int, str]:
    given = {"Host": f"127.0.0.1:{server.server_port}", "Connection": "close"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items() if value)
    answer = _raw(server, f"{line} HTTP/1.1\r\n{head}\r\n".encode() + body).decode()
    return int(answer.split()[1]), answer


def test_only_a_page_of_this_server_is_answered(server: Server) -> None:
    port = server.server_port
    assert server.server_address[0] == "127.0.0.1"
    assert _asked(server, "GET /jaren")[0] == 200
    assert _asked(server, "GET /jaren", Host=f"localhost:{port}", Sec_Fetch_Site="same-origin")[0] == 200
    wrong = (
        {"Host": f"elders.nl:{port}"},
        {"Host": "127.0.0.1:1"},
        {"Host": "127.0.0.1"},
        {"Host": f"127.0.0.1.elders.nl:{port}"},
        {"Host": ""},
        {"Origin": "https://elders.nl"},
        {"Origin": "null"},
        {"Origin": f"http://127.0.0.1:{port + 1}"},
        {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Dest": "image"},
        {"Sec_Fetch_Site": "same-site"},
    )
    for headers in wrong:
        assert _asked(server, "GET /jaren", **headers)[0] == 403, headers
    assert _asked(server, "GET /", Sec_Fetch_Site="cross-site", Sec_Fetch_Dest="document")[0] == 200
    assert _asked(server, "GET /", Sec_Fetch_Site="cross-site", Sec_Fetch_Dest="iframe")[0] == 403


def test_every_answer_keeps_other_sites_out(server: Server) -> None:
    for line in ("GET /", "GET /jaren", "GET /nergens", "POST /parameters/2021", "DELETE /"):
        answer = _asked(server, line)[1]
        for header in ("frame-ancestors 'self'", "X-Frame-Options: SAMEORIGIN", "nosniff", "script-src", "same-origin"):
            assert header in answer, (line, header)
    assert "script-src 'none'" in _asked(server, "GET /jaren")[1]
    assert "script-src 'nonce-" in _asked(server, "GET /")[1]
    assert server.token not in _asked(server, "GET /jaren")[1]


@pytest.mark.parametrize(
    "body",
    [
        *("5", "null", "[]", '"x"', "{", "[" * 5_000, '{"status": {"a": 1}}', "\x00", '{"edition": null}'),
        *(r'{"cell_timeout": "\ud800"}', r'{"status": "concept\udfff"}', r'{"reference_date": "\udc00\ud800"}'),
    ],
)
def test_a_form_that_is_none_is_refused(server: Server, body: str) -> None:
    path = server.workspace.parameters(2021)
    before = path.read_bytes()
    headers = {"X_Voortgang": server.token, "Content_Length": str(len(body.encode()))}
    status, answer = _asked(server, "POST /parameters/2021", body.encode(), **headers)
    assert status == 400 and "error" in json.loads(answer.partition("\r\n\r\n")[2])
    assert path.read_bytes() == before
    assert _asked(server, "GET /jaren")[0] == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content_Length": "-1"}, 411),
        ({"Content_Length": "x"}, 411),
        ({"Content_Length": ""}, 411),
        ({"Content_Length": "99999999999999999999"}, 411),
        ({"Content_Length": "10001"}, 413),
        ({"Content_Length": "2", "Transfer_Encoding": "chunked"}, 411),
        ({"Content_Length": "2", "X_Voortgang": "x"}, 403),
        ({"Content_Length": "2", "X_Voortgang": ""}, 403),
    ],
)
def test_a_body_has_a_length_and_a_token(server: Server, headers: dict[str, str], status: int) -> None:
    given = {"X_Voortgang": server.token} | headers
    assert _asked(server, "POST /parameters/2021", b"{}", **given)[0] == status


@pytest.mark.parametrize(
    "path",
    [
        *("/verslag/2021/../../../../data/deal.yml", "/verslag/2021/%2e%2e/%2e%2e/data/deal.yml", "//data/deal.yml"),
        *("/verslag/2021//etc/passwd", "/verslag/2021/..", "/verslag/2021/.", "/data/deal.yml", "/stand/9999"),
        *("/parameters/2031", "/verslag/2031/rapport.html", "/verslag/2021/a%00b", "/" + "a" * 60_000),
        *(f"/verslag/2021/{'a' * 300}", f"/verslag/2021/{'a/' * 3_000}", f"/verslag/2021/{'../' * 3_000}etc/passwd"),
    ],
)
def test_no_path_leads_out_of_the_report(server: Server, path: str) -> None:
    assert _asked(server, f"GET {path}")[0] == 404
    assert server.maker.states == {}


def test_a_link_in_the_report_leads_nowhere_else(server: Server) -> None:
    folder = server.workspace.preview(2021)
    folder.mkdir(parents=True)
    (folder / "weg.yml").symlink_to(server.workspace.deal)
    assert _asked(server, "GET /verslag/2021/weg.yml")[0] == 404


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"\r\n\r\n", b"POST 5\r\n\r\n", b"GET\r\n\r\n", b"\x16\x03\x01\x02\x00", b"GET / HTTP/9.9\r\n\r\n"),
        *(b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 500 + b"\r\n", b"x" * 100_000, b"GET / HTTP/1.1\r\nHost\r\n\r\n"),
    ],
)
def test_what_is_no_request_is_answered_or_hung_up_on(
    server: Server, content: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = _raw(server, content)
    assert not answer or b" 200 " not in answer.partition(b"\r\n")[0]
    assert _asked(server, "GET /jaren")[0] == 200
    assert "Traceback" not in capfd.readouterr().err


def test_slow_connections_are_hung_up_on_and_leave_room(server: Server) -> None:
    slow = [socket.create_connection(("127.0.0.1", server.server_port)) for _ in range(12)]
    began = time.monotonic()
    try:
        while time.monotonic() - began < 0.9:  # a byte now and then
            for each in slow:
                try:
                    each.sendall(b"G")
                except OSError:
                    continue
            time.sleep(0.1)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                assert _asked(server, "GET /jaren")[0] == 200
                break
            except (OSError, IndexError):
                time.sleep(0.1)
        else:
            pytest.fail("no room")
    finally:
        for each in slow:
            each.close()


class _Maker:
    """Notes when a page is made."""

    def __init__(self) -> None:
        self.states, self.made = {2021: State()}, threading.Event()

    def make_page(self, year: int) -> None:
        self.made.set()

    def clear(self) -> None:
        return


def test_it_follows_after_a_folder_was_away(server: Server) -> None:
    server.maker = maker = _Maker()  # type: ignore[assignment]
    thread = threading.Thread(target=server._follow, daemon=True)
    thread.start()
    templates = server.workspace.templates

    def follows() -> None:
        deadline = time.monotonic() + 120
        maker.made.clear()
        while not maker.made.wait(0.3):
            assert time.monotonic() < deadline
            (templates / "hoofdstuk.qmd").write_text(str(time.monotonic()))

    follows()
    templates.rename(templates.with_name("weg"))
    time.sleep(0.5)
    templates.with_name("weg").rename(templates)
    follows()
    shutil.rmtree(templates)
    time.sleep(0.5)
    templates.mkdir()
    follows()
    server._stop.set()
    thread.join(10)
    assert not thread.is_alive()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FileNotFoundError(2, "No such file", "templates/_werken.qmd"), "templates/_werken.qmd"),
        (TemplateError("Wrong.", "hier", "a", "b"), "hier"),
        (ZeroDivisionError("division by zero"), "ZeroDivisionError"),
        (RecursionError(), "fault of voortgang"),
    ],
)
def test_an_error_stands_in_the_page_and_the_next_save_is_followed(
    tmp_path: Path, error: Exception, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    maker = Maker(Workspace(tmp_path), Options("builtin"))

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("voortgang.build.pipeline.plan", fail)
    monkeypatch.setattr(Workspace, "notebook_files", lambda _: [])
    maker.make_page(2021)
    assert said in json.dumps(maker.states[2021].errors)
    maker.make_page(2021)
    assert maker.states[2021].version == 0


def test_a_saved_module_or_file_that_a_notebook_reads_makes_more_than_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("data/deal.yml", "notebooks/hulp.py", "templates/foto.txt", "templates/rapport.qmd"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("een", encoding="utf-8")
    maker, made = Maker(Workspace(tmp_path), Options("builtin", 1)), []

    def make(_: object) -> None:
        made.append(2021)
        planned = SimpleNamespace(workspace=maker.workspace)
        maker._ready[2021] = _Ready({}, *(planned, None, ""))  # type: ignore[arg-type]
        maker.elsewhere[2021] = Elsewhere({"templates/foto.txt": of_file(tmp_path / "templates/foto.txt")})

    monkeypatch.setattr("voortgang.build.pipeline.plan", lambda *_: [])
    monkeypatch.setattr(maker, "make", make)
    monkeypatch.setattr(maker, "_write_page", lambda *_: None)
    for times, name in ((1, ""), (1, "templates/rapport.qmd"), (2, "notebooks/hulp.py"), (3, "templates/foto.txt")):
        if name:
            (tmp_path / name).write_text("twee", encoding="utf-8")
        maker.make_page(2021)
        assert maker.states[2021].errors == () and len(made) == times, name


def test_chapters_of_a_public_edition_that_hides_projects_are_followed(small: Path, tmp_path: Path) -> None:
    """Such a page is made from a copy of the workspace: what is saved is in none that was made before."""
    workspace = Workspace(shutil.copytree(small, tmp_path / "deal"))
    maker, chapter = Maker(workspace, Options("builtin", 1)), workspace.templates / "rapport.qmd"
    maker.make_page(2021)
    assert maker._ready[2021].planned.workspace.root != workspace.root
    before = chapter.read_text(encoding="utf-8")
    chapter.write_text(f"{before}\nWat er net bij kwam.\n", encoding="utf-8")
    maker.make_page(2021)
    assert "Wat er net bij kwam." in maker.page(2021).read_text(encoding="utf-8")
    chapter.write_text(f"{before}\n{{{{< include nergens.md >}}}}\n", encoding="utf-8")
    maker.make_page(2021)
    (error,) = maker.states[2021].errors
    assert "nergens.md" in error["what"] and maker.states[2021].version == 2
    chapter.write_text(before, encoding="utf-8")
    maker.make_page(2021)
    assert not maker.states[2021].errors and "net bij" not in maker.page(2021).read_text(encoding="utf-8")


def test_copies_that_nothing_is_made_from_any_more_go(small: Path, tmp_path: Path) -> None:
    """Those of this preview, also after an error and when it ends; those of builds and of other previews stay."""
    workspace = Workspace(shutil.copytree(small, tmp_path / "deal", symlinks=True))
    kept = sorted(workspace.public_copies.glob("*"))
    of_another = workspace.own_previews.with_name("1") / "openbaar" / "iets"
    of_another.mkdir(parents=True)
    maker, chapter = Maker(workspace, Options("builtin", 1)), workspace.templates / "rapport.qmd"
    before = chapter.read_text(encoding="utf-8")

    def copies() -> int:
        return sum(1 for _ in maker.workspace.root.rglob("openbaar/*/deal")) - len(kept)

    assert kept
    for number in range(3):
        chapter.write_text(f"{before}\nWat er bij kwam: {number}.\n", encoding="utf-8")
        maker.make_page(2021)
        assert maker.states[2021].version == number + 1 and copies() == 1
    maker.make_page(2021)
    assert maker.file(2021, "herkomst.html") is not None  # which is made from the copy when it is asked for
    table, notebook = workspace.data / "projecten.csv", workspace.notebooks / "financien.ipynb"
    for path in (chapter, table, notebook):  # the page that is shown stays, with what its parts are made from
        content = path.read_bytes()
        path.write_bytes(content + b"{{< include nergens.md >}}\n")
        maker.make_page(2021)
        assert maker.states[2021].errors and copies() <= 1, path
        path.write_bytes(content)
        maker.make_page(2021)
        assert not maker.states[2021].errors and copies() == 1, path
    maker.clear()
    assert copies() == 0 and of_another.is_dir() and sorted(workspace.public_copies.glob("*")) == kept
    assert not workspace.own_previews.exists()
    maker.make_page(2021)  # somebody saves while the preview ends
    assert not workspace.own_previews.exists()


def test_a_port_that_another_program_uses_is_named(server: Server) -> None:
    done = run("preview", "2021", "--no-browser", "--port", str(server.server_port), cwd=server.workspace.root)
    assert done.code == 1 and f"port {server.server_port}" in done.err and "--port" in done.err


def test_two_previews_write_in_their_own_folders_and_remove_those_of_killed_ones(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    ours = workspace.preview(2021)
    killed, running = ours.parents[1] / "999999999", ours.parents[1] / "1"
    for folder in (ours, killed / "2021", running / "2021"):
        folder.mkdir(parents=True)
    workspace.clear_previews()
    assert ours.is_dir() and running.is_dir() and not killed.exists()

"""What the browser tests take from the npm registry."""

from __future__ import annotations

import io
import json
import tarfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from npm_packages import PackageNotFetchedError, package_file


def tarball() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name in ("package/dist/index.js", "package/../outside.js"):
            entry = tarfile.TarInfo(name)
            entry.size = 4
            archive.addfile(entry, io.BytesIO(b"made"))
    return file.getvalue()


class Registry(BaseHTTPRequestHandler):
    """One version of one package."""

    def do_GET(self) -> None:
        where = f"http://{self.headers['Host']}/tarball.tgz"
        answers = {
            "/@scope%2fname/1.2.3": json.dumps({"dist": {"tarball": where}}).encode(),
            "/tarball.tgz": tarball(),
        }
        self.send_response(200 if self.path in answers else 404)
        self.end_headers()
        self.wfile.write(answers.get(self.path, b""))

    def log_message(self, *_arguments: object) -> None:
        pass


def test_a_package_is_fetched_once_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Registry) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("npm_config_registry", f"http://127.0.0.1:{server.server_port}/")
        cache = tmp_path / "cache"
        cache.mkdir()
        assert package_file(cache, "@scope/name", "1.2.3", "dist/index.js") == b"made"
        server.shutdown()
    assert package_file(cache, "@scope/name", "1.2.3", "dist/index.js") == b"made"
    assert [file.name for file in tmp_path.rglob("*.js")] == ["index.js"]


def test_a_registry_that_cannot_be_reached_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nothing listens there.
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9")
    with pytest.raises(
        PackageNotFetchedError, match=r"(?s)left-pad 1\.3\.0 .* connect to the network"
    ):
        package_file(tmp_path, "left-pad", "1.3.0", "index.js")
    assert list(tmp_path.iterdir()) == []

# SPDX-License-Identifier: Apache-2.0
"""A web server of this machine that answers as badly as is wanted.

server.at("/name", answer): answer(request) has the request to itself; those below are what servers do."""

import http.server
import socket
import socketserver
import threading
import time


class Server:
    """Started with `with`; .url("/name") is an address, .asked what was asked: (method, path, headers)."""

    def __init__(self):
        outer = self
        self.answers, self.asked, self.at_once, self.most_at_once = {}, [], 0, 0
        self.lock = threading.Lock()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                outer.asked.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}))
                try:
                    outer.answers.get(self.path, missing)(self)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            do_HEAD = do_GET

            def log_message(self, *_):
                """Nobody reads it."""

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # clients that go away are what is tested
        self._server.outer = self
        self.port = self._server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def at(self, path, answer):
        self.answers[path] = answer

    def url(self, path):
        return "http://127.0.0.1:%d%s" % (self.port, path)

    def busy(self, more):
        """One answer more, or less, is being given."""
        with self.lock:
            self.at_once += more
            self.most_at_once = max(self.most_at_once, self.at_once)

    def gets(self, path):
        """The headers of every GET of a path."""
        return [headers for method, asked, headers in self.asked if asked == path and method == "GET"]


def _head(request, code, length, **headers):
    request.send_response(code)
    request.send_header("Content-Length", str(length))
    for name, value in headers.items():
        request.send_header(name.replace("_", "-"), value)
    request.end_headers()


def _body(request, data):
    if request.command != "HEAD":
        request.wfile.write(data)


def missing(request):
    said(404)(request)


def said(code, body=b"sorry", **headers):
    """An answer with a code and a page."""
    def answer(request):
        _head(request, code, len(body), **headers)
        _body(request, body)
    return answer


def whole(data, **headers):
    """A file, whatever part of it was asked for."""
    return said(200, data, **headers)


def first_byte(request):
    """Where the part that is asked for begins; None when all is."""
    text = request.headers.get("Range")
    return int(text[len("bytes="):].split("-")[0]) if text else None


def in_parts(data, **headers):
    """A file, or the rest of it."""
    def answer(request):
        start = first_byte(request)
        if start is None:
            whole(data, **headers)(request)
        elif start >= len(data):
            said(416, b"", Content_Range="bytes */%d" % len(data))(request)
        else:
            said(206, data[start:], Content_Range="bytes %d-%d/%d" % (start, len(data) - 1, len(data)))(request)
    return answer


def breaks_after(data, size, times=1):
    """A file whose connection breaks after some bytes, the first times; parts are given."""
    left = [times]

    def answer(request):
        if left[0] == 0 or request.command == "HEAD":
            in_parts(data)(request)
            return
        left[0] -= 1
        start = first_byte(request) or 0
        headers = {"Content_Range": "bytes %d-%d/%d" % (start, len(data) - 1, len(data))} if start else {}
        _head(request, 206 if start else 200, len(data) - start, **headers)
        _body(request, data[start:start + size])
        request.wfile.flush()
        request.connection.shutdown(socket.SHUT_RDWR)
        request.close_connection = True
    return answer


def first(answer, then, times=1):
    """One answer at first, then another."""
    left = [times]

    def either(request):
        left[0] -= 1
        (answer if left[0] >= 0 else then)(request)
    return either


def slow(data, seconds, pieces=5):
    """A file in pieces, with pauses."""
    def answer(request):
        _head(request, 200, len(data))
        request.server.outer.busy(1)
        step = -(-len(data) // pieces)
        for start in range(0, len(data) if request.command == "GET" else 0, step):
            time.sleep(seconds / pieces)
            if start + step >= len(data):
                request.server.outer.busy(-1)
            request.wfile.write(data[start:start + step])
    return answer


def silent_after(data, size):
    """Some bytes, then nothing more, and no end."""
    def answer(request):
        _head(request, 200, len(data))
        _body(request, data[:size])
        request.wfile.flush()
        time.sleep(5)
        request.close_connection = True
    return answer


def with_length(data, length):
    """A length that is not the file's."""
    def answer(request):
        _head(request, 200, length)
        _body(request, data)
        request.close_connection = True
    return answer


def to(address, code=302):
    """A redirect."""
    return said(code, b"", Location=address)

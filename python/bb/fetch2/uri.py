# SPDX-License-Identifier: Apache-2.0
"""A URL in parts that can be read and set, with what SRC_URI adds to URLs: ;key=value, relative paths."""

import urllib.parse


def _table(text, separator, absent):
    """key=value pairs; absent stands for the value of a key that has none."""
    pairs = (item.partition("=") for item in text.split(separator) if item)
    return {key: value if equal else absent for key, equal, value in pairs}


class URI:
    """scheme://userinfo@hostname:port/path?query;params, or scheme:path when the path is relative."""

    def __init__(self, uri=None):
        self.scheme = self.userinfo = self.hostname = self._path = ""
        self.port, self.params, self.query, self.relative = None, {}, {}, False
        if not uri:
            return
        text, _, params = uri.partition(";")
        self.params = _table(params, ";", "")
        split = urllib.parse.urlsplit(text)
        self.scheme = split.scheme
        if split.scheme == "file":  # "file://name" is a relative path
            self.path = urllib.parse.unquote(split.netloc + split.path)
            return
        self.userinfo = split.netloc.rpartition("@")[0]
        self.hostname, self.port = split.hostname or "", split.port
        self.path = urllib.parse.unquote(split.path)
        self.query = _table(split.query, "&", None)

    @property
    def path(self):
        return self._path

    @path.setter
    def path(self, path):
        self._path = path
        self.relative = bool(path) and not path.startswith("/")

    @property
    def path_quoted(self):
        return urllib.parse.quote(self.path)

    @path_quoted.setter
    def path_quoted(self, path):
        self.path = urllib.parse.unquote(path)

    @property
    def hostport(self):
        return self.hostname if self.port is None else "%s:%d" % (self.hostname, self.port)

    @property
    def username(self):
        return self.userinfo.partition(":")[0]

    @username.setter
    def username(self, name):
        self.userinfo = "%s:%s" % (name, self.password) if self.password else name

    @property
    def password(self):
        return self.userinfo.partition(":")[2]

    @password.setter
    def password(self, password):
        self.userinfo = "%s:%s" % (self.username, password)

    def _query_str(self):
        return "&".join(key if value is None else "%s=%s" % (key, value) for key, value in self.query.items())

    def __str__(self):
        host = "" if self.relative else "//%s%s" % (self.userinfo + "@" if self.userinfo else "", self.hostport)
        query = "?" + self._query_str() if self.query else ""
        return "%s:%s%s%s%s" % (self.scheme, host, self.path_quoted, query, "".join(";%s=%s" % item for item in self.params.items()))

# SPDX-License-Identifier: Apache-2.0
"""A URL in parts that can be read and set, with what SRC_URI adds to URLs: ;key=value, relative paths."""

import collections
import functools
import re
import urllib.parse

from bb.fetch2.errors import MalformedUrl, MissingParameterError
from bb.fetch2.release import is_2_8


def _table(text, separator, absent):
    """key=value pairs; absent stands for the value of a key that has none."""
    pairs = (item.partition("=") for item in text.split(separator) if item)
    return collections.OrderedDict((key, value if equal else absent) for key, equal, value in pairs)


@functools.lru_cache(maxsize=4096)
def _parts(uri):
    """What is read of a URL: many variants of a recipe name the same ones. Nobody may write to the tables."""
    text, _, params = uri.partition(";")
    split = urllib.parse.urlsplit(text)
    query = _table(split.query, "&", None) if split.query else {}
    params = _table(params, ";", "")
    if split.scheme == "file":  # "file://name" is a relative path
        return split.scheme, "", "", None, urllib.parse.unquote(split.netloc + split.path), query, params
    return (split.scheme, split.netloc.rpartition("@")[0], split.hostname or "", split.port, urllib.parse.unquote(split.path),
            query, params)


class URI:
    """scheme://userinfo@hostname:port/path?query;params, or scheme:path when the path is relative."""

    def __init__(self, uri=None):
        self.scheme = self.userinfo = self.hostname = self._path = ""
        self.port, self.params, self.query, self.relative = None, {}, {}, False
        if not uri:
            return
        self.scheme, self.userinfo, self.hostname, self.port, self.path, query, params = _parts(uri)
        self.query, self.params = query.copy(), params.copy()

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
        return self.hostname if not self.port else "%s:%d" % (self.hostname, self.port)

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
        return "&".join(key if not value else "%s=%s" % (key, value) for key, value in self.query.items())

    def __str__(self):
        host = "" if self.relative else "//%s%s" % (self.userinfo + "@" if self.userinfo else "", self.hostport)
        query = "?" + self._query_str() if self.query else ""
        return "%s:%s%s%s%s" % (self.scheme, host, self.path_quoted, query, "".join(";%s=%s" % item for item in self.params.items()))


_FORM = re.compile(r"(?P<type>[^:]*)://((?P<user>[^/;]+)@)?(?P<location>[^;]+)(;(?P<parm>.*))?", re.DOTALL)


def decodemirrorurl(url):
    """(type, host, path, user, password, parameters) of a URL that may hold regular expressions."""
    match = _FORM.match(url)
    if not match:
        raise MalformedUrl(url)
    kind, location, user, password = match["type"], match["location"], match["user"] or "", ""
    if kind.lower() == "file":
        host, path, user = "", (user + "@" if user else "") + location, ""
    else:
        host, slash, rest = location.partition("/")
        path = slash + rest or "/"
    if ":" in user:
        user, password = user.split(":", 1)
    params = collections.OrderedDict()
    for item in (match["parm"] or "").split(";"):
        if item:
            key, equal, value = item.partition("=")
            if not equal:
                raise MalformedUrl(url, "The URL: '%s' is invalid: parameter %s does not specify a value (missing '=')" % (url, item))
            params[key] = value
    return kind, host, urllib.parse.unquote(path), user, password, params


def decodeurl(url):
    """(type, host, path, user, password, parameters) of a URL."""
    if is_2_8():
        return decodemirrorurl(url)
    try:
        uri = URI(url)
    except ValueError as exc:
        raise MalformedUrl(url) from exc
    return uri.scheme, uri.hostport, uri.path or "/", uri.username, uri.password, uri.params


def encodeurl(decoded):
    """The inverse of decodeurl."""
    kind, host, path, user, password, params = decoded
    if not kind:
        raise MissingParameterError("type", "encoded from the data %s" % str(decoded))
    uri = URI()
    uri.scheme = kind
    if kind != "file":
        uri.hostname = host or ""
        if user:
            uri.username = user
            if password:
                uri.password = password
    if path:
        uri.path = re.sub("//+", "/", path)
    uri.relative = False
    uri.params = params or {}
    return str(uri)

# SPDX-License-Identifier: Apache-2.0
"""The XML that mkpsxiso's users have, as a tree of values. Every error names the file and the line.

    iso_project  image_name cue_sheet no_xa
      track      type=data|audio source trackid
        identifiers  system application volume volume_set publisher data_preparer copyright
        license      file
        default_attributes  gmt_offs xa_perm xa_gid xa_uid
        directory_tree      srcdir
          file   name source type=data|mixed|xa|str|da trackid xa_perm xa_gid xa_uid
          dir    name srcdir
          dummy  sectors type
        pregap   duration=MM:SS:FF

Paths are relative to the XML file's folder, as where mkpsxiso is run by people."""

import os
import re
import xml.parsers.expat
from dataclasses import dataclass, field
from typing import Dict, List, Optional

from retrotools import tool
from retrotools.tool import ToolError

# element: (where it may stand, attributes that it must have, attributes that it may have)
_ELEMENTS = {
    "iso_project": ("", (), ("image_name", "cue_sheet", "no_xa")),
    "track": ("iso_project", ("type",), ("source", "trackid", "track_id", "xa_edc", "new_type")),
    "identifiers": ("track", (), ("system", "application", "volume", "volume_set", "publisher", "data_preparer", "copyright",
                                  "creation_date", "modification_date")),
    "license": ("track", ("file",), ()),
    "default_attributes": ("track", (), ("gmt_offs", "xa_attrib", "xa_perm", "xa_gid", "xa_uid")),
    "directory_tree": ("track", (), ("srcdir", "source", "gmt_offs", "xa_attrib", "xa_perm", "xa_gid", "xa_uid")),
    "file": ("directory_tree dir", (), ("name", "source", "type", "trackid", "gmt_offs", "xa_attrib", "xa_perm", "xa_gid", "xa_uid", "offs", "date")),
    "dir": ("directory_tree dir", ("name",), ("srcdir", "source", "gmt_offs", "xa_attrib", "xa_perm", "xa_gid", "xa_uid", "date")),
    "dummy": ("directory_tree dir", ("sectors",), ("type", "ecc_addr")),
    "pregap": ("track", ("duration",), ()),
}
_FILE_TYPES = ("data", "mixed", "xa", "str", "da")


@dataclass
class Node:
    tag: str
    attributes: Dict[str, str]
    line: int
    children: List["Node"] = field(default_factory=list)


@dataclass
class Entry:
    """A file, a directory or a dummy of the tree."""
    kind: str  # dir, dummy, or a file's type
    name: str
    source: str
    where: str
    trackid: str = ""
    sectors: int = 0
    form: int = 0
    attributes: Dict[str, int] = field(default_factory=dict)
    entries: List["Entry"] = field(default_factory=list)


@dataclass
class Track:
    kind: str
    source: str
    trackid: str
    where: str
    pregap: Optional[int] = None
    identifiers: Dict[str, str] = field(default_factory=dict)
    license: str = ""
    tree: Optional[Entry] = None


@dataclass
class Project:
    image_name: str
    cue_sheet: str
    xa: bool
    tracks: List[Track]


class _Builder:
    """Expat's events to nodes, each with its line."""

    def __init__(self, name: str):
        self.name = name
        self.root: Optional[Node] = None
        self.open: List[Node] = []
        self.expat = xml.parsers.expat.ParserCreate()
        self.expat.StartElementHandler = self.start
        self.expat.EndElementHandler = lambda tag: self.open.pop()
        self.expat.CharacterDataHandler = self.text

    def start(self, tag: str, attributes: Dict[str, str]) -> None:
        node = Node(tag, attributes, self.expat.CurrentLineNumber)
        _check(node, self.open[-1].tag if self.open else "", self.name)
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.root = node
        self.open.append(node)

    def text(self, text: str) -> None:
        if text.strip():
            raise ToolError("%s:%d: text %r stands where only elements do" % (self.name, self.expat.CurrentLineNumber, text.strip()))


def _near(word: str, known) -> str:
    import difflib
    close = difflib.get_close_matches(word, list(known), 1)
    return "; did you mean %s?" % close[0] if close else ""


def _check(node: Node, parent: str, name: str) -> None:
    place = "%s:%d: " % (name, node.line)
    if node.tag not in _ELEMENTS:
        raise ToolError("%s<%s> is no element of a disc project%s" % (place, node.tag, _near(node.tag, _ELEMENTS)))
    parents, needed, allowed = _ELEMENTS[node.tag]
    if parent not in (parents.split() or [""]):
        raise ToolError("%s<%s> stands in %s, not in %s" % (place, node.tag, "<%s>" % parent if parent else "no element",
                                                            " or ".join("<%s>" % p for p in parents.split()) or "no element"))
    for attribute in needed:
        if attribute not in node.attributes:
            raise ToolError("%s<%s> has no %s" % (place, node.tag, attribute))
    for attribute in node.attributes:
        if attribute not in needed + allowed:
            raise ToolError("%s<%s> has an unknown attribute %s%s" % (place, node.tag, attribute, _near(attribute, needed + allowed)))


def _integer(node: Node, attribute: str, default: int, name: str) -> int:
    text = node.attributes.get(attribute, "")
    try:
        return int(text, 0) if text else default
    except ValueError as exc:
        raise ToolError("%s:%d: %s=%r of <%s> is not a number" % (name, node.line, attribute, text, node.tag)) from exc


def _frames(node: Node, name: str) -> int:
    text = node.attributes["duration"]
    found = re.match(r"(\d+):(\d\d):(\d\d)$", text)
    if not found or int(found[2]) > 59 or int(found[3]) > 74:
        raise ToolError("%s:%d: duration=%r is not minutes:seconds:frames" % (name, node.line, text))
    return (int(found[1]) * 60 + int(found[2])) * 75 + int(found[3])


class _Reader:
    """Nodes to a project."""

    def __init__(self, name: str):
        self.name = name
        self.folder = os.path.dirname(os.path.abspath(name))

    def path(self, text: str) -> str:
        return os.path.join(self.folder, text.replace("\\", "/")) if text else ""

    def attributes(self, node: Node, inherited: Dict[str, int]) -> Dict[str, int]:
        out = dict(inherited)
        for attribute in ("gmt_offs", "xa_perm", "xa_gid", "xa_uid"):
            if attribute in node.attributes:
                out[attribute] = _integer(node, attribute, 0, self.name)
        return out

    def entry(self, node: Node, srcdir: str, inherited: Dict[str, int]) -> Entry:
        where = "%s:%d: " % (self.name, node.line)
        attributes = self.attributes(node, inherited)
        if node.tag == "dummy":
            sectors = _integer(node, "sectors", 0, self.name)
            if sectors < 1:
                raise ToolError("%ssectors=%r of <dummy> is not one or more" % (where, node.attributes["sectors"]))
            return Entry("dummy", "", "", where, sectors=sectors, form=_integer(node, "type", 0, self.name))
        if node.tag == "dir":
            inner = node.attributes.get("srcdir") or node.attributes.get("source") or ""
            srcdir = self.path(inner) if inner else os.path.join(srcdir, node.attributes["name"]) if srcdir else ""
            out = Entry("dir", node.attributes["name"].upper(), srcdir, where, attributes=attributes)
            out.entries = [self.entry(child, srcdir, attributes) for child in node.children]
            return out
        return self.file(node, srcdir, attributes, where)

    def file(self, node: Node, srcdir: str, attributes: Dict[str, int], where: str) -> Entry:
        kind = node.attributes.get("type", "data")
        if kind not in _FILE_TYPES:
            raise ToolError("%stype=%r of <file> is none of %s%s" % (where, kind, ", ".join(_FILE_TYPES), _near(kind, _FILE_TYPES)))
        source, trackid = node.attributes.get("source", ""), node.attributes.get("trackid", "")
        name = node.attributes.get("name") or os.path.basename(source.replace("\\", "/"))
        if not name:
            raise ToolError("%s<file> has neither name nor source" % where)
        if trackid and kind != "da":
            raise ToolError("%strackid belongs to type=\"da\", not to %s" % (where, kind))
        if kind == "da" and bool(source) == bool(trackid):
            raise ToolError("%s<file type=\"da\"> needs either a trackid or a source" % where)
        path = self.path(source) if source else os.path.join(srcdir or self.folder, name)
        # mkpsxiso's users write the version too, or leave it.
        return Entry(kind, name.split(";")[0].upper(), path, where, trackid, attributes=attributes)

    def track(self, node: Node) -> Track:
        where = "%s:%d: " % (self.name, node.line)
        kind = node.attributes["type"]
        if kind not in ("data", "audio"):
            raise ToolError("%stype=%r of <track> is neither data nor audio" % (where, kind))
        out = Track(kind, self.path(node.attributes.get("source", "")), node.attributes.get("trackid") or node.attributes.get("track_id", ""), where)
        defaults: Dict[str, int] = {}
        for child in node.children:
            if child.tag == "pregap":
                out.pregap = _frames(child, self.name)
            elif kind == "audio":
                raise ToolError("%s:%d: <%s> stands in an audio track" % (self.name, child.line, child.tag))
            elif child.tag == "identifiers":
                out.identifiers = child.attributes
            elif child.tag == "license":
                out.license = self.path(child.attributes["file"])
            elif child.tag == "default_attributes":
                defaults = self.attributes(child, {})
            elif out.tree:
                raise ToolError("%s:%d: there is a second <directory_tree>" % (self.name, child.line))
            else:
                srcdir = self.path(child.attributes.get("srcdir") or child.attributes.get("source") or "")
                attributes = self.attributes(child, defaults)
                out.tree = Entry("dir", "", srcdir, "%s:%d: " % (self.name, child.line), attributes=attributes)
                out.tree.entries = [self.entry(grandchild, srcdir, attributes) for grandchild in child.children]
        if kind == "audio" and not out.source:
            raise ToolError("%sthe audio track has no source" % where)
        if kind == "data" and out.tree is None:
            raise ToolError("%sthe data track has no <directory_tree>" % where)
        return out


def parse(data: bytes, name: str) -> Project:
    """The project in a file; errors for XML that is broken and for what no disc has."""
    builder = _Builder(name)
    try:
        builder.expat.Parse(data, True)
    except xml.parsers.expat.ExpatError as exc:
        raise ToolError("%s:%d: %s at column %d" % (name, exc.lineno, xml.parsers.expat.ErrorString(exc.code), exc.offset + 1)) from exc
    root = builder.root
    reader = _Reader(name)
    tracks = [reader.track(child) for child in root.children]
    if not tracks or tracks[0].kind != "data":
        raise ToolError("%s:%d: the first track of a disc is its data track" % (name, (root.children or [root])[0].line))
    if [t.kind for t in tracks].count("data") > 1:
        raise ToolError("%sa disc has one data track" % [t for t in tracks if t.kind == "data"][1].where)
    image = root.attributes.get("image_name", os.path.splitext(os.path.basename(name))[0] + ".bin")
    return Project(image, root.attributes.get("cue_sheet", ""), root.attributes.get("no_xa", "0") not in ("1", "true"), tracks)


def read(path: str) -> Project:
    return parse(tool.read_file(path), path)

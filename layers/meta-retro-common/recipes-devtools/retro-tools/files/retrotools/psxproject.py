# SPDX-License-Identifier: Apache-2.0
"""The XML that mkpsxiso's users have, as a tree of values. Every error names the file and the line.

    iso_project  image_name cue_sheet no_xa
      track      type=data|audio source trackid xa_edc new_type
        identifiers  system application volume volume_set publisher data_preparer copyright creation_date modification_date
        license      file
        default_attributes  ATTRIBUTES
        directory_tree      srcdir ATTRIBUTES
          file   name source type=data|mixed|xa|str|da trackid date ATTRIBUTES
          dir    name srcdir date ATTRIBUTES
          dummy  sectors type offs
        pregap   duration=MM:SS:FF

ATTRIBUTES are gmt_offs xa_attrib xa_perm xa_gid xa_uid hidden offs order; default_attributes has them for all, what has its own keeps
to itself. order counts for discs that are refused here alone (new_type="true"). Where mkpsxiso takes a source's time, all times are
SOURCE_DATE_EPOCH's; date, which mkpsxiso does not know, gives a file its own. Dates are YYYYMMDDhhmmsscc+Q, Q quarters of an hour
ahead of UTC, 36 where it is left out.

Paths are relative to the XML file's folder, as where mkpsxiso is run by people."""

import datetime
import os
import re
import xml.parsers.expat
from dataclasses import dataclass, field
from typing import Dict, List, Optional

from retrotools import iso9660, tool
from retrotools.tool import ToolError

# Attributes that are numbers: name, the least, the most.
_NUMBERS = {"gmt_offs": (-48, 52), "xa_attrib": (0, 0xff), "xa_perm": (0, 0x7ff), "xa_gid": (0, 0xffff), "xa_uid": (0, 0xffff), "hidden": (0, 1),
            "offs": (0, 99 * 4500), "order": (-0x8000, 0x7fff)}
_ATTRIBUTES = tuple(_NUMBERS)
# element: (where it may stand, attributes that it must have, attributes that it may have)
_ELEMENTS = {
    "iso_project": ("", (), ("image_name", "cue_sheet", "no_xa")),
    "track": ("iso_project", ("type",), ("source", "trackid", "track_id", "xa_edc", "new_type", "ps2")),
    "identifiers": ("track", (), ("system", "application", "volume", "volume_set", "publisher", "data_preparer", "copyright",
                                  "creation_date", "modification_date", "id_file")),
    "license": ("track", ("file",), ()),
    "default_attributes": ("track", (), _ATTRIBUTES),
    "directory_tree": ("track", (), ("srcdir", "source") + _ATTRIBUTES),
    "file": ("directory_tree dir", (), ("name", "source", "type", "trackid", "date") + _ATTRIBUTES),
    "dir": ("directory_tree dir", ("name",), ("srcdir", "source", "date") + _ATTRIBUTES),
    "dummy": ("directory_tree dir", ("sectors",), ("type", "ecc_addr", "offs")),
    "pregap": ("track", ("duration",), ()),
}
# What mkpsxiso does and this does not: values that ask for nothing.
_NOT_DONE = {("track", "new_type"): ("false", "0"), ("track", "ps2"): ("false", "0"), ("dummy", "ecc_addr"): ("false", "0"), ("identifiers", "id_file"): ()}
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
    submode: int = 0
    attributes: Dict[str, int] = field(default_factory=dict)
    date: Optional[iso9660.Stamp] = None
    entries: List["Entry"] = field(default_factory=list)


@dataclass
class Track:
    kind: str
    source: str
    trackid: str
    where: str
    pregap: Optional[int] = None
    identifiers: Dict[str, str] = field(default_factory=dict)
    created: Optional[iso9660.Stamp] = None
    modified: Optional[iso9660.Stamp] = None
    license: str = ""
    license_where: str = ""
    form2_edc: bool = True
    clocks: bool = False  # times are not moved by gmt_offs, which is noted alone
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
        if "h_flag" in attributes:  # mkpsxiso's name for it before 2.20
            attributes["hidden"] = attributes.pop("h_flag")
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
        idle = _NOT_DONE.get((node.tag, attribute))
        if idle is not None and node.attributes[attribute].lower() not in idle:
            raise ToolError("%s%s=%r of <%s> is not supported%s" % (place, attribute, node.attributes[attribute], node.tag, "; %s is" % idle[0] if idle else ""))


def _integer(node: Node, attribute: str, default: int, name: str) -> int:
    text = node.attributes.get(attribute, "")
    try:
        return int(text, 0) if text else default
    except ValueError as exc:
        raise ToolError("%s:%d: %s=%r of <%s> is not a number" % (name, node.line, attribute, text, node.tag)) from exc


def _truth(node: Node, attribute: str, default: bool, name: str) -> bool:
    text = node.attributes.get(attribute, "").lower()
    if text not in ("", "true", "1", "false", "0"):
        raise ToolError("%s:%d: %s=%r of <%s> is neither true nor false" % (name, node.line, attribute, text, node.tag))
    return text in ("true", "1") if text else default


def _date(node: Node, attribute: str, name: str) -> Optional[iso9660.Stamp]:
    """None for one that is not there, or is all zeros: unspecified."""
    text = node.attributes.get(attribute, "")
    if not text or re.fullmatch(r"0{14,16}([+-]?0)?", text):
        return None
    found = re.fullmatch(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:(\d\d)([+-]?\d+)?)?", text)
    quarters = int(found[8]) if found and found[8] else 36
    try:
        if not found or not -48 <= quarters <= 52 or not 1900 <= int(found[1]) <= 2155:
            raise ValueError
        return iso9660.Stamp(datetime.datetime(*(int(number) for number in found.groups()[:6]), int(found[7] or 0) * 10000), quarters)
    except ValueError as exc:
        raise ToolError("%s:%d: %s=%r of <%s> is no date: YYYYMMDDhhmmsscc+Q, from 1900 to 2155" % (name, node.line, attribute, text, node.tag)) from exc


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
        self.defaults: Dict[str, int] = {}

    def path(self, text: str) -> str:
        return os.path.join(self.folder, text.replace("\\", "/")) if text else ""

    def attributes(self, node: Node) -> Dict[str, int]:
        """The node's own, and those of default_attributes."""
        out = dict(self.defaults)
        for attribute, (least, most) in _NUMBERS.items():
            if attribute in node.attributes:
                out[attribute] = value = _integer(node, attribute, 0, self.name)
                if not least <= value <= most:
                    raise ToolError("%s:%d: %s=%r of <%s> is not %d to %d" % (self.name, node.line, attribute, node.attributes[attribute], node.tag, least, most))
        return out

    def entry(self, node: Node, srcdir: str) -> Entry:
        where = "%s:%d: " % (self.name, node.line)
        if node.tag == "dummy":
            sectors = _integer(node, "sectors", 0, self.name)
            if sectors < 1:
                raise ToolError("%ssectors=%r of <dummy> is not one or more" % (where, node.attributes["sectors"]))
            submode = _integer(node, "type", 0, self.name)
            if not 0 <= submode <= 255:
                raise ToolError("%stype=%r of <dummy> is not 0 to 255" % (where, node.attributes["type"]))
            return Entry("dummy", "", "", where, sectors=sectors, submode=submode, attributes={"offs": self.attributes(node).get("offs", 0)})
        attributes, date = self.attributes(node), _date(node, "date", self.name)
        if node.tag == "dir":
            inner = node.attributes.get("srcdir") or node.attributes.get("source") or ""
            srcdir = self.path(inner) if inner else os.path.join(srcdir, node.attributes["name"]) if srcdir else ""
            out = Entry("dir", node.attributes["name"].upper(), srcdir, where, attributes=attributes, date=date)
            out.entries = [self.entry(child, srcdir) for child in node.children]
            return out
        return self.file(node, srcdir, attributes, date, where)

    def file(self, node: Node, srcdir: str, attributes: Dict[str, int], date: Optional[iso9660.Stamp], where: str) -> Entry:
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
        return Entry(kind, name.split(";")[0].upper(), path, where, trackid, attributes=attributes, date=date)

    def track(self, node: Node) -> Track:
        where = "%s:%d: " % (self.name, node.line)
        kind = node.attributes["type"]
        if kind not in ("data", "audio"):
            raise ToolError("%stype=%r of <track> is neither data nor audio" % (where, kind))
        out = Track(kind, self.path(node.attributes.get("source", "")), node.attributes.get("trackid") or node.attributes.get("track_id", ""), where)
        out.form2_edc, out.clocks = _truth(node, "xa_edc", True, self.name), "new_type" in node.attributes
        self.defaults = {}
        for child in node.children:
            if child.tag == "default_attributes" and kind == "data":
                self.defaults = self.attributes(child)
        for child in node.children:
            if child.tag == "pregap":
                out.pregap = _frames(child, self.name)
            elif kind == "audio":
                raise ToolError("%s:%d: <%s> stands in an audio track" % (self.name, child.line, child.tag))
            elif child.tag == "identifiers":
                out.identifiers = child.attributes
                out.created, out.modified = _date(child, "creation_date", self.name), _date(child, "modification_date", self.name)
            elif child.tag == "license":
                out.license, out.license_where = self.path(child.attributes["file"]), "%s:%d: " % (self.name, child.line)
            elif child.tag == "directory_tree":
                if out.tree:
                    raise ToolError("%s:%d: there is a second <directory_tree>" % (self.name, child.line))
                srcdir = self.path(child.attributes.get("srcdir") or child.attributes.get("source") or "")
                out.tree = Entry("dir", "", srcdir, "%s:%d: " % (self.name, child.line), attributes=self.attributes(child))
                out.tree.entries = [self.entry(grandchild, srcdir) for grandchild in child.children]
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

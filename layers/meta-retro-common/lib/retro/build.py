# SPDX-License-Identifier: Apache-2.0
"""Commands written with CMake's placeholders, filled in and run."""

import glob
import os
import shlex
import subprocess

import bb

from retro.ca65 import settle_times


def command(template, **fields):
    """The words of a command: <NAME> is a text within a word, or, where the field is a list and the word is nothing else, its words."""
    words = []
    for word in shlex.split(template):
        name = word[1:-1]
        if word.startswith("<") and word.endswith(">") and isinstance(fields.get(name), list):
            words += fields[name]
            continue
        for key, value in fields.items():
            if isinstance(value, str):
                word = word.replace("<%s>" % key, value)
        words.append(word)
    return words


def run(d, words, folder="B"):
    """Runs a command in B, or in another folder, with the task's environment and tells what it said; a failure ends the task."""
    environment = {**os.environ, "PATH": d.getVar("PATH"), "LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": d.getVar("SOURCE_DATE_EPOCH")}
    bb.note(" ".join(shlex.quote(word) for word in words))
    done = subprocess.run(words, cwd=d.getVar(folder), env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace")
    if done.returncode:
        bb.fatal("%s failed (%d):\n%s" % (words[0], done.returncode, done.stdout))
    if done.stdout.strip():
        bb.note(done.stdout.rstrip())


def sources(d):
    """CONSOLE_SOURCES with their patterns resolved, relative to S."""
    root, found = d.getVar("S"), []
    for pattern in (d.getVar("CONSOLE_SOURCES") or "").split():
        base = "" if os.path.isabs(pattern) else root
        matches = sorted(glob.glob(os.path.join(base, pattern)))
        if not matches:
            bb.fatal("CONSOLE_SOURCES has %s, and there is no such file in %s" % (pattern, root))
        found += matches
    return found


def compile_file(d, source, target):
    """Compiles or assembles one file, by its ending, to a file in B; what is in S is called by its name there, for compilers that note it."""
    root = d.getVar("S")
    source = os.path.join(root, source)
    if source.startswith(root + "/"):
        source = source[len(root) + 1:]
    kind = "CONSOLE_COMPILE_C" if source.endswith(".c") else "CONSOLE_COMPILE_ASM"
    path = os.path.join(d.getVar("B"), target)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    run(d, command(d.getVar(kind), SOURCE=source, OBJECT=path, FLAGS=[],
                   DEFINES=["-D" + name for name in (d.getVar("CONSOLE_DEFINES") or "").split()],
                   INCLUDES=["-I" + folder for folder in (d.getVar("CONSOLE_INCLUDES") or "").split()]), "S")
    if d.getVar("CONSOLE_TOOLCHAIN") == "cc65":
        settle_times(path, int(d.getVar("SOURCE_DATE_EPOCH")))
    return path


def compile_all(d):
    """Compiles CONSOLE_SOURCES; the objects, in the sources' order."""
    taken, out = set(), []
    for source in sources(d):
        name = os.path.splitext(os.path.basename(source))[0]
        if name in taken:
            bb.fatal("CONSOLE_SOURCES has two files named %s; objects are named after them" % name)
        taken.add(name)
        out.append(compile_file(d, source, "objects/" + name + d.getVar("CONSOLE_OBJEXT")))
    return out


def archive(d, name, objects):
    """A library in B of these objects, made anew."""
    path = os.path.join(d.getVar("B"), name)
    if os.path.exists(path):
        os.remove(path)
    run(d, command(d.getVar("CONSOLE_ARCHIVE"), TARGET=path, OBJECTS=objects))
    return path


def link(d, target, objects):
    """A program of these objects, the SDK's start-up file and its library."""
    run(d, command(d.getVar("CONSOLE_LINK"), TARGET=target, OBJECTS=objects, LINK_FLAGS=[], LINK_LIBRARIES=[]))
    return target

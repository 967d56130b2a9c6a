# SPDX-License-Identifier: Apache-2.0
"""Running programs."""

import logging
import os
import subprocess

import hitz.witness

logger = logging.getLogger("BitBake.Process")


class CmdError(RuntimeError):
    def __init__(self, command, msg=None):
        self.command = command
        self.msg = msg

    def __str__(self):
        command = self.command if isinstance(self.command, str) else subprocess.list2cmdline(self.command)
        text = "Execution of '%s' failed" % command
        return "%s: %s" % (text, self.msg) if self.msg else text


class NotFoundError(CmdError):
    def __str__(self):
        return CmdError.__str__(self) + ": command not found"


class ExecutionError(CmdError):
    def __init__(self, command, exitcode, stdout=None, stderr=None):
        CmdError.__init__(self, command)
        self.exitcode = exitcode
        self.stdout = stdout
        self.stderr = stderr
        self.extra_message = None

    def __str__(self):
        text = ""
        if self.stderr:
            text += self.stderr
        if self.stdout:
            text += self.stdout
        if text:
            text = ":\n" + text
        return CmdError.__str__(self) + " with exit code %s" % self.exitcode + text + (self.extra_message or "")


class Popen(subprocess.Popen):
    defaults = {"close_fds": True, "restore_signals": True, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE,
                "stdin": subprocess.PIPE, "shell": False}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{**self.defaults, **kwargs})


def _decoded(data):
    return data.decode("utf-8") if isinstance(data, bytes) else (data or "")


def _communicated(pipe, log):
    """What a process writes, told to log as it comes: (stdout, stderr)."""
    import codecs
    import selectors
    texts = {stream: [] for stream in (pipe.stdout, pipe.stderr) if stream is not None}
    decoders = {stream: codecs.getincrementaldecoder("utf-8")("replace") for stream in texts}
    binary = "b" in getattr(log, "mode", "")
    with selectors.DefaultSelector() as waiting:
        for stream in texts:
            waiting.register(stream, selectors.EVENT_READ)
        while waiting.get_map():
            for key, _ in waiting.select():
                data = os.read(key.fd, 65536)
                text = decoders[key.fileobj].decode(data, final=not data)
                if not data:
                    waiting.unregister(key.fileobj)
                texts[key.fileobj].append(text)
                if text:
                    log.write(data if binary else text)
    for stream in texts:
        stream.close()
    pipe.wait()
    return "".join(texts.get(pipe.stdout, [])), "".join(texts.get(pipe.stderr, []))


def run(cmd, input=None, log=None, extrafiles=None, **options):
    """Runs a command to its end; (stdout, stderr). Raises ExecutionError or NotFoundError."""
    if isinstance(cmd, str) and "shell" not in options:
        options["shell"] = True
    question = hitz.witness.ask_program(cmd, options) if input is None and not log else None
    try:
        pipe = Popen(cmd, **options)
    except FileNotFoundError as exc:
        raise NotFoundError(cmd) from exc
    except OSError as exc:
        raise CmdError(cmd, exc) from exc
    if isinstance(input, str):
        input = input.encode("utf-8")
    if log and not input:
        if pipe.stdin:
            pipe.stdin.close()
        stdout, stderr = _communicated(pipe, log)
    else:
        output, errors = pipe.communicate(input)
        hitz.witness.program_told(question, pipe.returncode, output, errors)
        stdout, stderr = _decoded(output), _decoded(errors)
        if log:
            log.write((stdout + stderr).encode("utf-8") if "b" in getattr(log, "mode", "") else stdout + stderr)
    if pipe.returncode != 0:
        if log:
            stdout = stderr = None
        raise ExecutionError(cmd, pipe.returncode, stdout, stderr)
    return stdout, stderr

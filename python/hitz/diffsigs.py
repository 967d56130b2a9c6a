# SPDX-License-Identifier: Apache-2.0
"""bitbake-diffsigs and bitbake-dumpsig: signature files compared, or one shown."""

import argparse
import logging
import sys

import bb
import bb.msg
import bb.siggen
from hitz import sigfiles


class _Stop(Exception):
    """The program is to end with this status."""


class _Work:
    options = None


def _parser(program, name):
    dump = name == "dumpsig"
    parser = argparse.ArgumentParser(
        prog=program, description=("Shows what" if dump else "Compares what") + " the hash of a task was made of (sigdata and siginfo files)")
    parser.add_argument("-D", "--debug", action="store_true", help="tell more")
    if not dump:
        parser.add_argument("-c", "--color", choices=["auto", "always", "never"], default="auto", metavar="color",
                            help="color the output: %(choices)s")
        parser.add_argument("-d", "--dump", action="store_true", help="show the last file instead of comparing, as bitbake-dumpsig does")
    parser.add_argument("-t", "--task", nargs=2, dest="taskargs", metavar=("recipename", "taskname"),
                        help="the file of the task's last run" if dump else "the files of the task's last two runs")
    if not dump:
        parser.add_argument("-s", "--signature", nargs=2, dest="sigargs", metavar=("fromsig", "tosig"),
                            help="with -t, the files of these hashes instead")
    parser.add_argument("sigdatafile1", nargs="?", help="a file; not with -t", metavar="sigdatafile" if dump else "sigdatafile1")
    if not dump:
        parser.add_argument("sigdatafile2", nargs="?", help="the file to compare it with")
    return parser


def prepare(program, name, *arguments):
    """Reads the command line: "configuration" when it takes one, "files" when files alone do, else an exit status."""
    parser = _parser(program, name)
    try:
        options = parser.parse_args(arguments)
    except SystemExit as end:
        sys.stdout.flush()
        return str(end.code or 0)
    if name == "dumpsig":
        options.color, options.dump, options.sigdatafile2, options.sigargs = "never", True, None, None
    options.parser = parser
    _Work.options = options
    logger = bb.msg.logger_create("bitbake-" + name, sys.stderr)
    if options.debug:
        logger.setLevel(logging.DEBUG)
    options.logger = logger
    if options.taskargs or options.sigdatafile2 and not options.dump:
        return "configuration"
    return "files"


def _find(d, pn, task, hashes=None):
    """find_siginfo() of the metadata, or what lies beside the stamps: {hash: {path, sstate, time}}."""
    if not hasattr(bb.siggen, "find_siginfo"):
        return sigfiles.find_beside_stamps(pn, task, hashes, d)
    bb.siggen.check_siggen_version(bb.siggen)
    return bb.siggen.find_siginfo(bb.runqueue.split_mc(pn)[1], task, hashes, d)


def _fail(text):
    _Work.options.logger.error(text)
    raise _Stop(1)


def _task_files(d, pn, task, hashes):
    """The files of the hashes, or of the last two runs, the older one first; of one run when there is but one."""
    if not task.startswith("do_"):
        task = "do_" + task
    found = _find(d, pn, task, hashes)
    if not hashes:
        last = sorted(found, key=lambda one: found[one]["time"])[-2:]
        if not last:
            _fail("No sigdata files found matching %s %s" % (pn, task))
        return [found[one]["path"] for one in last]
    if not found:
        _fail("No sigdata files found matching %s %s matching either %s or %s" % (pn, task, *hashes))
    for one in hashes:
        if one not in found:
            _fail("No sigdata files found matching %s %s with signature %s" % (pn, task, one))
    return [found[one]["path"] for one in hashes]


def _recursion(d, color):
    def tell(key, hash1, hash2):
        found = _find(d, key, None, [hash1, hash2]) if d is not None else {}
        missing = [one for one in (hash1, hash2) if one not in found]
        if missing:
            which = "hash %s" % missing[0] if len(missing) == 1 and found else "hashes %s or %s" % (hash1, hash2)
            return ["Unable to find matching sigdata for %s with %s" % (key, which)]
        lines = bb.siggen.compare_sigfiles(found[hash1]["path"], found[hash2]["path"], tell, color=color)
        return ["    " + line for change in lines for line in change.splitlines()]
    return tell


def _output(d, options):
    color = options.color == "always" or options.color == "auto" and sys.stdout.isatty()
    if options.taskargs:
        files = _task_files(d, *options.taskargs, options.sigargs if not options.dump else None)
        if not options.dump and len(files) < 2:
            _fail("Only one matching sigdata file found for the specified task (%s %s)" % tuple(options.taskargs))
        options.logger.debug("Signature file%s: %s" % (" (latest)" if not options.dump else "", files[-1]))
    elif options.sigargs:
        _fail("-s/--signature can only be used together with -t/--task")
    else:
        files = [path for path in (options.sigdatafile1, options.sigdatafile2) if path]
        if not files:
            options.logger.error("Must specify signature file(s) or -t/--task")
            options.parser.print_help()
            sys.stdout.flush()
            raise _Stop(1)
        options.dump = options.dump or len(files) < 2
        files = files[:1] if options.dump else files
    if options.dump:
        return bb.siggen.dump_sigfile(files[-1])
    return bb.siggen.compare_sigfiles(files[-2], files[-1], _recursion(d, color), color=color)


def run(d=None):
    """What the command line asks for; the exit status."""
    options = _Work.options
    try:
        output = _output(d, options)
    except _Stop as end:
        return end.args[0]
    except OSError as error:
        options.logger.error(str(error))
        return 1
    except (ValueError, EOFError, KeyError):
        options.logger.error("Invalid signature data - ensure you are specifying sigdata/siginfo files")
        return 1
    if output:
        print("\n".join(output), flush=True)
    return 0

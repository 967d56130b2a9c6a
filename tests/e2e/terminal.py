# SPDX-License-Identifier: Apache-2.0
"""What a person at a terminal sees, what a log file holds, and the exit status of what went wrong."""

import os
import pty
import re
import signal
import subprocess
import time

from support import HITZ, PLAIN, WORK, Place, has, test, toy_layer


class Terminal:
    """A program on a terminal of its own: all that it wrote, and what is left to see in the end."""

    def __init__(self, place, *words, program=HITZ):
        ours, theirs = pty.openpty()
        self.process = subprocess.Popen([program, *words], cwd=place.folder, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
                                        env={**os.environ, "TERM": "xterm"})
        os.close(theirs)
        self.ours, self.written = ours, ""

    def until(self, text):
        while text not in self.written and self.read():
            pass
        assert text in self.written, self.written

    def read(self):
        try:
            piece = os.read(self.ours, 65536)
        except OSError:  # the other side is closed
            return False
        self.written += piece.decode(errors="replace")
        return bool(piece)

    def end(self):
        while self.read():
            pass
        os.close(self.ours)
        return self.process.wait(timeout=60)

    def seen(self):
        """The lines of the screen after everything was written."""
        lines, row = [""], 0
        for token in re.findall(r"\x1b\[[0-9]*[A-Za-z]|[\r\n]|[^\x1b\r\n]+", self.written):
            if token == "\n":
                row += 1
                lines += [""] * (row + 1 - len(lines))
            elif token == "\x1b[K":
                lines[row] = ""
            elif token == "\x1b[A":
                row -= 1
            elif token != "\r":
                assert not token.startswith("\x1b"), token
                lines[row] += token
        return lines


BITBAKE = os.path.join(os.path.dirname(os.path.dirname(HITZ)), "bin", "bitbake")
SLOW = {"one_1.0.bb": PLAIN + "do_compile () {\n    sleep 2\n}\n", "two_1.0.bb": PLAIN + "do_compile () {\n    sleep 2\n}\n"}


@test
def bitbake_shows_how_far_parsing_and_hashes_are():
    many = {"many%d_1.0.bb" % i: PLAIN for i in range(40)}
    targets = ["many%d" % i for i in range(40)]
    place = Place("parsing", toy_layer("parsing", many))
    terminal = Terminal(place, "-n", *targets, program=BITBAKE)
    assert terminal.end() == 0, terminal.written
    assert re.search(r"Parsing recipes: +[1-9][0-9]?% \|#+ +\|", terminal.written), terminal.written
    assert re.search(r"Initialising tasks: +[1-9][0-9]?% \|#+ +\|", terminal.written), terminal.written
    assert not [line for line in terminal.seen() if "% |" in line], terminal.seen()
    place = Place("parsing-log", toy_layer("parsing", many))
    told = subprocess.run([BITBAKE, "-n", *targets], cwd=place.build, capture_output=True, text=True, check=True, timeout=60).stdout
    has(told, "Parsing recipes...done.\nParsing of ", "Initialising tasks...done.\n")


@test
def a_terminal_has_one_block_that_is_drawn_again_and_is_gone_in_the_end():
    place = Place("terminal", toy_layer("terminal", SLOW), 'BB_NUMBER_THREADS = "2"\n')
    terminal = Terminal(place, "build", "one", "two")
    assert terminal.end() == 0, terminal.written
    drawn = re.findall(r"\d+ tasks? runs?, \d+ of \d+ done", terminal.written)
    assert len(drawn) > 5, drawn
    assert re.search(r"2 tasks run, \d+ of \d+ done [^\r\n]*\r?\n  \w+-1.0-r0 do_compile - \ds\r?\n  \w+-1.0-r0 do_compile", terminal.written), terminal.written
    assert "\x1b[A\x1b[K" in terminal.written
    seen = terminal.seen()
    assert not [line for line in seen if "tasks run" in line or "do_compile -" in line], seen
    assert [line for line in seen if "all succeeded" in line] and seen[-1] == "", seen


@test
def a_log_file_has_plain_lines():
    place = Place("plain", toy_layer("plain", SLOW))
    out = place.hitz("build", "one", "two")
    assert "\x1b" not in out and "\r" not in out and "tasks run," not in out, out
    has(out, "NOTE: one-1.0-r0 do_compile: started\n", "NOTE: two-1.0-r0 do_compile: done in ")
    assert "started" not in place.hitz("build", "-q", "-f", "-c", "compile", "one")


WORDY = PLAIN + """
python do_compile () {
    bb.note("noted")
    print("printed")
    bb.build.exec_func("words", d)
}
python words () {
    print("printed inside")
    bb.warnonce("told once")
}
"""


@test
def what_python_tasks_say_is_seen_with_v_alone():
    place = Place("wordy", toy_layer("wordy", {"wordy_1.0.bb": WORDY}))
    heard = {}
    for words in (["-v"], []):
        done = subprocess.run([BITBAKE, *words, "-f", "-c", "compile", "wordy"], cwd=place.build, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=100)
        heard[len(words)] = done.stdout
        assert done.returncode == 0, done.stdout
    has(heard[1], "NOTE: wordy-1.0-r0 do_compile: noted\n", "WARNING: told once\nprinted inside\nprinted\n")
    for quiet in ("noted", "printed"):
        assert quiet not in heard[0], heard[0]
    has(heard[0], "WARNING: told once\n")
    assert "WARNING message" not in heard[0], heard[0]  # as BitBake counts


@test
def an_interrupt_at_a_terminal_leaves_it_clean_and_says_130():
    place = Place("interrupted", toy_layer("interrupted", SLOW))
    terminal = Terminal(place, "build", "one")
    terminal.until("do_compile - ")
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.end() == 130, terminal.written
    assert not [line for line in terminal.seen() if " runs, " in line], terminal.seen()


@test
def an_interrupt_while_recipes_are_read_ends_at_once():
    recipes = {"r%d_1.0.bb" % n: PLAIN + 'X := "${@__import__(\'time\').sleep(0.3)}"\n' for n in range(30)}
    place = Place("reading", toy_layer("reading", recipes))
    process = subprocess.Popen([HITZ, "parse"], cwd=place.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    time.sleep(2)
    os.killpg(process.pid, signal.SIGINT)
    begun = time.time()
    process.communicate(timeout=20)
    assert process.returncode == 130, process.returncode
    assert time.time() - begun < 5


@test
def a_fault_of_hitz_itself_says_3():
    """A process that parses recipes is killed by one of them: nobody's input may do that."""
    recipes = {"r%d_1.0.bb" % n: PLAIN for n in range(30)}
    recipes["bad_1.0.bb"] = PLAIN + 'X := "${@__import__(\'os\').kill(__import__(\'os\').getpid(), 9)}"\n'
    place = Place("fault", toy_layer("fault", recipes), 'BB_NUMBER_PARSE_THREADS = "2"\n')
    has(place.hitz("parse", status=3), "the process that parses it was ended by signal 9 (Killed)", "bad_1.0.bb", "42 parsed")

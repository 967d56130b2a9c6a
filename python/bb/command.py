# SPDX-License-Identifier: Apache-2.0
"""Events that end a command."""

from bb.event import Event


class CommandCompleted(Event):
    """A command has ended well."""


class CommandExit(Event):
    """A command has ended with a status."""

    def __init__(self, exitcode):
        super().__init__()
        self.exitcode = int(exitcode)


class CommandFailed(CommandExit):
    """A command has failed, for the reason given."""

    def __init__(self, message):
        self.error = message
        super().__init__(1)

    def __str__(self):
        return "Command execution failed: %s" % self.error

# SPDX-License-Identifier: Apache-2.0
"""How lines of the log look, and messages that end the program."""

import logging
import sys


class BBLogFormatter(logging.Formatter):
    """Lines as "NOTE: text"; colours on request."""

    DEBUG3, DEBUG2, DEBUG = logging.DEBUG - 2, logging.DEBUG - 1, logging.DEBUG
    VERBOSE, NOTE, PLAIN, VERBNOTE = logging.INFO - 1, logging.INFO, logging.INFO + 1, logging.INFO + 2
    WARNONCE, WARNING = logging.WARNING - 1, logging.WARNING
    ERRORONCE, ERROR, CRITICAL = logging.ERROR - 1, logging.ERROR, logging.CRITICAL

    levelnames = {DEBUG3: "DEBUG", DEBUG2: "DEBUG", DEBUG: "DEBUG", VERBOSE: "NOTE", NOTE: "NOTE", PLAIN: "",
                  VERBNOTE: "NOTE", WARNONCE: "WARNING", WARNING: "WARNING", ERRORONCE: "ERROR", ERROR: "ERROR",
                  CRITICAL: "ERROR"}
    _colours = {"DEBUG": 36, "WARNING": 33, "ERROR": 31}
    color_enabled = False

    def getLevelName(self, levelno):
        return self.levelnames.get(levelno) if levelno in self.levelnames else "Level %d" % levelno

    def enable_color(self):
        self.color_enabled = True

    def format(self, record):
        record.levelname = self.getLevelName(record.levelno)
        if record.levelno == self.PLAIN:
            return record.getMessage()
        text = super().format(record)
        colour = self._colours.get(record.levelname)
        return "\033[1;%dm%s\033[0m" % (colour, text) if self.color_enabled and colour else text


class LogFilterShowOnce(logging.Filter):
    """Lets a line of warnonce or erroronce through once."""

    def __init__(self):
        super().__init__()
        self.seen = set()

    def filter(self, record):
        if record.levelno not in (BBLogFormatter.WARNONCE, BBLogFormatter.ERRORONCE):
            return True
        line = (record.levelno, record.getMessage())
        new = line not in self.seen
        self.seen.add(line)
        return new


class LogFilterGEQLevel(logging.Filter):
    """Lets lines of a level and above through."""

    def __init__(self, level):
        super().__init__()
        self.level = stringToLevel(level)

    def filter(self, record):
        return record.levelno >= self.level


class LogFilterLTLevel(logging.Filter):
    """Lets lines below a level through."""

    def __init__(self, level):
        super().__init__()
        self.level = stringToLevel(level)

    def filter(self, record):
        return record.levelno < self.level


# What a script's user wants to see: the least level, and levels of single loggers.
loggerDefaultLogLevel = BBLogFormatter.NOTE
loggerDefaultDomains = {}


def init_msgconfig(verbose, debug, debug_domains=None):
    """Sets what the user wants to see; each further mention of a domain shows more of it."""
    global loggerDefaultLogLevel, loggerDefaultDomains
    loggerDefaultLogLevel = BBLogFormatter.NOTE
    if debug:
        loggerDefaultLogLevel = BBLogFormatter.DEBUG - debug + 1
    elif verbose:
        loggerDefaultLogLevel = BBLogFormatter.VERBOSE
    loggerDefaultDomains = {}
    for domain in debug_domains or []:
        name = "BitBake.%s" % domain
        loggerDefaultDomains[name] = loggerDefaultDomains.get(name, logging.DEBUG + 1) - 1


def constructLogOptions():
    return loggerDefaultLogLevel, loggerDefaultDomains


def has_console_handler(logger):
    """Whether a logger writes to the standard output or error."""
    return any(isinstance(handler, logging.StreamHandler) and handler.stream in (sys.stdout, sys.stderr) for handler in logger.handlers)


def stringToLevel(level):
    """A level by its number or by BitBake's name."""
    try:
        return int(level)
    except ValueError:
        return getattr(BBLogFormatter, level)


def logger_create(name, output=sys.stderr, level=logging.INFO, preserve_handlers=False, color="auto"):
    """A logger of one's own that writes to a file object."""
    handler = logging.StreamHandler(output)
    handler.addFilter(LogFilterShowOnce())
    handler.setFormatter(BBLogFormatter("%(levelname)s: %(message)s"))
    if color == "always" or (color == "auto" and output.isatty()):
        handler.formatter.enable_color()
    logger = logging.getLogger(name)
    if preserve_handlers:
        logger.addHandler(handler)
    else:
        logger.handlers = [handler]
    logger.setLevel(level)
    return logger


def fatal(msgdomain, msg):
    """Logs a critical message of a domain and ends the process."""
    logging.getLogger("BitBake.%s" % msgdomain if msgdomain else "BitBake").critical(msg)
    sys.exit(1)

// SPDX-License-Identifier: Apache-2.0
#pragma once
// Looking ahead in a text: classes of characters, logical lines, expansions, operators. BitBake
// right-strips physical lines and joins those that end in a backslash before it looks at them, so
// every step inside a line may meet such a line end, which is not there at all.
//
// get_column is never called: at the end of a file libtree-sitter before 0.24.2 does not come back
// from it.
#include <string.h>

#include "tree_sitter/alloc.h"
#include "tree_sitter/parser.h"

// In the order of grammar.js.
enum Token {
  COMMENT, IDENTIFIER, COLON, EXPANSION_OPEN, PYTHON_OPEN, PYTHON_EXPRESSION,
  VALUE_OPEN, VALUE_CONTENT, VALUE_CLOSE, SHELL_CONTENT, PYTHON_CONTENT, BODY_CLOSE,
  KW_PYTHON, KW_FAKEROOT, KW_DEF, PYTHON_IDENTIFIER, PYTHON_BLOCK,
  KW_EXPORT, KW_UNSET, KW_INHERIT, KW_INHERIT_DEFER, KW_INCLUDE, KW_INCLUDE_ALL, KW_REQUIRE,
  KW_ADDTASK, KW_DELTASK, KW_ADDHANDLER, KW_EXPORT_FUNCTIONS, KW_ADDPYLIB, KW_ADDFRAGMENTS,
  WORD, TASK_WORD, KW_BEFORE, KW_AFTER, CONCAT,
  KEY_IDENTIFIER, KEY_EXPANSION_OPEN, KEY_COLON,
  OP_SET, OP_IMMEDIATE, OP_WEAK, OP_WEAKEST, OP_APPEND, OP_PREPEND, OP_DOT_APPEND, OP_DOT_PREPEND,
  FLAG, TRAILING_COMMENT, ERROR_LINE,
  NO_TOKEN = -1,
};

enum { NAME = 1, BLANK = 2, EXPANDED = 4, IN_FLAG = 8, IN_WORD = 16 };
#define LETTER(c) [c] = NAME | EXPANDED | IN_FLAG | IN_WORD
#define LETTERS(a, b, c, d, e) LETTER(a), LETTER(b), LETTER(c), LETTER(d), LETTER(e)
static const uint8_t kClasses[128] = {
  ['\t'] = BLANK, ['\v'] = BLANK, ['\f'] = BLANK, [' '] = BLANK,
  [0x1c] = BLANK, [0x1d] = BLANK, [0x1e] = BLANK, [0x1f] = BLANK,
  LETTERS('0', '1', '2', '3', '4'), LETTERS('5', '6', '7', '8', '9'),
  LETTERS('a', 'b', 'c', 'd', 'e'), LETTERS('f', 'g', 'h', 'i', 'j'),
  LETTERS('k', 'l', 'm', 'n', 'o'), LETTERS('p', 'q', 'r', 's', 't'),
  LETTERS('u', 'v', 'w', 'x', 'y'), LETTER('z'),
  LETTERS('A', 'B', 'C', 'D', 'E'), LETTERS('F', 'G', 'H', 'I', 'J'),
  LETTERS('K', 'L', 'M', 'N', 'O'), LETTERS('P', 'Q', 'R', 'S', 'T'),
  LETTERS('U', 'V', 'W', 'X', 'Y'), LETTER('Z'), LETTER('_'),
  ['-'] = NAME | EXPANDED | IN_FLAG, ['+'] = NAME | EXPANDED | IN_FLAG, ['.'] = NAME | EXPANDED | IN_FLAG,
  ['$'] = NAME, ['{'] = NAME, ['}'] = NAME,
  ['/'] = NAME | EXPANDED, ['~'] = NAME | EXPANDED, [':'] = NAME | EXPANDED,
};
#undef LETTERS
#undef LETTER

static inline int32_t look(TSLexer *lx) { return lx->lookahead; }
static inline void pass(TSLexer *lx) { lx->advance(lx, false); }
static inline void skip(TSLexer *lx) { lx->advance(lx, true); }
static inline void mark(TSLexer *lx) { lx->mark_end(lx); }
static inline bool give(TSLexer *lx, enum Token token) {
  lx->result_symbol = (TSSymbol)token;
  return true;
}

static inline bool is(int32_t c, uint8_t classes) { return (uint32_t)c < 128 && (kClasses[c] & classes); }
static bool is_wide_blank(int32_t c) {
  return c == 0x85 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 ||
         c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}
static inline bool is_blank(int32_t c) { return c < 0x80 ? is(c, BLANK) : is_wide_blank(c); }
static inline bool is_line_end(int32_t c) { return c == '\n' || c == '\r'; }
static inline bool is_name(int32_t c) { return is(c, NAME); }
static inline bool is_beyond_ascii(int32_t c) { return c >= 0x80 && !is_wide_blank(c); }
static inline bool at_end(TSLexer *lx) { return look(lx) == 0 && lx->eof(lx); }
static inline bool at_line_end(TSLexer *lx) { return is_line_end(look(lx)) || at_end(lx); }

static inline void pass_line_end(TSLexer *lx) {
  if (look(lx) == '\r') {
    pass(lx);
    if (look(lx) == '\n') pass(lx);
  } else if (look(lx) == '\n') {
    pass(lx);
  }
}
static inline void pass_blanks(TSLexer *lx) {
  while (is_blank(look(lx))) pass(lx);
}
static inline void skip_blanks(TSLexer *lx) {
  while (is_blank(look(lx))) skip(lx);
}

enum Rest { REST_NONE, REST_MORE, REST_BACKSLASH /* a backslash that is text: it has been passed */ };
/// Passes blanks and continued line ends inside a logical line, and says what is left of it.
static enum Rest pass_space(TSLexer *lx) {
  for (;;) {
    pass_blanks(lx);
    if (look(lx) != '\\') return at_line_end(lx) ? REST_NONE : REST_MORE;
    pass(lx);
    pass_blanks(lx);
    if (!at_line_end(lx)) return REST_BACKSLASH;
    pass_line_end(lx);
  }
}

/// Passes continued line ends; false at a backslash that is text.
static bool pass_continuation(TSLexer *lx) {
  while (look(lx) == '\\') {
    pass(lx);
    pass_blanks(lx);
    if (!at_line_end(lx)) return false;
    pass_line_end(lx);
  }
  return true;
}

/// Passes the rest of the logical line; the mark stands before its trailing blanks.
static void pass_line(TSLexer *lx) {
  for (;;) {
    bool backslash = false;
    while (!at_line_end(lx)) {
      if (is_blank(look(lx))) {
        pass(lx);
        continue;
      }
      backslash = look(lx) == '\\';
      pass(lx);
      mark(lx);
    }
    if (!backslash || at_end(lx)) return;
    pass_line_end(lx);
    if (at_line_end(lx)) return;
  }
}

/// A line that BitBake cannot parse becomes an error of exactly that line.
static bool give_error_line(TSLexer *lx) {
  mark(lx);
  pass_line(lx);
  return give(lx, ERROR_LINE);
}

enum { DEEPEST = 8 };
/// After "${": whether a name closes here, other expansions in it included.
static bool pass_expansion(TSLexer *lx, int depth) {
  bool any = false;
  for (;; any = true) {
    if (is(look(lx), EXPANDED)) {
      pass(lx);
    } else if (look(lx) == '$') {
      if (depth > DEEPEST) return false;
      pass(lx);
      if (look(lx) != '{') return false;
      pass(lx);
      if (!pass_expansion(lx, depth + 1)) return false;
    } else if (look(lx) == '}') {
      pass(lx);
      return any;
    } else {
      return false;
    }
  }
}

/// Where a "${@ }" is: its text ends with a logical line, in a body with a physical one.
enum Extent { LOGICAL, PHYSICAL };

/// Passes a backslash in a "${@ }"; false when the line is over.
static bool pass_backslash(TSLexer *lx) {
  pass(lx);
  pass_blanks(lx);
  if (!at_line_end(lx)) return true;
  if (at_end(lx)) return false;
  pass_line_end(lx);
  return !at_line_end(lx);
}

enum { UNCLOSED = -1 };
/// After "${@": how many "}" stand before the one that closes it, by \${@(?:{.*?}|.)+?}, in which
/// braces nest once; UNCLOSED when none does. A plain expansion in it is taken as a whole.
static int braces_before_close(TSLexer *lx, enum Extent extent) {
  int seen = 0, last_inner = UNCLOSED;
  bool inside = false;
  for (bool first = true; !at_line_end(lx); first = false) {
    int32_t c = look(lx);
    if (c == '\\' && extent == LOGICAL) {
      if (!pass_backslash(lx)) break;
      continue;
    }
    if (c == '}' && !inside && !first) return seen;
    pass(lx);
    if (c == '}') {
      if (inside) last_inner = seen;
      inside = false;
      seen++;
    } else if (c == '{') {
      inside = true;
    } else if (c == '$' && look(lx) == '{') {
      pass(lx);
      if (!pass_expansion(lx, 0)) inside = true;
    }
  }
  return last_inner;
}

enum Dollar { DOLLAR_EXPANSION = EXPANSION_OPEN, DOLLAR_PYTHON = PYTHON_OPEN, DOLLAR_UNCLOSED = -1, DOLLAR_ALONE = -2 };
/// At "$": what it opens. Only what is certain to close is an expansion. With marking the opener is
/// the token; braces is set for a "${@".
static enum Dollar pass_dollar(TSLexer *lx, enum Extent extent, bool marking, uint16_t *braces) {
  pass(lx);
  if (look(lx) != '{') return DOLLAR_ALONE;
  pass(lx);
  if (look(lx) != '@') {
    if (marking) mark(lx);
    return pass_expansion(lx, 0) ? DOLLAR_EXPANSION : DOLLAR_UNCLOSED;
  }
  pass(lx);
  if (marking) mark(lx);
  int count = braces_before_close(lx, extent);
  if (count == UNCLOSED) return DOLLAR_UNCLOSED;
  *braces = (uint16_t)count;
  return DOLLAR_PYTHON;
}

/// After a function's name: whether "() {" and the line's end follow.
static bool pass_function_tail(TSLexer *lx) {
  const char *signs = "(){";
  for (; *signs; signs++) {
    if (pass_space(lx) != REST_MORE || look(lx) != *signs) return false;
    pass(lx);
  }
  return pass_space(lx) == REST_NONE;
}
static inline bool in_function_name(int32_t c) {
  return (is_name(c) && c != '/' && c != '~') || is_beyond_ascii(c);
}

/// The assignment operator here, NO_TOKEN when there is none; with marking it is the token.
static enum Token pass_operator(TSLexer *lx, bool marking) {
  enum Token token = NO_TOKEN;
  int32_t first = look(lx);
  if (first == '=') {
    pass(lx);
    if (marking) mark(lx);
    if (!pass_continuation(lx) || (look(lx) != '+' && look(lx) != '.')) return OP_SET;
    token = look(lx) == '+' ? OP_PREPEND : OP_DOT_PREPEND;
  } else {
    if (first == '?') token = OP_WEAK;
    if (first == ':') token = OP_IMMEDIATE;
    if (first == '+') token = OP_APPEND;
    if (first == '.') token = OP_DOT_APPEND;
    if (token == NO_TOKEN) return NO_TOKEN;
    pass(lx);
    if (!pass_continuation(lx)) return NO_TOKEN;
    if (first == '?' && look(lx) == '?') {
      token = OP_WEAKEST;
      pass(lx);
      if (!pass_continuation(lx)) return NO_TOKEN;
    }
    if (look(lx) != '=') return NO_TOKEN;
  }
  pass(lx);
  if (marking) mark(lx);
  return token;
}
static inline bool opens_operator(int32_t c) {
  return c == '=' || c == '?' || c == ':' || c == '+' || c == '.';
}

/// The text of a flag; with marking it is the token.
static bool pass_flag(TSLexer *lx, bool marking) {
  if (!pass_continuation(lx) || !is(look(lx), IN_FLAG)) return false;
  do {
    pass(lx);
    if (marking) mark(lx);
    if (!pass_continuation(lx)) return false;
  } while (is(look(lx), IN_FLAG) || look(lx) == '@' || look(lx) == '/');
  return true;
}

// SPDX-License-Identifier: Apache-2.0
// The lines of BitBake's language. BitBake classifies a logical line as a whole: what it is depends
// on its last character as much as on its first. So the scanner decides at a line's start, by
// looking ahead past the token's end, and then cuts every token; the grammar only gives the tree its
// shape.
//
// Two rules keep this sound. A lookahead that fails must not stay inside a token: what stands before
// it is returned, and the next call starts there. And a content token is never empty, or the parser
// would ask for it for ever.
#include "lookahead.h"

typedef struct {
  uint8_t quote;      // the open value's quote, 0 outside a value
  uint8_t inner;      // quotes of that kind inside it: 0, 1 or many; exactly one is refused
  uint8_t after_def;  // a def has just ended: the "#" lines here are part of its body to BitBake
  uint8_t started;    // something has been lexed: only before that a line starts without a line end
  uint8_t at_close;   // a body's text has ended before the line that closes it
  uint8_t physical;   // the open "${@ }" is in a shell body
  uint16_t braces;    // the "}" that the open "${@ }" holds before its own
} State;

enum { MANY = 2, LONGEST_KEYWORD = 24 };

void *tree_sitter_bitbake_external_scanner_create(void) { return ts_calloc(1, sizeof(State)); }

void tree_sitter_bitbake_external_scanner_destroy(void *state) { ts_free(state); }

// One byte between statements, so that an edit elsewhere leaves a tree's parts in use.
unsigned tree_sitter_bitbake_external_scanner_serialize(void *payload, char *buffer) {
  State *state = payload;
  state->started = 1;
  if (!state->quote && !state->after_def && !state->braces && !state->at_close) {
    buffer[0] = 1;
    return 1;
  }
  memcpy(buffer, state, sizeof(State));
  return sizeof(State);
}

void tree_sitter_bitbake_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
  State *state = payload;
  if (length == sizeof(State)) {
    memcpy(state, buffer, sizeof(State));
    return;
  }
  memset(state, 0, sizeof(State));
  state->started = length != 0;
}

// ---- a line's start

/// The name that a line starts with, and what has been seen of it.
typedef struct {
  char word[LONGEST_KEYWORD];
  int length;        // of the word; LONGEST_KEYWORD when it can be no keyword
  enum Token first;  // the token of its first piece
  bool marked;       // that piece's end is marked
  bool is_function;  // its characters may name a function
  bool is_variable;  // and a variable
  bool at_operator;  // it ends at the "=" of an operator that has a sign before it
  bool broken;       // a backslash in it continues nothing
} Name;

static void add(Name *name, int32_t c) {
  if (name->length < LONGEST_KEYWORD) name->word[name->length++] = (char)c;
}

static void end_piece(TSLexer *lx, Name *name) {
  if (name->marked) return;
  mark(lx);
  name->marked = true;
  if (name->first == NO_TOKEN && name->length > 0) name->first = KEY_IDENTIFIER;
}

static void pass_name_dollar(TSLexer *lx, Name *name) {
  if (name->length > 0) end_piece(lx, name);
  bool opens = name->first == NO_TOKEN && !name->marked;
  pass(lx);
  if (look(lx) != '{') {
    add(name, '$');
    return;
  }
  pass(lx);
  if (opens) mark(lx);
  bool closes = pass_expansion(lx, 0);
  if (opens) name->first = closes ? KEY_EXPANSION_OPEN : KEY_IDENTIFIER;
  name->marked = true;
  name->length = LONGEST_KEYWORD;
}

/// At ":"; false when it belongs to an operator.
static bool pass_name_colon(TSLexer *lx, Name *name) {
  bool opens = name->length == 0 && name->first == NO_TOKEN;
  end_piece(lx, name);
  pass(lx);
  name->broken = !pass_continuation(lx);
  if (look(lx) == '=') return false;
  if (opens) {
    mark(lx);
    name->first = KEY_COLON;
  }
  name->length = LONGEST_KEYWORD;
  return true;
}

/// At "+" or "."; false when it belongs to an operator.
static bool pass_name_sign(TSLexer *lx, Name *name) {
  if (!name->marked) mark(lx);
  int32_t sign = look(lx);
  pass(lx);
  name->broken = !pass_continuation(lx);
  if (look(lx) == '=') {
    if (!name->marked && name->length > 0) name->first = KEY_IDENTIFIER;
    name->marked = true;
    return false;
  }
  add(name, sign);
  return true;
}

/// Passes a name; false when there is none.
static bool pass_name(TSLexer *lx, Name *name) {
  for (;;) {
    int32_t c = look(lx);
    if (c == '$') {
      pass_name_dollar(lx, name);
    } else if (c == ':' || c == '+' || c == '.') {
      name->at_operator = !(c == ':' ? pass_name_colon(lx, name) : pass_name_sign(lx, name));
      if (name->broken) return false;
      if (name->at_operator) break;
    } else if (is_name(c)) {
      if (c == '/' || c == '~') name->is_function = false;
      add(name, c);
      pass(lx);
    } else if (is_beyond_ascii(c)) {
      name->length = LONGEST_KEYWORD;
      name->is_variable = false;
      pass(lx);
    } else if (c == '\\') {
      if (!name->marked) mark(lx);
      if (!pass_continuation(lx)) return false;
      if (is_name(look(lx)) || is_beyond_ascii(look(lx))) continue;
      if (name->first == NO_TOKEN && name->length > 0) name->first = KEY_IDENTIFIER;
      name->marked = true;
      break;
    } else {
      break;
    }
  }
  end_piece(lx, name);
  return name->first != NO_TOKEN;
}

static bool word_is(const Name *name, const char *keyword) {
  return (size_t)name->length == strlen(keyword) && !memcmp(name->word, keyword, (size_t)name->length);
}

static enum Token keyword_of(const Name *name) {
  static const struct {
    const char *text;
    enum Token token;
  } kKeywords[] = {
    {"inherit", KW_INHERIT}, {"require", KW_REQUIRE}, {"include", KW_INCLUDE}, {"export", KW_EXPORT},
    {"python", KW_PYTHON}, {"fakeroot", KW_FAKEROOT}, {"def", KW_DEF}, {"unset", KW_UNSET},
    {"addtask", KW_ADDTASK}, {"deltask", KW_DELTASK}, {"addhandler", KW_ADDHANDLER},
    {"EXPORT_FUNCTIONS", KW_EXPORT_FUNCTIONS}, {"inherit_defer", KW_INHERIT_DEFER},
    {"include_all", KW_INCLUDE_ALL}, {"addpylib", KW_ADDPYLIB}, {"addfragments", KW_ADDFRAGMENTS},
  };
  if (name->length == LONGEST_KEYWORD) return NO_TOKEN;
  for (size_t i = 0; i < sizeof kKeywords / sizeof *kKeywords; i++) {
    if (word_is(name, kKeywords[i].text)) return kKeywords[i].token;
  }
  return NO_TOKEN;
}

static bool give_comment(State *state, TSLexer *lx) {
  for (;;) {
    bool backslash = false;
    while (!at_line_end(lx)) {
      if (!is_blank(look(lx))) backslash = look(lx) == '\\';
      pass(lx);
    }
    mark(lx);
    if (!backslash || state->after_def || at_end(lx)) break;
    pass_line_end(lx);
    if (look(lx) != '#') break;
  }
  return give(lx, COMMENT);
}

/// After "python" or "fakeroot" and blanks: whether the rest is a function's header.
static bool pass_header(TSLexer *lx) {
  while (in_function_name(look(lx))) {
    while (in_function_name(look(lx))) pass(lx);
    if (is_blank(look(lx)) || look(lx) == '\\') {
      if (pass_space(lx) != REST_MORE) return false;
    }
  }
  return pass_function_tail(lx);
}

/// After "def" and blanks: whether a word, and somewhere a ":", follow on the line.
static bool pass_signature(TSLexer *lx) {
  if (!is(look(lx), IN_WORD) && !is_beyond_ascii(look(lx))) return false;
  for (;;) {
    if (look(lx) == ':') return true;
    pass(lx);
    if ((look(lx) == '\\' || at_line_end(lx)) && pass_space(lx) == REST_NONE) return false;
  }
}

/// Whether an operator and a quote follow: where a keyword may be a name, the assignment comes first.
static bool pass_assignment(TSLexer *lx) {
  return opens_operator(look(lx)) && pass_operator(lx, false) != NO_TOKEN && pass_space(lx) == REST_MORE &&
         (look(lx) == '"' || look(lx) == '\'');
}

/// A line that starts with a keyword, blanks after it passed; NO_TOKEN when it is none.
static enum Token directive(TSLexer *lx, const Name *name, enum Rest rest) {
  enum Token keyword = keyword_of(name);
  switch (keyword) {
    case KW_PYTHON:
    case KW_FAKEROOT:
      if (rest != REST_MORE || !(look(lx) == '(' || in_function_name(look(lx)))) return NO_TOKEN;
      if (opens_operator(look(lx)) && pass_operator(lx, false) != NO_TOKEN) return name->first;
      return pass_header(lx) ? keyword : ERROR_LINE;
    case KW_DEF:
      if (rest != REST_MORE || !(is(look(lx), IN_WORD) || is_beyond_ascii(look(lx)))) return NO_TOKEN;
      return pass_signature(lx) ? keyword : ERROR_LINE;
    case KW_INHERIT:
    case KW_INHERIT_DEFER:
    case KW_ADDTASK:
    case KW_DELTASK:
    case KW_ADDHANDLER:
    case KW_EXPORT_FUNCTIONS: return rest == REST_NONE ? NO_TOKEN : keyword;
    case KW_EXPORT: return rest != REST_NONE && is_name(look(lx)) ? keyword : NO_TOKEN;
    case KW_UNSET:
      if (rest == REST_NONE || !is_name(look(lx))) return NO_TOKEN;
      break;
    case NO_TOKEN: return NO_TOKEN;
    default:
      if (rest == REST_NONE) return NO_TOKEN;
  }
  return rest == REST_MORE && pass_assignment(lx) ? name->first : keyword;
}

/// After a line's first name: what makes the line; the token to give, or ERROR_LINE.
static enum Token line_after_name(TSLexer *lx, const Name *name) {
  if (!name->is_variable && (name->at_operator || look(lx) != '(')) {
    bool header = !name->at_operator && name->is_function && pass_function_tail(lx);
    return header ? name->first : ERROR_LINE;
  }
  if (name->at_operator) return name->first;
  int32_t c = look(lx);
  if (c == '[') {
    pass(lx);
    if (!pass_flag(lx, false) || look(lx) != ']') return ERROR_LINE;
    pass(lx);
    return pass_space(lx) == REST_MORE && pass_operator(lx, false) != NO_TOKEN ? name->first : ERROR_LINE;
  }
  if (c == '(') {
    if (!name->is_function || !pass_function_tail(lx)) return ERROR_LINE;
    return word_is(name, "python") ? KW_PYTHON : name->first;
  }
  if (c == '=' || c == '?') return pass_operator(lx, false) != NO_TOKEN ? name->first : ERROR_LINE;
  if (!is_blank(c) && c != '\\') return ERROR_LINE;
  enum Rest rest = pass_space(lx);
  enum Token token = directive(lx, name, rest);
  if (token != NO_TOKEN) return token;
  if (rest != REST_MORE) return ERROR_LINE;
  if (look(lx) == '(') return name->is_function && pass_function_tail(lx) ? name->first : ERROR_LINE;
  return pass_operator(lx, false) != NO_TOKEN ? name->first : ERROR_LINE;
}

static bool scan_line_start(State *state, TSLexer *lx) {
  if (look(lx) == '#') return give_comment(state, lx);
  state->after_def = 0;
  if (look(lx) == '(') {
    mark(lx);
    return pass_function_tail(lx) ? false : give_error_line(lx);  // the parser's own "(" is next
  }
  Name name = {.first = NO_TOKEN, .is_function = true, .is_variable = true};
  enum Token token = pass_name(lx, &name) ? line_after_name(lx, &name) : ERROR_LINE;
  return token == ERROR_LINE ? give_error_line(lx) : give(lx, token);
}

// ---- inside a value

/// After a quote: whether it closes the value, which only the line's end after it can tell.
static bool closes_value(TSLexer *lx) {
  bool space = is_blank(look(lx));
  pass_blanks(lx);
  if (at_line_end(lx)) return true;
  if (look(lx) != '\\' || space) return false;
  while (look(lx) == '\\') {  // closed, then continued by nothing
    pass(lx);
    pass_blanks(lx);
    if (!at_line_end(lx)) return false;
    if (at_end(lx)) return true;
    pass_line_end(lx);
    pass_blanks(lx);
  }
  return at_line_end(lx);
}

/// Text has been passed, and some of it is inside the mark.
typedef struct {
  bool any, marked;
} Content;

/// At a quote of the value's kind. True when a token ends here.
static bool scan_quote(State *state, TSLexer *lx, Content *content) {
  if (content->any) mark(lx);
  pass(lx);
  if (!content->any) mark(lx);
  if (!closes_value(lx)) {
    if (state->inner < MANY) state->inner++;
    content->any = content->marked = true;
    mark(lx);
    return false;
  }
  if (content->any) return give(lx, VALUE_CONTENT);
  enum Token token = state->inner == 1 ? ERROR_LINE : VALUE_CLOSE;
  state->quote = state->inner = 0;
  return give(lx, token);
}

/// At "$" in text that content tokens are made of. True when a token ends here.
static bool scan_dollar(State *state, TSLexer *lx, enum Token text, enum Extent extent, Content *content) {
  if (content->any) mark(lx);
  bool before = content->any;
  uint16_t braces = 0;
  enum Dollar dollar = pass_dollar(lx, extent, !before, &braces);
  if (dollar == DOLLAR_ALONE) {
    content->any = content->marked = true;
    mark(lx);
    return false;
  }
  if (before || dollar == DOLLAR_UNCLOSED) return give(lx, text);
  if (dollar == DOLLAR_PYTHON) {
    state->braces = braces;
    state->physical = extent == PHYSICAL;
  }
  return give(lx, (enum Token)dollar);
}

/// The value's line is over without a quote: what there is of it, then a quote that the parser misses.
static bool give_unterminated(State *state, TSLexer *lx, const Content *content) {
  if (content->marked) return give(lx, VALUE_CONTENT);
  state->quote = state->inner = 0;
  return false;
}

static bool scan_value(State *state, TSLexer *lx) {
  Content content = {false, false};
  mark(lx);
  for (;;) {
    int32_t c = look(lx);
    if (c == state->quote) {
      if (scan_quote(state, lx, &content)) return true;
    } else if (c == '$') {
      if (scan_dollar(state, lx, VALUE_CONTENT, LOGICAL, &content)) return true;
    } else if (c == '\\') {
      pass(lx);
      content.any = content.marked = true;
      mark(lx);
      pass_blanks(lx);
      if (!is_line_end(look(lx))) continue;
      pass_line_end(lx);
      mark(lx);
      if (at_line_end(lx)) return give_unterminated(state, lx, &content);
    } else if (is_blank(c)) {
      pass(lx);
      content.any = true;
    } else if (at_line_end(lx)) {
      return give_unterminated(state, lx, &content);
    } else {
      pass(lx);
      content.any = content.marked = true;
      while (is_name(look(lx)) && look(lx) != '$') pass(lx);
      mark(lx);
    }
  }
}

/// Skips blanks and continued line ends; false at a backslash that is text.
static bool skip_space(TSLexer *lx) {
  skip_blanks(lx);
  while (look(lx) == '\\') {
    skip(lx);
    skip_blanks(lx);
    if (!is_line_end(look(lx))) return false;
    skip(lx);
    skip_blanks(lx);
  }
  return true;
}

static bool scan_value_open(State *state, TSLexer *lx) {
  if (!skip_space(lx) || (look(lx) != '"' && look(lx) != '\'')) return give_error_line(lx);
  state->quote = (uint8_t)look(lx);
  state->inner = 0;
  pass(lx);
  mark(lx);
  return give(lx, VALUE_OPEN);
}

/// Inside "${@ }", up to its "}".
static bool scan_python_expression(State *state, TSLexer *lx) {
  bool any = false;
  mark(lx);
  for (;;) {
    if (look(lx) == '}') {
      if (state->braces == 0) return any && give(lx, PYTHON_EXPRESSION);
      state->braces--;
    } else if (look(lx) == '$') {
      if (any) mark(lx);
      pass(lx);
      if (look(lx) == '{') {
        pass(lx);
        if (!any) mark(lx);
        bool closes = pass_expansion(lx, 0);
        return give(lx, any || !closes ? PYTHON_EXPRESSION : EXPANSION_OPEN);
      }
      any = true;
      mark(lx);
      continue;
    } else if (at_end(lx)) {
      mark(lx);
      return any && give(lx, PYTHON_EXPRESSION);
    } else if (look(lx) == state->quote && state->inner < MANY) {
      state->inner++;
    }
    pass(lx);
    any = true;
    mark(lx);
  }
}

// ---- bodies

/// At "}" in the first column. True when a token ends here: the line that closes the body, or the
/// text before it.
static bool scan_body_brace(State *state, TSLexer *lx, enum Token text, Content *content) {
  if (content->any) mark(lx);
  pass(lx);
  if (!content->any) mark(lx);
  pass_blanks(lx);
  if (at_line_end(lx)) {
    state->at_close = content->any;
    return give(lx, content->any ? text : BODY_CLOSE);
  }
  content->any = true;
  mark(lx);
  return false;
}

static bool scan_body(State *state, TSLexer *lx, enum Token text) {
  Content content = {false, false};
  bool line_start = state->at_close;
  state->at_close = 0;
  mark(lx);
  for (;;) {
    int32_t c = look(lx);
    if (line_start && c == '}') {
      line_start = false;
      if (scan_body_brace(state, lx, text, &content)) return true;
      continue;
    }
    line_start = is_line_end(c);
    if (line_start) {
      pass_line_end(lx);
      content.any = true;
      mark(lx);
    } else if (at_end(lx)) {
      mark(lx);
      return content.any && give(lx, text);
    } else if (text == SHELL_CONTENT && c == '$') {
      if (scan_dollar(state, lx, text, PHYSICAL, &content)) return true;
    } else {
      pass(lx);
      content.any = true;
      while (is(look(lx), IN_WORD)) pass(lx);
    }
  }
}

static bool scan_body_close(TSLexer *lx) {
  if (look(lx) != '}') return false;
  pass(lx);
  mark(lx);
  return give(lx, BODY_CLOSE);
}

static bool scan_python_identifier(TSLexer *lx) {
  skip_space(lx);
  if (!is(look(lx), IN_WORD) && !is_beyond_ascii(look(lx))) return false;
  do {
    while (is(look(lx), IN_WORD) || is_beyond_ascii(look(lx))) pass(lx);
    mark(lx);
  } while (look(lx) == '\\' && pass_continuation(lx) && (is(look(lx), IN_WORD) || is_beyond_ascii(look(lx))));
  return give(lx, PYTHON_IDENTIFIER);
}

/// The rest of a def's first line, and the indented lines. To BitBake the blank and "#" lines after
/// the last of these belong to it; in the tree they stand between it and the next statement.
static bool scan_python_block(State *state, TSLexer *lx) {
  pass_line(lx);
  while (!at_end(lx)) {
    pass_line_end(lx);
    if (is_line_end(look(lx))) continue;
    bool indented = is_blank(look(lx));
    if (!indented && look(lx) != '#') break;
    pass_blanks(lx);
    bool blank = at_line_end(lx);
    while (!at_line_end(lx)) pass(lx);
    if (indented && !blank) mark(lx);
  }
  state->after_def = 1;
  return give(lx, PYTHON_BLOCK);
}

// ---- names and arguments

/// At "$" in a name. True when a token ends here.
static bool scan_name_dollar(TSLexer *lx, enum Token text, enum Token opener, bool *any) {
  if (*any) mark(lx);
  pass(lx);
  if (look(lx) == '{') {
    pass(lx);
    if (!*any) mark(lx);
    bool closes = pass_expansion(lx, 0);
    return give(lx, *any || !closes ? text : opener);
  }
  *any = true;
  mark(lx);
  return false;
}

/// A name after its first piece: no blanks stand before what continues it.
static bool scan_name_rest(TSLexer *lx, const bool *valid) {
  bool any = false;
  mark(lx);
  for (;;) {
    int32_t c = look(lx);
    if (c == ':') break;
    if (c == '$') {
      if (scan_name_dollar(lx, IDENTIFIER, EXPANSION_OPEN, &any)) return true;
    } else if (c == '+' || c == '.') {
      if (any) mark(lx);
      pass(lx);
      pass_continuation(lx);
      if (look(lx) == '=') {
        if (any) return give(lx, IDENTIFIER);
        if (!valid[OP_SET]) return false;
        pass(lx);
        mark(lx);
        return give(lx, c == '+' ? OP_APPEND : OP_DOT_APPEND);
      }
      any = true;
      mark(lx);
    } else if (c == '\\') {
      pass_continuation(lx);
      if (!is_name(look(lx)) && !is_beyond_ascii(look(lx))) break;
    } else if (is_name(c) || is_beyond_ascii(c)) {
      pass(lx);
      any = true;
      mark(lx);
    } else {
      break;
    }
  }
  return any && give(lx, IDENTIFIER);
}

static bool scan_colon(TSLexer *lx, const bool *valid) {
  pass(lx);
  mark(lx);
  pass_continuation(lx);
  if (look(lx) != '=') return give(lx, COLON);
  if (!valid[OP_SET]) return false;
  pass(lx);
  mark(lx);
  return give(lx, OP_IMMEDIATE);
}

/// The second word of a header, or the name after export or unset.
static bool scan_second_name(TSLexer *lx, const bool *valid) {
  Name word = {.first = NO_TOKEN};
  bool any = false;
  mark(lx);
  for (;;) {
    int32_t c = look(lx);
    if (c == '$') {
      if (scan_name_dollar(lx, KEY_IDENTIFIER, KEY_EXPANSION_OPEN, &any)) return true;
      word.length = LONGEST_KEYWORD;
      continue;
    }
    if (c == ':' || (!is_name(c) && !is_beyond_ascii(c))) break;
    pass(lx);
    if ((c == '+' || c == '.') && look(lx) == '=') return any && give(lx, KEY_IDENTIFIER);
    add(&word, c);
    any = true;
    mark(lx);
  }
  if (!any) return false;
  bool space = is_blank(look(lx));
  if (valid[KW_PYTHON] && !valid[COMMENT] && word_is(&word, "python") && (space || look(lx) == '(')) {
    return give(lx, KW_PYTHON);
  }
  if (valid[KW_FAKEROOT] && !valid[COMMENT] && word_is(&word, "fakeroot") && space) return give(lx, KW_FAKEROOT);
  return give(lx, KEY_IDENTIFIER);
}

/// A piece of an argument: up to a blank, an expansion or the line's end.
static bool scan_word(State *state, TSLexer *lx) {
  Content content = {false, false};
  mark(lx);
  while (!is_blank(look(lx)) && !at_line_end(lx)) {
    if (look(lx) == '$') {
      if (scan_dollar(state, lx, WORD, LOGICAL, &content)) return true;
      continue;
    }
    bool backslash = look(lx) == '\\';
    if (backslash && content.any) mark(lx);
    pass(lx);
    if (backslash) {
      pass_blanks(lx);
      if (at_line_end(lx)) return content.any && give(lx, WORD);
    }
    content.any = true;
    mark(lx);
  }
  return content.any && give(lx, WORD);
}

static bool scan_trailing_comment(TSLexer *lx, const bool *valid) {
  if (!valid[TRAILING_COMMENT]) return false;
  while (!at_line_end(lx)) pass(lx);
  mark(lx);
  return give(lx, TRAILING_COMMENT);
}

/// The same in addtask and deltask, where "#" ends it and two words are keywords.
static bool scan_task_word(State *state, TSLexer *lx, const bool *valid) {
  if (look(lx) == '#') return scan_trailing_comment(lx, valid);
  Name word = {.first = NO_TOKEN};
  Content content = {false, false};
  mark(lx);
  while (!is_blank(look(lx)) && !at_line_end(lx) && look(lx) != '#') {
    if (look(lx) == '$') {
      if (scan_dollar(state, lx, TASK_WORD, LOGICAL, &content)) return true;
      word.length = LONGEST_KEYWORD;
      continue;
    }
    bool backslash = look(lx) == '\\';
    if (backslash && content.any) mark(lx);
    add(&word, look(lx));
    pass(lx);
    if (backslash) {
      pass_blanks(lx);
      if (at_line_end(lx)) {
        word.length--;
        break;
      }
    }
    content.any = true;
    mark(lx);
  }
  if (!content.any) return false;
  if (valid[KW_BEFORE] && word_is(&word, "before")) return give(lx, KW_BEFORE);
  if (valid[KW_AFTER] && word_is(&word, "after")) return give(lx, KW_AFTER);
  return give(lx, TASK_WORD);
}

// ---- between tokens

/// What has been skipped before the next token.
typedef struct {
  bool line_end;  // the next token starts a line
  bool indented;  // and does not stand in its first column
} Gap;

/// A backslash in a gap. True when a token ends here.
static bool scan_gap_backslash(TSLexer *lx, const bool *valid, Gap *gap) {
  if (!gap->line_end && (valid[WORD] || valid[TASK_WORD])) {
    mark(lx);
    pass(lx);
    pass_blanks(lx);
    if (!at_line_end(lx)) {
      while (!is_blank(look(lx)) && !at_line_end(lx)) pass(lx);
      mark(lx);
      return give(lx, valid[WORD] ? WORD : TASK_WORD);
    }
    skip(lx);
    gap->line_end = at_line_end(lx);
    gap->indented = false;
    return false;
  }
  skip(lx);
  skip_blanks(lx);
  if (!is_line_end(look(lx))) return give_error_line(lx);
  skip(lx);
  if (gap->line_end) {
    gap->indented = false;
  } else {
    skip_blanks(lx);
  }
  return false;
}

/// Skips what may stand before a token. True when the gap itself is one.
static bool scan_gap(TSLexer *lx, const bool *valid, bool top, Gap *gap) {
  for (;;) {
    int32_t c = look(lx);
    bool arguments = valid[WORD] || valid[TASK_WORD];
    if (is_blank(c)) {
      gap->indented = true;
      skip(lx);
    } else if (is_line_end(c)) {
      if (!top) return false;
      *gap = (Gap){true, false};
      skip(lx);
    } else if (c == '\\' && (gap->line_end ? top && !gap->indented : arguments || (top && !valid[OP_SET]))) {
      if (scan_gap_backslash(lx, valid, gap)) return true;
    } else {
      return false;
    }
  }
}

/// In error recovery every token is valid: whole lines only are handed out.
static bool scan_in_recovery(State *state, TSLexer *lx) {
  uint8_t after_def = state->after_def, started = state->started;
  memset(state, 0, sizeof(State));
  state->after_def = after_def;
  state->started = started;
  Gap gap = {!started, false};
  while (!at_end(lx) && (is_blank(look(lx)) || is_line_end(look(lx)))) {
    gap = is_line_end(look(lx)) ? (Gap){true, false} : (Gap){gap.line_end, true};
    skip(lx);
  }
  if (at_end(lx)) return false;
  return gap.line_end && !gap.indented ? scan_line_start(state, lx) : give_error_line(lx);
}

static bool scan_operator(TSLexer *lx, bool top) {
  if (!skip_space(lx) || look(lx) == '[') return false;
  enum Token token = pass_operator(lx, true);
  if (token != NO_TOKEN) return give(lx, token);
  return top && give_error_line(lx);
}

static bool scan_new_line(State *state, TSLexer *lx, bool indented) {
  if (!indented) return scan_line_start(state, lx);
  mark(lx);
  if (look(lx) == '(' && pass_function_tail(lx)) return false;
  return give_error_line(lx);
}

/// Inside a plain expansion only another may open.
static bool scan_in_expansion(State *state, TSLexer *lx, const bool *valid) {
  if (look(lx) != '$') return false;
  uint16_t braces = 0;
  enum Dollar dollar = pass_dollar(lx, state->physical ? PHYSICAL : LOGICAL, true, &braces);
  if (dollar < 0 || !valid[dollar]) return false;
  if (dollar == DOLLAR_PYTHON) state->braces = braces;
  return give(lx, (enum Token)dollar);
}

/// Tokens that blanks and line ends may stand before.
static bool scan_spaced(State *state, TSLexer *lx, const bool *valid) {
  bool top = valid[KW_INHERIT];
  Gap gap = {top && !state->started, false};
  if (scan_gap(lx, valid, top, &gap)) return true;
  if (at_end(lx)) return false;
  if (valid[OP_SET] && !gap.line_end) return scan_operator(lx, top);
  if (gap.line_end) return top && scan_new_line(state, lx, gap.indented);
  if (valid[WORD]) return scan_word(state, lx);
  if (valid[TASK_WORD]) return scan_task_word(state, lx, valid);
  if (top && look(lx) != '[') return give_error_line(lx);
  if (valid[KW_PYTHON] || valid[KW_FAKEROOT] || valid[KEY_IDENTIFIER]) return scan_second_name(lx, valid);
  return top && give_error_line(lx);
}

bool tree_sitter_bitbake_external_scanner_scan(void *payload, TSLexer *lx, const bool *valid) {
  State *state = payload;
  if (valid[ERROR_LINE]) return scan_in_recovery(state, lx);
  if (valid[VALUE_CONTENT]) return scan_value(state, lx);
  if (valid[VALUE_OPEN]) return scan_value_open(state, lx);
  if (valid[PYTHON_EXPRESSION]) return scan_python_expression(state, lx);
  if (valid[SHELL_CONTENT]) return scan_body(state, lx, SHELL_CONTENT);
  if (valid[PYTHON_CONTENT]) return scan_body(state, lx, PYTHON_CONTENT);
  if (valid[BODY_CLOSE]) return scan_body_close(lx);
  if (valid[FLAG]) return pass_flag(lx, true) && give(lx, FLAG);
  if (valid[PYTHON_IDENTIFIER]) return scan_python_identifier(lx);
  if (valid[PYTHON_BLOCK]) return scan_python_block(state, lx);
  int32_t c = look(lx);
  bool outside = valid[IDENTIFIER] || valid[WORD] || valid[TASK_WORD] || valid[COMMENT];
  if (valid[EXPANSION_OPEN] && !outside) return scan_in_expansion(state, lx, valid);
  if (valid[CONCAT] && !is_blank(c) && !at_line_end(lx) && c != '\\' && !(c == '#' && valid[TASK_WORD])) {
    mark(lx);
    return give(lx, CONCAT);
  }
  if (valid[IDENTIFIER]) {
    if (c == ':' && valid[COLON]) return scan_colon(lx, valid);
    if (is_name(c) || is_beyond_ascii(c)) return scan_name_rest(lx, valid);
  }
  return scan_spaced(state, lx, valid);
}

#include "tree_sitter/parser.h"
#include "tree_sitter/alloc.h"
#include <string.h>

enum { COMMENT, IDENT, COLON, EXP_OPEN, PY_OPEN, PY_EXPR, STR_OPEN, STR_CONTENT, STR_CLOSE, SH_CONTENT, PY_CONTENT, BODY_CLOSE,
  KW_PYTHON, KW_FAKEROOT, KW_DEF, PY_IDENT, PY_BLOCK, KW_EXPORT, KW_UNSET, KW_INHERIT, KW_INHERIT_DEFER, KW_INCLUDE, KW_INCLUDE_ALL, KW_REQUIRE,
  KW_ADDTASK, KW_DELTASK, KW_ADDHANDLER, KW_EXPORT_FUNCTIONS, KW_ADDPYLIB, KW_ADDFRAGMENTS, WORD, TASK_WORD, KW_BEFORE, KW_AFTER, CONCAT, KEY_IDENT, KEY_EXP_OPEN, KEY_COLON, OP_SET, OP_IMM, OP_WEAK, OP_WEAKEST, OP_APP, OP_PRE, OP_POSTDOT, OP_PREDOT, FLAG, TRAILING_COMMENT, ERROR_LINE };

typedef struct {
  uint8_t quote;      // the open value's quote, 0 outside a value
  uint8_t inner;      // quotes of its own kind inside the open value: 0, 1, many. Exactly one is what BitBake refuses
  uint8_t after_def;  // a def has just ended: '#' lines are not continued by a backslash
  uint8_t started;    // something has been lexed: only at the very start of a file is a line's start not preceded by a line end
  uint8_t at_close;   // shell/python text just ended before the line that is '}'
  uint8_t raw;        // the ${@ } in progress is in a shell body: one physical line
  uint16_t closers;   // how many unnested '}' the ${@ } in progress still holds before its own
} S;

enum { C_KEY = 1, C_WS = 2, C_VAR = 4, C_FLAG = 8, C_WORD = 16 };
static const uint8_t cls[128] = {
  ['\t'] = C_WS, [' '] = C_WS, ['\f'] = C_WS, ['\v'] = C_WS, [0x1c] = C_WS, [0x1d] = C_WS, [0x1e] = C_WS, [0x1f] = C_WS,
#define A(c) [c] = C_KEY | C_VAR | C_FLAG | C_WORD
  A('0'),A('1'),A('2'),A('3'),A('4'),A('5'),A('6'),A('7'),A('8'),A('9'),
  A('a'),A('b'),A('c'),A('d'),A('e'),A('f'),A('g'),A('h'),A('i'),A('j'),A('k'),A('l'),A('m'),A('n'),A('o'),A('p'),A('q'),A('r'),A('s'),A('t'),A('u'),A('v'),A('w'),A('x'),A('y'),A('z'),
  A('A'),A('B'),A('C'),A('D'),A('E'),A('F'),A('G'),A('H'),A('I'),A('J'),A('K'),A('L'),A('M'),A('N'),A('O'),A('P'),A('Q'),A('R'),A('S'),A('T'),A('U'),A('V'),A('W'),A('X'),A('Y'),A('Z'),
  A('_'), ['-'] = C_KEY | C_VAR | C_FLAG, ['+'] = C_KEY | C_VAR | C_FLAG, ['.'] = C_KEY | C_VAR | C_FLAG,
  ['$'] = C_KEY, ['{'] = C_KEY, ['}'] = C_KEY, ['/'] = C_KEY | C_VAR, ['~'] = C_KEY | C_VAR, [':'] = C_KEY | C_VAR,
};
#define LA (lx->lookahead)
#define ADV() lx->advance(lx, false)
#undef SKIP
#define SKIP() lx->advance(lx, true)
#define MARK() lx->mark_end(lx)
static inline uint8_t k(int32_t c) { return (uint32_t)c < 128 ? cls[c] : 0; }
static inline bool is_ws(int32_t c) { return (k(c) & C_WS) || c == 0x85 || c == 0xa0 || c == 0x3000; }
static inline bool is_nl(int32_t c) { return c == '\n' || c == '\r'; }
static inline bool eof(TSLexer *lx) { return LA == 0 && lx->eof(lx); }
static inline bool eol(TSLexer *lx) { return is_nl(LA) || eof(lx); }
static inline void eat_nl(TSLexer *lx) { if (LA == '\r') { ADV(); if (LA == '\n') ADV(); } else if (LA == '\n') ADV(); }
static inline void ws(TSLexer *lx) { while (is_ws(LA)) ADV(); }
// blanks and continued line ends inside a logical line
enum { LW_END, LW_MORE, LW_BACKSLASH /* a backslash that is text: it has been passed */ };
static int lws(TSLexer *lx) {
  for (;;) {
    ws(lx);
    if (LA != '\\') return eol(lx) ? LW_END : LW_MORE;
    ADV(); if (!is_ws(LA) && !eol(lx)) return LW_BACKSLASH;
    ws(lx); if (!eol(lx)) return LW_BACKSLASH;
    eat_nl(lx);
  }
}
// to the end of the logical line, marking the end before trailing blanks
static void rest_of_line(TSLexer *lx) {
  for (;;) {
    bool bs = false;
    while (!eol(lx)) { if (is_ws(LA)) { ADV(); continue; } bs = LA == '\\'; ADV(); MARK(); }
    if (!bs || eof(lx)) return;
    eat_nl(lx);
    if (eol(lx)) return;
  }
}
// after "${": does [A-Za-z0-9-_+./~:]+ or nested ${..} close here? (consumes)
static bool plain_tail(TSLexer *lx, int depth) {
  int n = 0;
  for (;;) {
    if (k(LA) & C_VAR) { ADV(); n++; }
    else if (LA == '$') {
      if (depth > 8) return false;
      ADV(); if (LA != '{') return false;
      ADV(); if (!plain_tail(lx, depth + 1)) return false;
      n++;
    } else if (LA == '}') { ADV(); return n > 0; }
    else return false;
  }
}
// after "${@": BitBake's \${@(?:{.*?}|.)+?} ; returns the number of '}' that lie before the closing one, -1 when it does not close
static int py_tail(TSLexer *lx, bool raw) {
  int seen = 0, last_brace = -1; bool in_brace = false; bool first = true;
  for (;;) {
    if (eof(lx)) break;
    if (is_nl(LA)) break;
    if (LA == '\\' && !raw) {       // a continued line end is not there at all
      ADV(); ws(lx);
      if (eol(lx)) { if (eof(lx)) break; eat_nl(lx); if (eol(lx)) break; }
      first = false; continue;
    }
    if (LA == '}') {
      if (in_brace) { in_brace = false; last_brace = seen; seen++; ADV(); }
      else if (first) { seen++; ADV(); }
      else return seen;
    } else if (LA == '{') { in_brace = true; ADV(); }
    else if (LA == '$') { // a nested plain expansion is opaque
      ADV();
      if (LA == '{') { ADV(); if (!plain_tail(lx, 0)) in_brace = true; }
    } else ADV();
    first = false;
  }
  return last_brace;
}

void *tree_sitter_bitbake_external_scanner_create(void) { static const S z; S *s = ts_calloc(1, sizeof(S)); *s = z; return s; }
void tree_sitter_bitbake_external_scanner_destroy(void *p) { ts_free(p); }
unsigned tree_sitter_bitbake_external_scanner_serialize(void *p, char *b) {
  S *s = p; s->started = 1;
  if (!s->quote && !s->after_def && !s->closers && !s->at_close) { b[0] = 1; return 1; }
  memcpy(b, s, sizeof(S)); return sizeof(S);
}
void tree_sitter_bitbake_external_scanner_deserialize(void *p, const char *b, unsigned n) {
  S *s = p; if (n == sizeof(S)) memcpy(s, b, sizeof(S)); else { memset(s, 0, sizeof(S)); s->started = n != 0; }
}
#define RET(x) do { lx->result_symbol = (x); return true; } while (0)

// at '$': decides what it is. Marks before it has been done by the caller when needed. Consumes through the opener.
// returns EXP_OPEN / PY_OPEN / -1, and sets *n
enum { LONE_DOLLAR = -2 };
static int at_dollar(TSLexer *lx, bool raw, int *closers, bool mark) {
  ADV(); if (LA != '{') return LONE_DOLLAR;
  ADV();
  if (LA == '@') { ADV(); if (mark) MARK(); int c = py_tail(lx, raw); if (c < 0) return -1; *closers = c; return PY_OPEN; }
  if (mark) MARK();
  return plain_tail(lx, 0) ? EXP_OPEN : -1;
}

static bool func_tail(TSLexer *lx) { // \s*\(\s*\)\s*{$
  if (lws(lx) != LW_MORE || LA != '(') return false;
  ADV(); if (lws(lx) != LW_MORE || LA != ')') return false;
  ADV(); if (lws(lx) != LW_MORE || LA != '{') return false;
  ADV(); return lws(lx) == LW_END;
}
static inline bool func_char(int32_t c) { return ((k(c) & (C_KEY)) && c != '/' && c != '~') || c >= 0x80; }

static bool word_is(const char *w, int n, const char *s) { return (int)strlen(s) == n && !memcmp(w, s, n); }

// a continued line end inside a token is not there at all
static bool cont(TSLexer *lx) { while (LA == '\\') { ADV(); ws(lx); if (!eol(lx)) return false; eat_nl(lx); } return true; }
// the operator at the current point, -1 when there is none; mark: it is the token
static int op(TSLexer *lx, bool mark) {
  int32_t c = LA; int r;
  switch (c) {
    case '=': ADV(); if (mark) MARK(); cont(lx);
      if (LA == '+' || LA == '.') { r = LA == '+' ? OP_PRE : OP_PREDOT; ADV(); if (mark) MARK(); return r; }
      return OP_SET;
    case '?': ADV(); cont(lx); r = OP_WEAK; if (LA == '?') { ADV(); cont(lx); r = OP_WEAKEST; } break;
    case ':': ADV(); cont(lx); r = OP_IMM; break;
    case '+': ADV(); cont(lx); r = OP_APP; break;
    case '.': ADV(); cont(lx); r = OP_POSTDOT; break;
    default: return -1;
  }
  if (LA != '=') return -1;
  ADV(); if (mark) MARK();
  return r;
}

static bool flag(TSLexer *lx, bool mark) {
  cont(lx); if (!(k(LA) & C_FLAG)) return false;
  do { ADV(); if (mark) MARK(); cont(lx); } while ((k(LA) & C_FLAG) || LA == '@' || LA == '/');
  return true;
}
static bool line_start(S *s, TSLexer *lx) {
  char w[24]; int n = 0;          // the first word, for keywords
  int first = -1;                 // the token to hand back when this is a name
  int closers = 0; bool piece_done = false, funcable = true, ascii = true; int32_t prev = 0;
  if (LA == '#') {
    for (;;) {
      bool bs = false;
      while (!eol(lx)) { bs = is_ws(LA) ? bs : LA == '\\'; ADV(); }
      MARK();
      if (!bs || s->after_def || eof(lx)) break;
      eat_nl(lx);
      if (LA != '#') break;
    }
    RET(COMMENT);
  }
  s->after_def = 0;
  if (LA == '\\') goto bad;
  if (LA == '(') { // "() {": anonymous python
    MARK(); if (func_tail(lx)) return false;   // let '(' be lexed inside
    goto bad;
  }
  // ---- the name run
  bool op_prefix = false;
  for (;;) {
    int32_t c = LA;
    if (c == '$') {
      if (!piece_done && n) { MARK(); piece_done = true; }
      bool firsttok = n == 0 && first < 0 && !piece_done;
      int cl = 0;
      // only plain expansions may stand in a key
      ADV();
      if (LA == '{') { ADV(); if (firsttok) MARK(); 
        // speculative: a failed expansion is plain text of the key
        if (plain_tail(lx, 0)) { if (firsttok) { first = KEY_EXP_OPEN; piece_done = true; } else if (first < 0) first = KEY_IDENT; n = 24; prev = '}'; continue; }
        else { if (firsttok || first < 0) first = KEY_IDENT; n = 24; prev = '{'; (void)cl; if (!piece_done || firsttok) { MARK(); } piece_done = true; continue; } }
      if (n < 24) w[n++] = '$'; prev = '$'; continue;
    }
    if (c == ':') {
      if (!piece_done) { MARK(); piece_done = true; if (n == 0) { ADV(); if (LA != '=') { MARK(); first = KEY_COLON; } else { op_prefix = true; break; } n = 24; prev = ':'; continue; } first = KEY_IDENT; }
      ADV(); prev = ':';
      if (LA == '=') { op_prefix = true; break; }
      n = 24; continue;
    }
    if (c == '+' || c == '.') {
      if (!piece_done) MARK();
      ADV(); 
      cont(lx); if (LA == '=') { op_prefix = true; if (!piece_done) { piece_done = true; if (first < 0) first = n ? KEY_IDENT : -1; } break; }
      if (n < 24) w[n++] = (char)c; prev = c;
      continue;
    }
    if (k(c) & C_KEY) { if (n < 24) w[n++] = (char)c; if (c == '/' || c == '~') funcable = false; prev = c; ADV(); continue; }
    if (c >= 0x80 && !is_ws(c)) { n = 24; ascii = false; ADV(); continue; }
    if (c == '\\') { // the name may go on on the next line
      if (!piece_done) MARK();
      if (!cont(lx)) goto bad;
      if (!(k(LA) & C_KEY) && LA < 0x80) { if (first < 0 && (n || piece_done)) first = KEY_IDENT; piece_done = true; break; }
      continue;
    }
    break;
  }
  if (!piece_done) MARK();
  if (first < 0 && (n || piece_done)) first = KEY_IDENT;
  if (first < 0) goto bad;
  if (!ascii && (op_prefix || LA != '(')) { if (!op_prefix && funcable && func_tail(lx)) RET(first); goto bad; }
  if (op_prefix) { ADV(); RET(first); }       // A:= A+= A.=
  if (LA == '[') {
    ADV(); if (!flag(lx, false) || LA != ']') goto bad;
    ADV(); 
    if (lws(lx) == LW_MORE && op(lx, false) >= 0) RET(first);
    goto bad;
  }
  if (LA == '(') { if (funcable && func_tail(lx)) { if (word_is(w, n, "python")) RET(KW_PYTHON); RET(first); } goto bad; }
  if (LA == '=' || LA == '?') { if (op(lx, false) >= 0) RET(first); goto bad; }
  if (!is_ws(LA) && LA != '\\') { goto bad; }
  int lw = lws(lx); bool more = lw != LW_END;
  if (n < 24) {
    int kw = -1; bool py = false;
    switch (n) {
      case 3: if (!memcmp(w, "def", 3)) kw = KW_DEF; break;
      case 5: if (!memcmp(w, "unset", 5)) kw = KW_UNSET; break;
      case 6: if (!memcmp(w, "export", 6)) kw = KW_EXPORT; else if (!memcmp(w, "python", 6)) { kw = KW_PYTHON; py = true; } break;
      case 7: if (!memcmp(w, "inherit", 7)) kw = KW_INHERIT; else if (!memcmp(w, "include", 7)) kw = KW_INCLUDE; else if (!memcmp(w, "require", 7)) kw = KW_REQUIRE;
              else if (!memcmp(w, "addtask", 7)) kw = KW_ADDTASK; else if (!memcmp(w, "deltask", 7)) kw = KW_DELTASK; break;
      case 8: if (!memcmp(w, "fakeroot", 8)) { kw = KW_FAKEROOT; py = true; } else if (!memcmp(w, "addpylib", 8)) kw = KW_ADDPYLIB; break;
      case 10: if (!memcmp(w, "addhandler", 10)) kw = KW_ADDHANDLER; break;
      case 11: if (!memcmp(w, "include_all", 11)) kw = KW_INCLUDE_ALL; break;
      case 12: if (!memcmp(w, "addfragments", 12)) kw = KW_ADDFRAGMENTS; break;
      case 13: if (!memcmp(w, "inherit_defer", 13)) kw = KW_INHERIT_DEFER; break;
      case 16: if (!memcmp(w, "EXPORT_FUNCTIONS", 16)) kw = KW_EXPORT_FUNCTIONS; break;
    }
    if (py && lw == LW_MORE) {
      if (LA == '(') { if (func_tail(lx)) RET(kw == KW_PYTHON ? KW_PYTHON : first); goto bad; }
      bool any = false;
      if (func_char(LA)) {
        while (func_char(LA) || ((any) && is_ws(LA))) { if (is_ws(LA)) { lws(lx); if (!func_char(LA)) break; continue; } any = true; ADV(); }
        if (func_tail(lx)) RET(kw);
        goto bad;
      }
    } else if (kw == KW_DEF) {
      if (lw == LW_MORE && ((k(LA) & C_WORD) || LA >= 0x80)) {
        while (more) { if (LA == ':') RET(KW_DEF); ADV(); if (LA == '\\' || eol(lx)) more = lws(lx) != LW_END; }
        goto bad;
      }
    } else if (kw >= 0 && more) {
      bool opish = LA == '=' || LA == '?' || LA == ':' || LA == '+' || LA == '.';
      switch (kw) {
        case KW_INHERIT: case KW_INHERIT_DEFER: case KW_ADDTASK: case KW_DELTASK: case KW_ADDHANDLER: case KW_EXPORT_FUNCTIONS: RET(kw);
        case KW_EXPORT: case KW_UNSET: if (k(LA) & C_KEY) RET(kw); break;
        default: // an assignment comes first here, everything else is an argument
          if (lw == LW_MORE && opish && op(lx, false) >= 0 && lws(lx) == LW_MORE && (LA == '"' || LA == '\'')) RET(first);
          RET(kw);
      }
    }
  }
  if (lw == LW_MORE) {
    if (LA == '(' && funcable) { if (func_tail(lx)) RET(first); goto bad; }
    if (op(lx, false) >= 0) RET(first);
  }
bad:
  MARK(); rest_of_line(lx);
  RET(ERROR_LINE);
}

bool tree_sitter_bitbake_external_scanner_scan(void *p, TSLexer *lx, const bool *v) {
  S *s = p;
  if (v[ERROR_LINE]) { // error recovery: only whole lines
    s->quote = 0; s->inner = 0; s->closers = 0; s->raw = 0; s->at_close = 0;
    bool nl = !s->started;
    bool ind = false;
    while (!eof(lx) && (is_ws(LA) || is_nl(LA))) { if (is_nl(LA)) { nl = true; ind = false; } else ind = true; SKIP(); }
    if (eof(lx)) return false;
    if (nl && !ind) return line_start(s, lx);
    MARK(); rest_of_line(lx); RET(ERROR_LINE);
  }
  // ---- inside a value
  if (v[STR_CONTENT]) {
    bool any = false, marked = false; uint8_t q = s->quote;   // any: text passed; marked: some of it is in the token
    MARK();
    for (;;) {
      int32_t c = LA;
      if (c == q) {
        if (any) MARK();
        ADV();
        if (!any) MARK();
        bool sp = is_ws(LA); ws(lx);
        if (eol(lx)) goto closer;
        if (LA == '\\' && !sp) {                            // closed, then continued onto nothing?
          bool blank = true;
          while (LA == '\\') { ADV(); ws(lx); if (!eol(lx)) { blank = false; break; } if (eof(lx)) break; eat_nl(lx); ws(lx); }
          if (blank && eol(lx)) goto closer;
        }
        if (s->inner < 2) s->inner++;
        any = marked = true; MARK(); continue;
      closer:
        if (any) RET(STR_CONTENT);
        { bool bad = s->inner == 1; s->quote = s->inner = 0; RET(bad ? ERROR_LINE : STR_CLOSE); }
      }
      if (c == '$') {
        if (any) MARK();
        int cl = 0; bool had = any; int t = at_dollar(lx, false, &cl, !any);
        if (t == LONE_DOLLAR) { any = marked = true; MARK(); continue; }
        if (had || t < 0) RET(STR_CONTENT);
        if (t == PY_OPEN) { s->closers = (uint16_t)cl; s->raw = 0; }
        RET(t);
      }
      if (c == '\\') { ADV(); any = marked = true; MARK(); ws(lx); if (is_nl(LA)) { eat_nl(lx); MARK(); if (eol(lx)) goto unterminated; } continue; }
      if (is_ws(c)) { ADV(); any = true; continue; }
      if (eol(lx)) {
      unterminated:
        if (marked) RET(STR_CONTENT);
        s->quote = 0; s->inner = 0;
        return false;                                        // the parser supplies a MISSING quote
      }
      ADV(); any = marked = true;
      while ((k(LA) & C_KEY) && LA != '$') ADV();
      MARK();
    }
  }
  if (v[STR_OPEN]) {
    while (is_ws(LA)) SKIP();
    while (LA == '\\') { SKIP(); while (is_ws(LA)) SKIP(); if (is_nl(LA)) { SKIP(); while (is_ws(LA)) SKIP(); } else { MARK(); rest_of_line(lx); RET(ERROR_LINE); } }
    if (LA != '"' && LA != '\'') { MARK(); rest_of_line(lx); RET(ERROR_LINE); }
    int32_t q = LA; ADV(); MARK();
    s->quote = (uint8_t)q; s->inner = 0;
    RET(STR_OPEN);
  }
  // ---- inside ${@ }
  if (v[PY_EXPR]) {
    bool any = false; MARK();
    for (;;) {
      if (LA == '}') { if (s->closers == 0) { if (any) RET(PY_EXPR); return false; } s->closers--; ADV(); MARK(); any = true; continue; }
      if (LA == '$') {
        if (any) MARK();
        ADV();
        if (LA == '{') { ADV(); if (!any) MARK(); bool ok = plain_tail(lx, 0); if (any || !ok) RET(PY_EXPR); RET(EXP_OPEN); }
        any = true; MARK(); continue;
      }
      if (eof(lx)) { MARK(); if (any) RET(PY_EXPR); return false; }
      if (LA == s->quote && s->inner < 2) s->inner++;
      ADV(); any = true; MARK();
    }
  }
  // ---- bodies
  if (v[SH_CONTENT] || v[PY_CONTENT]) {
    bool sh = v[SH_CONTENT]; bool any = false;
    bool bol = s->at_close; s->at_close = 0;
    MARK();
    if (!bol && !v[BODY_CLOSE]) { }
    for (;;) {
      if (bol && LA == '}') {
        if (any) MARK();
        ADV(); if (!any) MARK();
        ws(lx);
        if (eol(lx)) { if (any) { s->at_close = 1; RET(sh ? SH_CONTENT : PY_CONTENT); } RET(BODY_CLOSE); }
        any = true; bol = false; MARK(); continue;
      }
      bol = false;
      if (is_nl(LA)) { eat_nl(lx); any = true; bol = true; MARK(); continue; }
      if (eof(lx)) { MARK(); if (any) RET(sh ? SH_CONTENT : PY_CONTENT); return false; }
      if (sh && LA == '$') {
        if (any) MARK();
        int cl = 0; bool had = any; int t = at_dollar(lx, true, &cl, !any);
        if (t == LONE_DOLLAR) { any = true; continue; }
        if (had || t < 0) RET(SH_CONTENT);
        if (t == PY_OPEN) { s->closers = (uint16_t)cl; s->raw = 1; }
        RET(t);
      }
      ADV(); any = true;
      while (k(LA) & C_WORD) ADV();
    }
  }
  if (v[BODY_CLOSE]) { // empty body handled above; here after content at end of file
    if (LA == '}') { ADV(); MARK(); RET(BODY_CLOSE); }
    return false;
  }
  if (v[FLAG]) { if (flag(lx, true)) RET(FLAG); return false; }
  if (v[PY_IDENT]) {
    while (is_ws(LA)) SKIP();
    if (!((k(LA) & C_WORD) || LA >= 0x80)) return false;
    while ((k(LA) & C_WORD) || LA >= 0x80) ADV();
    MARK(); RET(PY_IDENT);
  }
  if (v[PY_BLOCK]) {
    rest_of_line(lx);
    for (;;) {
      if (eof(lx)) break;
      eat_nl(lx);
      if (is_nl(LA)) continue;
      if (is_ws(LA)) { ws(lx); if (eol(lx)) continue; while (!eol(lx)) ADV(); MARK(); continue; }
      if (LA == '#') { while (!eol(lx)) ADV(); continue; }
      break;
    }
    s->after_def = 1; RET(PY_BLOCK);
  }
  // ---- inside ${ }
  if (v[EXP_OPEN] && !v[IDENT] && !v[WORD] && !v[TASK_WORD] && !v[SH_CONTENT] && !v[COMMENT]) {
    if (LA == '$') { int cl = 0; int t = at_dollar(lx, s->raw, &cl, true); if (t < 0 || !v[t]) return false; if (t == PY_OPEN) s->closers = (uint16_t)cl; RET(t); }
    return false;
  }
  // ---- names and arguments
  bool top = v[KW_INHERIT];
  if (v[CONCAT] && !is_ws(LA) && !eol(lx) && LA != '\\') { MARK(); if (!(LA == '#' && v[TASK_WORD])) RET(CONCAT); }
  if (v[IDENT]) { // continuing a name: no blanks
    if (LA == ':' && v[COLON]) { ADV(); MARK(); cont(lx); if (LA == '=') { if (!v[OP_SET]) return false; ADV(); MARK(); RET(OP_IMM); } RET(COLON); }
    if (LA == '$' || (k(LA) & C_KEY) || LA >= 0x80) {
      bool any = false; MARK();
      for (;;) {
        int32_t c = LA;
        if (c == ':') break;
        if (c == '$') {
          if (any) MARK();
          ADV();
          if (LA == '{') { ADV(); if (!any) MARK(); if (plain_tail(lx, 0)) { if (any) RET(IDENT); RET(EXP_OPEN); } }
          any = true; MARK(); continue;
        }
        if (c == '+' || c == '.') { if (any) MARK(); ADV(); cont(lx); if (LA == '=') { if (any) RET(IDENT); if (!v[OP_SET]) return false; ADV(); MARK(); RET(c == '+' ? OP_APP : OP_POSTDOT); } any = true; MARK(); continue; }
        if (c == '\\') { cont(lx); if (!(k(LA) & C_KEY) && LA < 0x80) break; continue; }
        if (!(k(c) & C_KEY) && c < 0x80) break;
        ADV(); any = true; MARK();
      }
      if (!any) return false;
      // python / fakeroot as later words of a header are handled below
      RET(IDENT);
    }
  }
  bool nl = false, ind = false;
  if (top) nl = !s->started;
  for (;;) {
    if (is_ws(LA)) { ind = true; SKIP(); }
    else if (is_nl(LA)) { if (!top) break; nl = true; ind = false; SKIP(); }
    else if (LA == '\\' && !nl && top && !v[WORD] && !v[TASK_WORD] && !v[OP_SET]) { // a finished statement continued onto a blank line
      SKIP(); while (is_ws(LA)) SKIP();
      if (!is_nl(LA)) { MARK(); rest_of_line(lx); RET(ERROR_LINE); }
      SKIP(); while (is_ws(LA)) SKIP();
    }
    else if (LA == '\\' && !nl && (v[WORD] || v[TASK_WORD])) { MARK(); ADV(); ws(lx); if (!eol(lx)) { while (!is_ws(LA) && !eol(lx)) ADV(); MARK(); RET(v[WORD] ? WORD : TASK_WORD); } lx->advance(lx, true); if (eol(lx)) { nl = true; } ind = false; }
    else break;
  }
  if (eof(lx)) return false;
  if (v[OP_SET] && !nl) {
    while (LA == '\\') { SKIP(); while (is_ws(LA)) SKIP(); if (!is_nl(LA)) return false; SKIP(); while (is_ws(LA)) SKIP(); }
    if (LA == '[') return false;
    int o = op(lx, true); if (o >= 0) RET(o);
    if (top) { MARK(); rest_of_line(lx); RET(ERROR_LINE); }
    return false;
  }
  if (nl) {
    if (!top) return false;
    if (ind) { if (LA == '(') { MARK(); if (func_tail(lx)) return false; } MARK(); rest_of_line(lx); RET(ERROR_LINE); }
    return line_start(s, lx);
  }
  if (v[WORD]) {
    MARK(); bool any = false;
    for (;;) {
      if (is_ws(LA) || eol(lx)) break;
      if (LA == '$') { if (any) MARK(); int cl = 0; bool had = any; int t = at_dollar(lx, false, &cl, !any); if (t == LONE_DOLLAR) { any = true; MARK(); continue; } if (had || t < 0) RET(WORD); if (t == PY_OPEN) s->closers = (uint16_t)cl; RET(t); }
      if (LA == '\\') { if (any) MARK(); ADV(); ws(lx); if (eol(lx)) { if (any) RET(WORD); return false; } any = true; MARK(); continue; }
      ADV(); any = true; MARK();
    }
    if (any) RET(WORD);
    return false;
  }
  if (v[TASK_WORD]) {
    if (LA == '#') { if (!v[TRAILING_COMMENT]) return false; while (!eol(lx)) ADV(); MARK(); RET(TRAILING_COMMENT); }
    MARK(); bool any = false; char w[8]; int n = 0;
    for (;;) {
      if (is_ws(LA) || eol(lx) || LA == '#') break;
      if (LA == '$') { if (any) MARK(); int cl = 0; bool had = any; int t = at_dollar(lx, false, &cl, !any); if (t == LONE_DOLLAR) { any = true; n = 8; MARK(); continue; } if (had || t < 0) RET(TASK_WORD); if (t == PY_OPEN) s->closers = (uint16_t)cl; RET(t); }
      if (LA == '\\') { if (any) MARK(); ADV(); ws(lx); if (eol(lx)) { if (any) break; return false; } any = true; n = 8; MARK(); continue; }
      if (n < 8) w[n++] = (char)LA;
      ADV(); any = true; MARK();
    }
    if (!any) return false;
    if (v[KW_BEFORE] && n == 6 && !memcmp(w, "before", 6)) RET(KW_BEFORE);
    if (v[KW_AFTER] && n == 5 && !memcmp(w, "after", 5)) RET(KW_AFTER);
    RET(TASK_WORD);
  }
  if (top && LA != '[') { MARK(); rest_of_line(lx); RET(ERROR_LINE); }
  if (v[KW_PYTHON] || v[KW_FAKEROOT] || v[KEY_IDENT]) { // second word of a header, or the name after export / unset
    if (LA == '$' || (k(LA) & C_KEY) || LA >= 0x80) {
      char w[16]; int n = 0; bool any = false; MARK();
      for (;;) {
        int32_t c = LA;
        if (c == ':') break;
        if (c == '$') {
          if (any) MARK();
          ADV();
          if (LA == '{') { ADV(); if (!any) MARK(); if (plain_tail(lx, 0)) { if (any) RET(KEY_IDENT); RET(KEY_EXP_OPEN); } }
          any = true; n = 16; MARK(); continue;
        }
        if (c == '+' || c == '.') { if (any) MARK(); ADV(); if (LA == '=') { if (any) RET(KEY_IDENT); return false; } any = true; n = 16; MARK(); continue; }
        if (!(k(c) & C_KEY) && c < 0x80) break;
        if (n < 16) w[n++] = (char)c;
        ADV(); any = true; MARK();
      }
      if (!any) return false;
      if (v[KW_PYTHON] && !v[COMMENT] && n == 6 && !memcmp(w, "python", 6) && (is_ws(LA) || LA == '(')) RET(KW_PYTHON);
      if (v[KW_FAKEROOT] && !v[COMMENT] && n == 8 && !memcmp(w, "fakeroot", 8) && is_ws(LA)) RET(KW_FAKEROOT);
      RET(KEY_IDENT);
    }
    return false;
  }
  if (top) { MARK(); rest_of_line(lx); RET(ERROR_LINE); }
  return false;
}

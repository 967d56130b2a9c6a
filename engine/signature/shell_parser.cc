// SPDX-License-Identifier: Apache-2.0
// A descent through the grammar below. Where the grammar leaves a choice, the longest reading wins.
//
//   program      := newline* (list [separator])*
//   list         := and_or (separator_op and_or)*
//   and_or       := pipeline (("&&" | "||") newline* pipeline)*
//   pipeline     := ["!"] command ("|" newline* command)*
//   command      := simple | compound redirect* | WORD "(" ")" newline* compound
//   compound     := "{" body "}" | "(" body ")" | for | case | if | while | until
//   body         := newline* and_or (separator and_or)* [separator]      (the last one not "&")
//   for          := "for" word "in" word* (";" | newline+) newline* "do" body "done"
//   case         := "case" word "in" newline* item* "esac"
//   item         := ["("] word ("|" word)* ")" [body] [";;"] newline*    (";;" but for the last)
//   simple       := prefix* [word suffix*]
//   separator_op := ";" | ";" ";" | "&"
//   separator    := separator_op newline* | newline+

#include "engine/signature/shell_parser.h"

#include <utility>

#include "engine/signature/shell_lexer.h"

namespace hitz::signature {

namespace {

using enum TokenKind;

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  Result<ShellProgram> run() {
    newlines();
    while (kind() != End) {
      TRY_VOID(and_or());
      while (kind() == Semi || kind() == Amp) {
        separator_op();
        if (!starts_command()) break;
        TRY_VOID(and_or());
      }
      newlines();
    }
    return std::move(program_);
  }

 private:
  TokenKind kind(std::size_t ahead = 0) const {
    return at_ + ahead < tokens_.size() ? tokens_[at_ + ahead].kind : End;
  }
  const std::string& take() { return tokens_[at_++].text; }
  bool accept(TokenKind wanted) {
    if (kind() != wanted) return false;
    ++at_;
    return true;
  }
  Result<void> expect(TokenKind wanted) { return accept(wanted) ? Result<void>() : unexpected(); }
  tl::unexpected<Error> unexpected() const {
    if (kind() == End) return input_error("the shell code ends too early");
    return input_error("unexpected '" + tokens_[at_].text + "' in shell code");
  }
  void newlines() {
    while (accept(Newline)) {
    }
  }
  void separator_op() {
    if (accept(Semi)) {
      accept(Semi);
    } else {
      ++at_;
    }
  }
  bool is_word() const { return kind() == Word || kind() == Fi; }
  bool is_redirection(TokenKind k) const {
    return k == IoNumber || (k >= Less && k <= HereDocDash);
  }
  bool starts_compound() const {
    TokenKind k = kind();
    return k == LeftBrace || k == LeftParen || k == For || k == Case || k == If || k == While ||
           k == Until;
  }
  bool starts_command() const {
    TokenKind k = kind();
    return k == Bang || k == Word || k == Assignment || is_redirection(k) || starts_compound();
  }

  Result<void> and_or() {
    TRY_VOID(pipeline());
    while (accept(AndIf) || accept(OrIf)) {
      newlines();
      TRY_VOID(pipeline());
    }
    return {};
  }

  Result<void> pipeline() {
    accept(Bang);
    TRY_VOID(command());
    while (accept(Pipe)) {
      newlines();
      TRY_VOID(command());
    }
    return {};
  }

  Result<void> command() {
    if (kind() == Word && kind(1) == LeftParen) return function();
    if (starts_compound()) {
      TRY_VOID(compound());
      while (is_redirection(kind())) TRY_VOID(redirection());
      return {};
    }
    return simple();
  }

  Result<void> function() {
    program_.functions.push_back(take());
    ++at_;
    TRY_VOID(expect(RightParen));
    newlines();
    TRY_VOID(compound());
    if (is_redirection(kind()))
      return input_error("a redirection after the body of shell function '" +
                         program_.functions.back() + "' is not understood");
    return {};
  }

  Result<void> compound() {
    switch (kind()) {
      case LeftBrace: return bracketed(RightBrace);
      case LeftParen: return bracketed(RightParen);
      case For: return for_loop();
      case Case: return case_of();
      case If: return if_then();
      case While:
      case Until:
        ++at_;
        TRY_VOID(body());
        return do_group();
      default: return unexpected();
    }
  }

  Result<void> bracketed(TokenKind close) {
    ++at_;
    TRY_VOID(body());
    return expect(close);
  }

  Result<void> do_group() {
    TRY_VOID(expect(Do));
    TRY_VOID(body());
    return expect(Done);
  }

  Result<void> body() {
    newlines();
    TRY_VOID(and_or());
    while (kind() == Semi || kind() == Amp || kind() == Newline) {
      bool background = kind() == Amp;
      if (kind() != Newline) separator_op();
      newlines();
      if (!starts_command()) {
        if (background)
          return input_error("'&' at the end of a list of shell commands is not understood");
        break;
      }
      TRY_VOID(and_or());
    }
    return {};
  }

  Result<void> for_loop() {
    ++at_;
    if (!is_word()) return unexpected();
    ++at_;
    newlines();
    if (kind() == Do) return input_error("a shell 'for' without 'in' is not understood");
    TRY_VOID(expect(In));
    std::vector<ShellWord> items;
    while (is_word()) items.push_back({ShellWord::Role::Argument, take()});
    program_.commands.push_back(std::move(items));
    if (!accept(Semi) && kind() != Newline) return unexpected();
    newlines();
    return do_group();
  }

  Result<void> case_of() {
    ++at_;
    if (!is_word()) return unexpected();
    ++at_;
    newlines();
    TRY_VOID(expect(In));
    newlines();
    while (kind() == LeftParen || is_word()) {
      if (!TRY(case_item())) break;
    }
    return expect(Esac);
  }

  // Whether another item may follow.
  Result<bool> case_item() {
    bool bracket = accept(LeftParen);
    std::vector<ShellWord> patterns;
    do {
      if (!is_word()) return unexpected();
      patterns.push_back({ShellWord::Role::Argument, take()});
    } while (accept(Pipe));
    TRY_VOID(expect(RightParen));
    newlines();
    if (starts_command()) TRY_VOID(body());
    bool ended = accept(DoubleSemi);
    // BitBake does not look at the patterns of a last item with both brackets.
    if (ended || !bracket) program_.commands.push_back(std::move(patterns));
    newlines();
    return ended;
  }

  Result<void> if_then() {
    do {
      ++at_;
      TRY_VOID(body());
      TRY_VOID(expect(Then));
      TRY_VOID(body());
    } while (kind() == Elif);
    if (accept(Else)) TRY_VOID(body());
    return expect(Fi);
  }

  Result<void> redirection() {
    accept(IoNumber);
    TokenKind k = kind();
    if (!is_redirection(k) || k == IoNumber) return unexpected();
    ++at_;
    if (k == HereDoc || k == HereDocDash) TRY_VOID(expect(HereName));
    return expect(Word);
  }

  // Reserved words that the grammar takes as arguments; the others end in an error.
  bool is_argument() const {
    TokenKind k = kind();
    return is_word() || k == For || k == Done || k == Do || k == Until || k == Assignment ||
           k == If || k == Then || k == Bang;
  }

  Result<void> simple() {
    std::vector<ShellWord> words, values;
    bool prefixed = false;
    for (; is_redirection(kind()) || kind() == Assignment; prefixed = true) {
      if (kind() == Assignment) {
        const std::string& text = take();
        values.push_back({ShellWord::Role::Value, text.substr(text.find('=') + 1)});
      } else {
        TRY_VOID(redirection());
      }
    }
    if (kind() == Word || (prefixed && kind() == Fi)) {
      words.push_back({ShellWord::Role::Command, take()});
      while (is_redirection(kind()) || is_argument()) {
        if (is_argument()) {
          words.push_back({ShellWord::Role::Argument, take()});
        } else {
          TRY_VOID(redirection());
        }
      }
    } else if (!prefixed) {
      return unexpected();
    }
    std::move(values.begin(), values.end(), std::back_inserter(words));
    program_.commands.push_back(std::move(words));
    return {};
  }

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  ShellProgram program_;
};

}  // namespace

Result<ShellProgram> parse_shell(std::string_view text) {
  return Parser(TRY(shell_tokens(text))).run();
}

}  // namespace hitz::signature

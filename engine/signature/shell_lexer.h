// SPDX-License-Identifier: Apache-2.0
#pragma once
// A shell text to tokens, as BitBake's shell parser cuts it.

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace hitz::signature {

enum class TokenKind {
  Word,
  Newline,
  IoNumber,
  Assignment,  // NAME=text, seen as such only at the very end of a text
  HereName,
  AndIf,
  OrIf,
  DoubleSemi,
  Amp,
  Semi,
  Pipe,
  LeftParen,
  RightParen,
  Less,
  LessAnd,
  Greater,
  GreaterAnd,
  DoubleGreater,
  LessGreater,
  Clobber,
  HereDoc,
  HereDocDash,
  If,
  Then,
  Else,
  Elif,
  Fi,
  Do,
  Done,
  Case,
  Esac,
  While,
  Until,
  For,
  LeftBrace,
  RightBrace,
  Bang,
  In,
  End,
};

struct Token {
  TokenKind kind = TokenKind::Word;
  std::string text;
};

/// The tokens; the body of a here-document follows its name as a Word. Errors: quotes and
/// here-documents without an end, and a comment at the end of the text.
Result<std::vector<Token>> shell_tokens(std::string_view text);

}  // namespace hitz::signature

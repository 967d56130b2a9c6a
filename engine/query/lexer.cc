// SPDX-License-Identifier: Apache-2.0
#include "engine/query/lexer.h"

#include <cctype>
#include <optional>

#include "engine/query/expression.h"

namespace hitz::query {

namespace {

bool starts_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("*/@._:$~[]?!{}|%").find(c) != std::string_view::npos;
}

bool continues_word(char c) {
  return starts_word(c) || c == '-' || c == '+';
}

std::optional<Token::Type> single(char c) {
  switch (c) {
    case '(': return Token::Type::Open;
    case ')': return Token::Type::Close;
    case ',': return Token::Type::Comma;
    case '=': return Token::Type::Equals;
    case '+': return Token::Type::Plus;
    case '-': return Token::Type::Minus;
    case '^': return Token::Type::Caret;
    default: return std::nullopt;
  }
}

}  // namespace

Result<std::vector<Token>> tokens_of(std::string_view text) {
  std::vector<Token> out;
  for (std::size_t at = 0; at < text.size();) {
    char c = text[at];
    if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      ++at;
    } else if (auto type = single(c)) {
      out.push_back({*type, std::string(1, c), at++});
    } else if (c == '"' || c == '\'') {
      std::size_t end = text.find(c, at + 1);
      if (end == std::string_view::npos) {
        return fail(error_at(text, at, "this quote is never closed"));
      }
      out.push_back({Token::Type::Quoted, std::string(text.substr(at + 1, end - at - 1)), at});
      at = end + 1;
    } else if (starts_word(c)) {
      std::size_t end = at + 1;
      while (end < text.size() && continues_word(text[end])) ++end;
      out.push_back({Token::Type::Word, std::string(text.substr(at, end - at)), at});
      at = end;
    } else {
      return fail(error_at(text, at, "a word with '" + std::string(1, c) + "' needs quotes"));
    }
  }
  out.push_back({Token::Type::End, "the end of the query", text.size()});
  return out;
}

}  // namespace hitz::query

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <optional>

#include "engine/base/text.h"
#include "engine/query/expression.h"
#include "engine/query/lexer.h"

namespace hitz::query {

namespace {

using Type = Token::Type;

/// What a function wants: w a word, e an expression, n a number that may be left out.
struct Signature {
  const char* name;
  Function function;
  const char* arguments;
  const char* usage;
};

constexpr Signature kFunctions[] = {
    {"deps", Function::Deps, "en", "deps(expression [, depth])"},
    {"rdeps", Function::Rdeps, "een", "rdeps(universe, expression [, depth])"},
    {"allpaths", Function::AllPaths, "ee", "allpaths(from, to)"},
    {"somepath", Function::SomePath, "ee", "somepath(from, to)"},
    {"kind", Function::Kind, "we", "kind(regex, expression)"},
    {"attr", Function::Attr, "wwe", "attr(name, regex, expression)"},
    {"filter", Function::Filter, "we", "filter(regex, expression)"},
    {"some", Function::Some, "en", "some(expression [, count])"},
};

const Signature* signature_of(std::string_view name) {
  const auto* at = std::find_if(std::begin(kFunctions), std::end(kFunctions),
                                [&](const Signature& known) { return known.name == name; });
  return at == std::end(kFunctions) ? nullptr : at;
}

// Every level and every operator is a call of whoever walks the expression.
constexpr int kDeepest = 200;
constexpr int kMostOperations = 5000;

class Parser {
 public:
  Parser(std::string_view text, std::vector<Token> tokens)
      : text_(text), tokens_(std::move(tokens)) {}

  Result<Expression> whole() {
    if (peek().type == Type::End) return wrong("the query is empty");
    auto out = TRY(expression());
    if (peek().type == Type::Close) return wrong("this ')' closes nothing");
    if (peek().type != Type::End) return unexpected("an operator (+, -, ^)");
    return out;
  }

 private:
  const Token& peek() const { return tokens_[at_]; }
  Token take() { return tokens_[at_ == tokens_.size() - 1 ? at_ : at_++]; }
  bool is_keyword(std::string_view word) const {
    return peek().type == Type::Word && peek().text == word;
  }

  tl::unexpected<Error> wrong(std::string message) const {
    return fail(error_at(text_, peek().column, std::move(message)));
  }
  tl::unexpected<Error> unexpected(const std::string& wanted) const {
    std::string found = peek().type == Type::End ? peek().text : "'" + peek().text + "'";
    return wrong("expected " + wanted + ", found " + found);
  }
  Result<void> expect(Type type, const std::string& wanted) {
    if (peek().type != type) return unexpected(wanted);
    take();
    return {};
  }

  std::optional<Operation::Operator> operation() const {
    using Operator = Operation::Operator;
    if (peek().type == Type::Plus || is_keyword("union")) return Operator::Union;
    if (peek().type == Type::Minus || is_keyword("except")) return Operator::Except;
    if (peek().type == Type::Caret || is_keyword("intersect")) return Operator::Intersect;
    return std::nullopt;
  }

  Result<Expression> expression() {
    if (++depth_ > kDeepest) return wrong("the query is nested too deeply");
    Expression left = TRY(term());
    while (auto op = operation()) {
      if (++operations_ > kMostOperations) return wrong("the query has too many operators");
      take();
      Expression right = TRY(term());
      std::size_t column = left.column;
      left = Expression{column, Operation{*op, std::make_unique<Expression>(std::move(left)),
                                          std::make_unique<Expression>(std::move(right))}};
    }
    --depth_;
    return left;
  }

  Result<Expression> term() {
    if (peek().type == Type::Open) {
      take();
      Expression inner = TRY(expression());
      TRY_VOID(expect(Type::Close, "')'"));
      return inner;
    }
    if (is_keyword("let")) return let();
    if (peek().type == Type::Quoted) {
      Token token = take();
      return Expression{token.column, Word{std::move(token.text)}};
    }
    if (peek().type != Type::Word || operation() || is_keyword("in")) {
      return unexpected("a recipe, a function or '('");
    }
    Token token = take();
    if (peek().type == Type::Open) return token.text == "set" ? listing(token) : call(token);
    if (token.text.starts_with('$'))
      return Expression{token.column, Variable{token.text.substr(1)}};
    return Expression{token.column, Word{std::move(token.text)}};
  }

  Result<Expression> let() {
    Token keyword = take();
    if (peek().type != Type::Word) return unexpected("a name after 'let'");
    Let out;
    out.name = take().text;
    TRY_VOID(expect(Type::Equals, "'=' after 'let " + out.name + "'"));
    out.value = std::make_unique<Expression>(TRY(expression()));
    if (!is_keyword("in")) return unexpected("'in' after the value of " + out.name);
    take();
    out.body = std::make_unique<Expression>(TRY(expression()));
    return Expression{keyword.column, std::move(out)};
  }

  Result<Expression> listing(const Token& name) {
    take();
    Listing out;
    while (peek().type == Type::Word || peek().type == Type::Quoted) {
      Token word = take();
      out.words.push_back(Expression{word.column, Word{std::move(word.text)}});
    }
    TRY_VOID(expect(Type::Close, "a word or ')'"));
    return Expression{name.column, std::move(out)};
  }

  Result<Expression> call(const Token& name) {
    const Signature* signature = signature_of(name.text);
    if (signature == nullptr) {
      std::vector<std::string> known{"set"};
      for (const auto& one : kFunctions) known.emplace_back(one.name);
      return fail(
          error_at(text_, name.column,
                   "there is no function '" + name.text + "'" + suggestion(name.text, known)));
    }
    take();
    Call out;
    out.function = signature->function;
    bool first = true;
    for (std::string_view rest = signature->arguments; !rest.empty(); rest.remove_prefix(1)) {
      if (rest[0] == 'n' && peek().type == Type::Close) break;
      if (!first) TRY_VOID(expect(Type::Comma, "',' as in " + std::string(signature->usage)));
      first = false;
      TRY_VOID(argument(rest[0], *signature, out));
    }
    TRY_VOID(expect(Type::Close, "')' as in " + std::string(signature->usage)));
    return Expression{name.column, std::move(out)};
  }

  Result<void> argument(char kind, const Signature& signature, Call& out) {
    if (kind == 'e') {
      if (peek().type == Type::Close) {
        return unexpected("an expression as in " + std::string(signature.usage));
      }
      out.expressions.push_back(TRY(expression()));
    } else if (kind == 'w') {
      if (peek().type != Type::Word && peek().type != Type::Quoted) {
        return unexpected("a word as in " + std::string(signature.usage));
      }
      out.words.push_back(take().text);
    } else {
      const std::string& text = peek().text;
      auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), out.number);
      if (failure != std::errc() || end != text.data() + text.size()) {
        return unexpected("a number as in " + std::string(signature.usage));
      }
      take();
    }
    return {};
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  int depth_ = 0, operations_ = 0;
};

}  // namespace

Error error_at(std::string_view text, std::size_t column, std::string message) {
  return Error{Blame::Input,
               std::move(message) + " (column " + std::to_string(column + 1) + ")",
               {std::string(text), std::string(column, ' ') + "^"},
               Kind::Plain};
}

Result<Expression> parse(std::string_view text) {
  auto tokens = TRY(tokens_of(text));
  return Parser(text, std::move(tokens)).whole();
}

}  // namespace hitz::query

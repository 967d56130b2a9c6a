// SPDX-License-Identifier: Apache-2.0
#include "engine/signature/shell_lexer.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "engine/signature/shell_word.h"

namespace hitz::signature {

namespace {

using enum TokenKind;

constexpr char kNoDelimiter = '\0';
constexpr std::string_view kOperatorStarts = "&|;<>()";

std::optional<TokenKind> operator_kind(std::string_view text) {
  static const std::unordered_map<std::string_view, TokenKind> kOperators = {
      {"&&", AndIf},        {"||", OrIf},          {";;", DoubleSemi}, {"<<", HereDoc},
      {"<<-", HereDocDash}, {">>", DoubleGreater}, {"<&", LessAnd},    {">&", GreaterAnd},
      {"<>", LessGreater},  {">|", Clobber},       {"&", Amp},         {";", Semi},
      {"<", Less},          {">", Greater},        {"(", LeftParen},   {")", RightParen}};
  auto found = kOperators.find(text);
  if (found == kOperators.end()) return std::nullopt;
  return found->second;
}

bool may_become_operator(std::string_view text) {
  return text == "|" || operator_kind(text).has_value();
}

std::optional<TokenKind> reserved_kind(std::string_view text) {
  static const std::unordered_map<std::string_view, TokenKind> kReserved = {
      {"if", If},       {"then", Then}, {"else", Else},   {"elif", Elif},    {"fi", Fi},
      {"do", Do},       {"done", Done}, {"case", Case},   {"esac", Esac},    {"while", While},
      {"until", Until}, {"for", For},   {"{", LeftBrace}, {"}", RightBrace}, {"!", Bang},
      {"in", In},       {"|", Pipe}};
  auto found = kReserved.find(text);
  if (found == kReserved.end()) return std::nullopt;
  return found->second;
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return c == '_' || (c < 128 && std::isalnum(c) != 0);
  });
}

bool is_number(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// What the characters read so far are; decided for good when they are pushed.
enum class Raw { Word, Operator, Comment, Newline };

struct RawToken {
  std::string text;
  Raw raw = Raw::Word;
  char delimiter = kNoDelimiter;
};

// The rest of a here-document's line waits in `waiting` until its body has been read, which comes
// first in the grammar.
struct HereDocument {
  bool open = false;
  bool dash = false;
  std::optional<std::string> name;
  std::vector<RawToken> waiting;
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Result<std::vector<Token>> run() {
    while (at_ < text_.size()) TRY_VOID(step());
    TRY_VOID(push(kNoDelimiter));
    if (here_.open) return input_error("a here-document has no end");
    return std::move(tokens_);
  }

 private:
  Result<void> step() {
    char c = text_[at_];
    if (c == '\n') return newline();
    if (c == '\\' || c == '\'' || c == '"' || c == '`' || c == '$') {
      token_ += whole_text(TRY(read_quoted(text_, at_)));
      return {};
    }
    if (kOperatorStarts.find(c) != std::string_view::npos) {
      TRY_VOID(push(c));
      return read_operator();
    }
    if (c == ' ' || c == '\t') {
      TRY_VOID(push(c));
      ++at_;
    } else if (c == '#' && token_.empty()) {
      return comment();
    } else {
      token_ += c;
      ++at_;
    }
    return {};
  }

  Result<void> newline() {
    TRY_VOID(push('\n'));
    token_ = "\n";
    raw_ = Raw::Newline;
    ++at_;
    TRY_VOID(push(kNoDelimiter));
    return body_follows_ ? read_body() : Result<void>();
  }

  Result<void> comment() {
    std::size_t end = text_.find('\n', at_);
    if (end == std::string_view::npos && at_ + 1 < text_.size())
      return input_error("the shell code ends within a comment");
    raw_ = Raw::Comment;
    token_ = text_.substr(at_ + 1, end == std::string_view::npos ? end : end - at_ - 1);
    at_ = std::min(end, text_.size());
    return {};
  }

  Result<void> read_operator() {
    raw_ = Raw::Operator;
    token_ = text_[at_++];
    while (at_ < text_.size() && may_become_operator(token_ + text_[at_])) token_ += text_[at_++];
    return push(at_ < text_.size() ? text_[at_] : kNoDelimiter);
  }

  // A line's end may be escaped: such lines are one.
  std::size_t end_of_body_line() const {
    for (std::size_t i = at_; i < text_.size(); ++i) {
      if (text_[i] == '\\') {
        ++i;
      } else if (text_[i] == '\n') {
        return i;
      }
    }
    return std::string_view::npos;
  }

  Result<void> read_body() {
    body_follows_ = false;
    if (here_.name->empty() || at_ >= text_.size())
      return input_error("a here-document has no body");
    HereDocument here = std::exchange(here_, {});
    std::string body;
    while (true) {
      std::size_t end = end_of_body_line();
      bool last = end == std::string_view::npos;
      std::string_view line = text_.substr(at_, last ? end : end - at_);
      at_ = last ? text_.size() : end + 1;
      if (here.dash) line.remove_prefix(std::min(line.find_first_not_of('\t'), line.size()));
      if (line == *here.name) break;
      body += line;
      if (last) break;
      body += '\n';
    }
    here.waiting.insert(here.waiting.begin(),
                        RawToken{std::move(body), Raw::Word, here.name->front()});
    for (auto& waiting : here.waiting) {
      token_ = std::move(waiting.text);
      raw_ = waiting.raw;
      TRY_VOID(push(waiting.delimiter));
    }
    return body_follows_ ? read_body() : Result<void>();
  }

  // Ends the token that has been read, if any; delimiter is the character that ended it.
  Result<void> push(char delimiter) {
    if (token_.empty()) return {};
    TokenKind kind = Word;
    if (here_.open && !here_.name) {
      if (raw_ != Raw::Word)
        return input_error("a here-document has no name before '" + token_ + "'");
      here_.name = unquoted(TRY(read_word(token_)));
      kind = HereName;
    } else if (here_.open) {
      body_follows_ = raw_ == Raw::Newline;
      here_.waiting.push_back(
          {std::exchange(token_, {}), std::exchange(raw_, Raw::Word), delimiter});
      return {};
    } else if (raw_ == Raw::Comment) {
      token_.clear();
      raw_ = Raw::Word;
      return {};
    } else {
      kind = classify(delimiter);
    }
    here_.open = here_.open || kind == HereDoc || kind == HereDocDash;
    if (kind == HereDoc || kind == HereDocDash) here_.dash = kind == HereDocDash;
    if (since_for_ && ++*since_for_ == 3) since_for_.reset();
    tokens_.push_back({kind, std::exchange(token_, {})});
    raw_ = Raw::Word;
    return {};
  }

  TokenKind classify(char delimiter) {
    if (raw_ == Raw::Newline) return Newline;
    if (raw_ == Raw::Operator) {
      if (auto kind = operator_kind(token_)) return *kind;
    }
    std::size_t equal = token_.find('=');
    if (equal != std::string::npos && delimiter == kNoDelimiter)
      return is_name(std::string_view(token_).substr(0, equal)) ? Assignment : Word;
    if (auto kind = reserved_kind(token_)) {
      // "in" is a reserved word only as the third token of a for or a case.
      if (*kind == In && since_for_ != 2) return Word;
      if (*kind == For || *kind == Case) since_for_ = 0;
      return *kind;
    }
    if ((delimiter == '<' || delimiter == '>') && is_number(token_)) return IoNumber;
    return Word;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string token_;
  Raw raw_ = Raw::Word;
  HereDocument here_;
  bool body_follows_ = false;
  std::optional<int> since_for_;
  std::vector<Token> tokens_;
};

}  // namespace

Result<std::vector<Token>> shell_tokens(std::string_view text) {
  return Lexer(text).run();
}

}  // namespace hitz::signature

// SPDX-License-Identifier: Apache-2.0
// Words are read as BitBake's shell parser reads them, with its rules of thumb: the first ) ends a
// $( … ), whatever brackets stand within, and a $ at the very end of a word is an error.

#include "engine/signature/shell_word.h"

namespace hitz::signature {

namespace {

constexpr std::string_view kNameCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
constexpr std::string_view kSpecialParameters = "@*#?-$!0";

WordPart plain(std::string_view text) {
  WordPart out;
  out.text = text;
  return out;
}

tl::unexpected<Error> unclosed(std::string_view open) {
  return input_error("the shell code ends within " + std::string(open));
}

class QuoteReader {
 public:
  QuoteReader(std::string_view text, std::size_t& at) : text_(text), at_(at) {}

  Result<WordPart> read(std::string_view around) {
    if (at_ >= text_.size()) return unclosed("a word");
    char c = text_[at_++];
    switch (c) {
      case '\'': return single_quoted();
      case '\\': return escaped(around);
      case '"': return until("\"", "\"", "$\\`\"");
      case '`': return until("`", "`", "$\\`\"'");
      default: return dollar();
    }
  }

 private:
  Result<WordPart> single_quoted() {
    std::size_t end = text_.find('\'', at_);
    if (end == std::string_view::npos) return unclosed("single quotes");
    WordPart out{"'", "'", "", {plain(text_.substr(at_, end - at_))}};
    at_ = end + 1;
    return out;
  }

  // Within quotes a backslash is itself before most characters; it never outlives a line's end.
  Result<WordPart> escaped(std::string_view around) {
    if (at_ >= text_.size()) return unclosed("an escape");
    char c = text_[at_++];
    if (c == '\n') return plain("");
    std::string_view escapable = around == "`" ? "$\\`" : "$\\`\"";
    bool counts = (around != "`" && around != "\"") || escapable.find(c) != std::string_view::npos;
    std::string letter(1, c);
    if (!counts) return plain("\\" + letter);
    return WordPart{"\\", "", "", {plain(letter)}};
  }

  Result<WordPart> until(std::string_view open, std::string_view close, std::string_view stops) {
    WordPart out{std::string(open), std::string(close), "", {}};
    while (true) {
      std::size_t end = text_.find_first_of(stops, at_);
      if (end == std::string_view::npos) return unclosed(open);
      if (end != at_) out.parts.push_back(plain(text_.substr(at_, end - at_)));
      at_ = end;
      if (text_[at_] == close[0]) {
        ++at_;
        return out;
      }
      out.parts.push_back(TRY(read(open)));
    }
  }

  Result<WordPart> dollar() {
    if (at_ >= text_.size()) return unclosed("$");
    char c = text_[at_];
    if (c == '(') {
      if (++at_ >= text_.size()) return unclosed("$(");
      if (text_[at_] == '(') return input_error("$((…)) is not understood");
      return until("$(", ")", "$\\`\"')");
    }
    if (c == '{') {
      ++at_;
      return until("${", "}", "$\\`\"'}");
    }
    std::size_t end = kSpecialParameters.find(c) != std::string_view::npos
                          ? at_ + 1
                          : std::min(text_.find_first_not_of(kNameCharacters, at_), text_.size());
    if (end == at_) return plain("$");
    WordPart out{"$", "", "", {plain(text_.substr(at_, end - at_))}};
    at_ = end;
    return out;
  }

  std::string_view text_;
  std::size_t& at_;
};

void append_whole(const WordPart& part, std::string& out);

void append_inner(const WordPart& part, std::string& out) {
  out += part.text;
  for (const auto& child : part.parts) append_whole(child, out);
}

void append_whole(const WordPart& part, std::string& out) {
  out += part.open;
  append_inner(part, out);
  out += part.close;
}

void append_unquoted(const WordPart& part, std::string& out) {
  bool quotes = part.open == "'" || part.open == "\"" || part.open == "\\";
  if (!quotes) out += part.open;
  out += part.text;
  for (const auto& child : part.parts) append_unquoted(child, out);
  if (!quotes) out += part.close;
}

}  // namespace

Result<WordPart> read_quoted(std::string_view text, std::size_t& at) {
  return QuoteReader(text, at).read("");
}

Result<WordPart> read_word(std::string_view word) {
  WordPart out;
  std::size_t at = 0;
  while (at < word.size()) {
    std::size_t end = std::min(word.find_first_of("\\$`'\"", at), word.size());
    if (end != at) out.parts.push_back(plain(word.substr(at, end - at)));
    at = end;
    if (at < word.size()) out.parts.push_back(TRY(read_quoted(word, at)));
  }
  return out;
}

std::string inner_text(const WordPart& part) {
  std::string out;
  append_inner(part, out);
  return out;
}

std::string whole_text(const WordPart& part) {
  std::string out;
  append_whole(part, out);
  return out;
}

std::string unquoted(const WordPart& word) {
  std::string out;
  append_unquoted(word, out);
  return out;
}

}  // namespace hitz::signature

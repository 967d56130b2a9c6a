// SPDX-License-Identifier: Apache-2.0
#include "engine/signature/json.h"

#include <charconv>
#include <cstdint>

#include <fmt/format.h>

namespace hitz::signature {

namespace {

constexpr int kDeepest = 64;

// The code point at text[at] of valid UTF-8; at moves past it. A stray byte stands for itself, as
// Python's surrogateescape has it.
std::uint32_t next_code_point(std::string_view text, std::size_t& at) {
  auto byte = [&](std::size_t i) -> unsigned { return static_cast<unsigned char>(text[i]); };
  unsigned first = byte(at++);
  std::size_t more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : 0;
  if (first < 0x80) return first;
  if (more == 0 || at + more > text.size()) return 0xDC00 + first;
  std::uint32_t out = first & (0x3FU >> more);
  for (std::size_t i = 0; i < more; ++i) {
    if ((byte(at + i) & 0xC0U) != 0x80) return 0xDC00 + first;
    out = out << 6U | (byte(at + i) & 0x3FU);
  }
  at += more;
  return out;
}

// What stands for itself.
bool is_plain(char c) {
  return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

}  // namespace

void append_json(std::string_view text, std::string& out) {
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    std::size_t plain = at;
    while (plain < text.size() && is_plain(text[plain])) ++plain;
    out.append(text, at, plain - at);
    at = plain;
    if (at == text.size()) break;
    char c = text[at];
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      case '\f': out += "\\f"; break;
      case '\b': out += "\\b"; break;
      default: {
        std::uint32_t point = next_code_point(text, at);
        if (point >= 0x10000) {
          point -= 0x10000;
          out +=
              fmt::format("\\u{:04x}\\u{:04x}", 0xD800 + (point >> 10U), 0xDC00 + (point & 0x3FFU));
        } else if (point < 0x20 || point > 0x7E) {
          out += fmt::format("\\u{:04x}", point);
        } else {
          out += c;
        }
        continue;
      }
    }
    ++at;
  }
  out += '"';
}

namespace {

void dump_value(const Json& json, std::string& out) {
  if (json.is_text()) {
    append_json(json.text(), out);
  } else if (json.is_object()) {
    out += '{';
    for (const auto& [name, member] : json.members()) {
      if (out.back() != '{') out += ',';
      append_json(name, out);
      out += ':';
      dump_value(member, out);
    }
    out += '}';
  } else if (std::holds_alternative<Json::List>(json.value)) {
    out += '[';
    for (const auto& item : json.items()) {
      if (&item != &json.items().front()) out += ',';
      dump_value(item, out);
    }
    out += ']';
  } else if (json.is_literal()) {
    out += json.text();
  } else {
    out += "null";
  }
}

void append_utf8(std::uint32_t point, std::string& out) {
  auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (point >= 0xDC80 && point <= 0xDCFF) {
    put(point - 0xDC00);
  } else if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0U | point >> 6U);
    put(0x80U | (point & 0x3FU));
  } else if (point < 0x10000) {
    put(0xE0U | point >> 12U);
    put(0x80U | (point >> 6U & 0x3FU));
    put(0x80U | (point & 0x3FU));
  } else {
    put(0xF0U | point >> 18U);
    put(0x80U | (point >> 12U & 0x3FU));
    put(0x80U | (point >> 6U & 0x3FU));
    put(0x80U | (point & 0x3FU));
  }
}

class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : text_(text) {}

  Result<Json> document() {
    Json out = TRY(value(0));
    blanks();
    if (at_ != text_.size()) return wrong();
    return out;
  }

 private:
  tl::unexpected<Error> wrong() const {
    return input_error("damaged JSON at byte " + std::to_string(at_));
  }
  void blanks() {
    while (at_ < text_.size() &&
           std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos)
      ++at_;
  }
  bool accept(char c) {
    blanks();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  Result<Json> value(int depth) {
    if (depth > kDeepest) return wrong();
    if (accept('"')) return Json(TRY(string()));
    if (accept('[')) return list(depth);
    if (accept('{')) return object(depth);
    std::size_t end = std::min(text_.find_first_of(",]} \t\r\n", at_), text_.size());
    std::string word(text_.substr(at_, end - at_));
    if (word.empty()) return wrong();
    at_ = end;
    return word == "null" ? Json() : Json(Json::Literal{std::move(word)});
  }

  Result<Json> list(int depth) {
    Json::List out;
    if (accept(']')) return Json(std::move(out));
    do out.push_back(TRY(value(depth + 1)));
    while (accept(','));
    if (!accept(']')) return wrong();
    return Json(std::move(out));
  }

  Result<Json> object(int depth) {
    Json::Object out;
    if (accept('}')) return Json(std::move(out));
    do {
      if (!accept('"')) return wrong();
      std::string name = TRY(string());
      if (!accept(':')) return wrong();
      out[std::move(name)] = TRY(value(depth + 1));
    } while (accept(','));
    if (!accept('}')) return wrong();
    return Json(std::move(out));
  }

  Result<std::uint32_t> four_digits() {
    std::uint32_t out = 0;
    if (at_ + 4 > text_.size()) return wrong();
    const char* begin = text_.data() + at_;
    if (auto [end, code] = std::from_chars(begin, begin + 4, out, 16);
        code != std::errc() || end != begin + 4)
      return wrong();
    at_ += 4;
    return out;
  }

  Result<void> escape(std::string& out) {
    if (at_ >= text_.size()) return wrong();
    char c = text_[at_++];
    constexpr std::string_view kLetters = "nrtfb\"\\/", kMeant = "\n\r\t\f\b\"\\/";
    if (std::size_t known = kLetters.find(c); known != std::string_view::npos) {
      out += kMeant[known];
      return {};
    }
    if (c != 'u') return wrong();
    std::uint32_t point = TRY(four_digits());
    bool pair = point >= 0xD800 && point < 0xDC00 && text_.substr(at_, 2) == "\\u";
    if (pair) {
      at_ += 2;
      point = 0x10000 + ((point - 0xD800) << 10U) + (TRY(four_digits()) - 0xDC00);
    }
    append_utf8(point, out);
    return {};
  }

  Result<std::string> string() {
    std::string out;
    while (at_ < text_.size() && text_[at_] != '"') {
      std::size_t end = std::min(text_.find_first_of("\"\\", at_), text_.size());
      out += text_.substr(at_, end - at_);
      at_ = end;
      if (at_ < text_.size() && text_[at_] == '\\') {
        ++at_;
        TRY_VOID(escape(out));
      }
    }
    if (at_ >= text_.size()) return wrong();
    ++at_;
    return out;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

// What stands for a part that is not there.
template <class T>
const T& nothing() {
  static const T kNothing{};
  return kNothing;
}

}  // namespace

const std::string& Json::text() const {
  if (const auto* literal = std::get_if<Literal>(&value)) return literal->text;
  const auto* out = std::get_if<std::string>(&value);
  return out != nullptr ? *out : nothing<std::string>();
}

const Json::List& Json::items() const {
  const auto* out = std::get_if<List>(&value);
  return out != nullptr ? *out : nothing<List>();
}

const Json::Object& Json::members() const {
  const auto* out = std::get_if<Object>(&value);
  return out != nullptr ? *out : nothing<Object>();
}

const Json* Json::member(const std::string& name) const {
  auto found = members().find(name);
  return found == members().end() ? nullptr : &found->second;
}

const Json& Json::operator[](const std::string& name) const {
  const Json* found = member(name);
  return found != nullptr ? *found : nothing<Json>();
}

std::string Json::dump() const {
  std::string out;
  dump_value(*this, out);
  return out;
}

Result<Json> Json::parse(std::string_view text) {
  return JsonReader(text).document();
}

}  // namespace hitz::signature

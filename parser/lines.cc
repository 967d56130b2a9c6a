// SPDX-License-Identifier: Apache-2.0
#include "parser/lines.h"

namespace hitz::parser {

namespace {

bool ascii_blank(unsigned char c) {
  return c == ' ' || (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x1f);
}

std::size_t wide_blank_length(std::string_view text) {
  if (text.substr(0, 2) == "\xc2\x85" || text.substr(0, 2) == "\xc2\xa0") return 2;
  std::string_view three = text.substr(0, 3);
  if (three == "\xe1\x9a\x80" || three == "\xe2\x81\x9f" || three == "\xe3\x80\x80") return 3;
  if (three.size() < 3 || three.substr(0, 2) != "\xe2\x80") return 0;
  auto last = static_cast<unsigned char>(three[2]);
  bool blank = (last >= 0x80 && last <= 0x8a) || last == 0xa8 || last == 0xa9 || last == 0xaf;
  return blank ? 3 : 0;
}

/// The length in bytes of the blank that a text ends with, 0 when it ends with none.
std::size_t last_blank_length(std::string_view text) {
  if (text.empty()) return 0;
  if (static_cast<unsigned char>(text.back()) < 0x80) return ascii_blank(text.back()) ? 1 : 0;
  for (std::size_t length : {2, 3}) {
    if (text.size() < length) break;
    if (wide_blank_length(text.substr(text.size() - length)) == length) return length;
  }
  return 0;
}

bool continues(std::string_view text) {
  return !text.empty() && text.back() == '\\';
}
bool comments(std::string_view text) {
  return !text.empty() && text.front() == '#';
}

/// Steps through the physical lines after a logical line's first.
struct Lines {
  std::string_view text;
  LogicalLine& into;

  bool more() const { return into.last + 1 < text.size(); }
  std::string_view next() {
    std::size_t first = into.last + 1;
    std::string_view line = physical_line(text, first);
    into.last = first + line.size();
    ++into.last_line;
    return strip_right(line);
  }
};

void set_fault(LogicalLine& into, JoinFault fault, std::uint32_t line) {
  into.fault = fault;
  into.fault_line = line;
}

/// A recipe's rule looks at each physical line alone.
void join_recipe(Lines lines) {
  LogicalLine& into = lines.into;
  std::string_view first = into.single;
  std::string_view latest = first;
  while (continues(latest)) {
    latest.remove_suffix(1);
    into.joined += latest;
    if (!lines.more()) return set_fault(into, JoinFault::Unfinished, into.last_line + 1);
    if (first.size() == 1) return set_fault(into, JoinFault::Empty, into.line);
    latest = lines.next();
    if (comments(latest) && !comments(first)) {
      return set_fault(into, JoinFault::CommentInside, into.last_line);
    }
    if (!comments(latest) && comments(first)) {
      return set_fault(into, JoinFault::CommentContinued, into.line);
    }
  }
  into.joined += latest;
}

/// A configuration's rule looks at what has been joined so far, and the file's end is a blank line.
void join_configuration(Lines lines) {
  LogicalLine& into = lines.into;
  into.joined = into.single;
  while (continues(into.joined)) {
    bool at_end = !lines.more();
    std::string_view latest = at_end ? std::string_view() : lines.next();
    if (at_end) ++into.last_line;
    if (!comments(latest) && comments(into.joined)) {
      return set_fault(into, JoinFault::CommentContinued, into.line);
    }
    into.joined.pop_back();
    into.joined += latest;
    if (into.joined.empty()) return set_fault(into, JoinFault::Empty, into.line);
  }
}

}  // namespace

std::size_t blank_length(std::string_view text) {
  if (text.empty()) return 0;
  auto c = static_cast<unsigned char>(text.front());
  if (c < 0x80) return ascii_blank(c) ? 1 : 0;
  return wide_blank_length(text);
}

std::string_view strip_left(std::string_view text) {
  while (std::size_t length = blank_length(text)) text.remove_prefix(length);
  return text;
}

std::string_view strip_right(std::string_view text) {
  while (std::size_t length = last_blank_length(text)) text.remove_suffix(length);
  return text;
}

std::vector<std::string> blank_words(std::string_view text) {
  std::vector<std::string> out;
  for (text = strip_left(text); !text.empty(); text = strip_left(text)) {
    std::size_t end = 0;
    while (end < text.size() && blank_length(text.substr(end)) == 0) ++end;
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return out;
}

std::string_view physical_line(std::string_view text, std::size_t first) {
  return text.substr(first, text.find('\n', first) - first);
}

LogicalLine logical_line(std::string_view text, std::size_t first, std::uint32_t line,
                         Dialect dialect) {
  LogicalLine out;
  std::string_view physical = physical_line(text, first);
  out.first = first;
  out.last = first + physical.size();
  out.line = out.last_line = line;
  out.single = strip_right(physical);
  if (!continues(out.single)) return out;
  Lines lines{text, out};
  dialect == Dialect::Recipe ? join_recipe(lines) : join_configuration(lines);
  return out;
}

std::string without_continuations(std::string_view stretch) {
  std::string out;
  for (std::size_t end = stretch.find('\n'); end != std::string_view::npos;
       end = stretch.find('\n')) {
    std::string_view piece = strip_right(stretch.substr(0, end));
    if (continues(piece)) piece.remove_suffix(1);
    out += piece;
    stretch.remove_prefix(end + 1);
  }
  return out += stretch;
}

}  // namespace hitz::parser

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "engine/base/text.h"
#include "parser/directive.h"
#include "parser/lines.h"

namespace hitz::parser {

namespace {

/// The text after a keyword and its blanks, up to a character that ends it. Where nothing else is
/// left the last of several blanks is the text, as in an expression "keyword\s+(.+)".
std::optional<std::string_view> argument(std::string_view line, char stop = '\0') {
  while (!line.empty() && blank_length(line) == 0) line.remove_prefix(1);
  if (stop != '\0') line = line.substr(0, line.find(stop));
  std::string_view rest = strip_left(line);
  if (!rest.empty()) return rest;
  std::size_t first = blank_length(line);
  if (first == line.size()) return std::nullopt;
  while (blank_length(line) < line.size()) line.remove_prefix(blank_length(line));
  return line;
}

/// Takes the text after the last blank that leaves something on both sides; none without one.
std::optional<std::string_view> take_last(std::string_view& text) {
  for (std::size_t at = text.size(); at-- > 1;) {
    std::size_t length = blank_length(text.substr(at));
    if (length == 0 || at + length == text.size()) continue;
    std::string_view last = text.substr(at + length);
    text = text.substr(0, at);
    return last;
  }
  return std::nullopt;
}

std::optional<Body> pylib(std::string_view text) {
  auto package = take_last(text);
  if (!package) return std::nullopt;
  return AddPylib{std::string(text), std::string(*package)};
}

std::optional<Body> fragments(std::string_view text) {
  auto builtin = take_last(text);
  auto flagged = builtin ? take_last(text) : builtin;
  auto enabled = flagged ? take_last(text) : flagged;
  if (!enabled) return std::nullopt;
  return AddFragments{std::string(text), std::string(*enabled), std::string(*flagged),
                      std::string(*builtin)};
}

std::vector<std::string> split_at(std::string_view text, std::string_view separator) {
  std::vector<std::string> out;
  for (std::size_t end = text.find(separator); end != std::string_view::npos;
       end = text.find(separator)) {
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(end + separator.size());
  }
  out.emplace_back(text);
  return out;
}

/// The text between one keyword and the next of the other kind, all of it together and without a
/// blank between what two such stretches hold.
std::string stretches(std::string_view text, std::string_view from, std::string_view to) {
  std::string out;
  for (const std::string& part : split_at(text, to)) {
    std::vector<std::string> pieces = split_at(part, from);
    pieces.erase(pieces.begin());
    out += join(pieces, " ");
  }
  return out;
}

std::string task_name(const std::string& name) {
  return name.starts_with("do_") ? name : "do_" + name;
}

std::vector<std::string> task_names(std::string_view text) {
  std::vector<std::string> out;
  for (const std::string& word : blank_words(text)) out.push_back(task_name(word));
  return out;
}

std::optional<Body> tasks_of_wrynose(std::string_view line) {
  auto text = argument(line, '#');
  if (!text) return std::nullopt;
  std::string names = split_at(split_at(*text, " before ")[0], " after ")[0];
  return AddTask{task_names(names), task_names(stretches(*text, " before ", " after ")),
                 task_names(stretches(*text, " after ", " before "))};
}

bool word_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

std::size_t word_length(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size() && word_character(text[length]) &&
         blank_length(text.substr(length)) == 0) {
    ++length;
  }
  return length;
}

/// The older release's addtask: one name, then "before" and "after", each taking the text up to the
/// last of the other's occurrences; a repeated keyword replaces what it took before.
struct OldAddTask {
  std::string_view name, before, after, ignored;

  explicit OldAddTask(std::string_view text) {
    std::size_t length = word_length(text);
    name = text.substr(0, length);
    ignored = text.substr(length);
    text = strip_left(ignored);
    while (text.starts_with("before") || text.starts_with("after")) {
      bool is_before = text.starts_with("before");
      text = strip_left(text.substr(is_before ? 6 : 5));
      std::size_t end = std::min(text.rfind(is_before ? "after" : "before"), text.size());
      (is_before ? before : after) = text.substr(0, end);
      text.remove_prefix(end);
      ignored = {};
    }
  }
};

std::optional<Body> task_of_scarthgap(std::string_view line) {
  auto text = argument(line);
  if (!text) return std::nullopt;
  OldAddTask task(*text);
  if (task.name.empty()) return std::nullopt;
  return AddTask{
      {task_name(std::string(task.name))}, blank_words(task.before), blank_words(task.after)};
}

}  // namespace

std::optional<Body> directive(NodeKind kind, std::string_view line, Release release,
                              std::string_view class_name) {
  bool wrynose = release == Release::Wrynose;
  if (kind == NodeKind::AddTask) {
    return wrynose ? tasks_of_wrynose(line) : task_of_scarthgap(line);
  }
  auto text = argument(line, kind == NodeKind::DelTask && wrynose ? '#' : '\0');
  if (!text) return std::nullopt;
  switch (kind) {
    case NodeKind::Inherit: return Inherit{std::string(*text), Inherit::When::Now};
    case NodeKind::InheritDefer: return Inherit{std::string(*text), Inherit::When::Deferred};
    case NodeKind::Include: return Include{std::string(*text), Include::Mode::Optional};
    case NodeKind::Require: return Include{std::string(*text), Include::Mode::Required};
    case NodeKind::IncludeAll:
      if (!wrynose) return std::nullopt;
      return Include{std::string(*text), Include::Mode::Everywhere};
    case NodeKind::DelTask: return DelTask{std::string(*text)};
    case NodeKind::AddHandler: return AddHandler{blank_words(*text)};
    case NodeKind::ExportFunctions:
      return ExportFunctions{blank_words(*text), std::string(class_name)};
    case NodeKind::AddPylib: return pylib(*text);
    case NodeKind::AddFragments: return wrynose ? fragments(*text) : std::nullopt;
    default: return std::nullopt;
  }
}

std::string ignored_in_addtask(std::string_view line) {
  std::string_view ignored = OldAddTask(argument(line).value_or("")).ignored;
  if (!strip_left(ignored).empty()) {
    return fmt::format("addtask takes one name; ignored: '{}'", ignored);
  }
  std::vector<std::string> words = blank_words(line);
  for (std::string_view keyword : {"before", "after"}) {
    if (std::count(words.begin(), words.end(), keyword) > 1) {
      return fmt::format("addtask takes one '{}', and here are several", keyword);
    }
  }
  return "";
}

std::optional<std::string> keyword_in_task(std::string_view line) {
  constexpr std::array<std::string_view, 3> kKeywords = {":append_", ":prepend_", ":remove_"};
  for (std::string& word : blank_words(line)) {
    bool holds = std::any_of(kKeywords.begin(), kKeywords.end(), [&](std::string_view keyword) {
      return word.find(keyword) != std::string_view::npos;
    });
    if (holds) return std::move(word);
  }
  return std::nullopt;
}

}  // namespace hitz::parser

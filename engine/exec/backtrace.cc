// SPDX-License-Identifier: Apache-2.0
#include "engine/exec/backtrace.h"

#include <cstdlib>
#include <optional>
#include <vector>

#include "engine/base/file.h"
#include "engine/base/text.h"

namespace hitz::exec {

namespace {

constexpr std::string_view kBegins = "WARNING: Backtrace (BB generated script)";
constexpr std::string_view kLine = ", line ";
constexpr std::string_view kComment = "# line: ";
constexpr std::string_view kFile = ", file: ";

// "\t#1: function, file, line 7"
struct Frame {
  std::string number, function, file;
  int line = 0;
};

std::optional<Frame> frame_of(const std::string& text) {
  std::size_t hash = text.find('#'), colon = text.find(": ", hash), comma = text.find(", ", colon),
              line = text.rfind(kLine);
  if (hash == std::string::npos || colon == std::string::npos || comma == std::string::npos ||
      line == std::string::npos || line < comma)
    return std::nullopt;
  return Frame{text.substr(hash + 1, colon - hash - 1), text.substr(colon + 2, comma - colon - 2),
               text.substr(comma + 2, line - comma - 2),
               std::atoi(text.c_str() + line + kLine.size())};
}

std::vector<Frame> frames_of(const std::string& log, std::size_t from) {
  std::vector<Frame> out;
  std::string text = read_file(log).value_or("");
  std::size_t at = text.rfind(kBegins);
  if (at == std::string::npos || at < from) return out;
  auto lines = split(std::string_view(text).substr(at), '\n');
  for (std::size_t i = 1; i < lines.size(); ++i) {
    if (auto frame = frame_of(lines[i])) out.push_back(std::move(*frame));
  }
  return out;
}

// A place in the script as one in metadata: the function's comment stands two lines above its
// first.
bool place(Frame& frame, const std::vector<std::string>& script) {
  for (int i = std::min(frame.line, static_cast<int>(script.size())) - 1; i >= 0; --i) {
    const std::string& line = script[static_cast<std::size_t>(i)];
    std::size_t file = line.find(kFile);
    if (!line.starts_with(kComment) || file == std::string::npos) continue;
    frame.line = frame.line - i - 2 + std::atoi(line.c_str() + kComment.size());
    frame.file = line.substr(file + kFile.size());
    return true;
  }
  return false;
}

}  // namespace

std::string backtrace(const std::string& log, std::size_t from, const std::string& script,
                      const std::string& script_path) {
  auto frames = frames_of(log, from);
  if (frames.size() < 2) return "";
  frames.pop_back();  // the call at the script's end
  auto lines = split(script, '\n');
  std::string out;
  for (auto& frame : frames) {
    if (frame.file == script_path && !place(frame, lines)) continue;
    out += "\n\t#" + frame.number + ": " + frame.function + ", " + frame.file + ", line " +
           std::to_string(frame.line);
  }
  return out.empty() ? "" : "\nBacktrace (metadata-relative locations):" + out;
}

}  // namespace hitz::exec

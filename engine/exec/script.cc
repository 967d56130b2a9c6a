// SPDX-License-Identifier: Apache-2.0
#include "engine/exec/script.h"

#include <algorithm>
#include <set>

#include "engine/base/text.h"

namespace hitz::exec {

namespace {

using data::Expand;

constexpr std::string_view kPrologue = R"(#!/bin/sh

# Says where a failing command was, as far as the shell can tell.
hitz_exit() {
    ret=$?
    if [ "$ret" != 0 ]; then
        echo "WARNING: exit code $ret from a shell command."
    fi
    exit $ret
}
trap 'hitz_exit' 0
set -e
)";

constexpr std::string_view kEpilogue = R"(
# cleanup
ret=$?
trap '' 0
exit $ret
)";

bool truth(const std::string& text) {
  return text == "1" || text == "y" || text == "yes" || text == "true" || text == "True";
}

Result<std::string> flag_text(data::Store& d, const std::string& name, std::string_view flag,
                              Expand expand = Expand::Yes) {
  data::Value value = TRY(d.get_flag(name, flag, expand));
  if (const std::string* text = data::text_of(value)) return *text;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  return std::string();
}

std::string quoted(const std::string& value) {
  std::string out;
  for (char c : value) {
    if (c == '"' || c == '`' || c == '$') out += '\\';
    if (c == '\n') out += " \\";
    out += c;
  }
  return out;
}

Result<std::string> emit_variable(data::Store& d, const std::string& name) {
  bool exported = truth(TRY(flag_text(d, name, "export")));
  bool unexported = truth(TRY(flag_text(d, name, "unexport")));
  if (!exported && !unexported) return std::string();
  if (name.find_first_of("-.{}+") != std::string::npos) return std::string();
  if (unexported) return "unset " + name + "\n";
  data::Value value = TRY(d.get(name));
  const std::string* text = data::text_of(value);
  if (text == nullptr) return std::string();
  return "export " + name + "=\"" + quoted(*text) + "\"\n";
}

Result<std::string> emit_definition(data::Store& d, const std::string& name) {
  std::string body = TRY(d.text(name));
  while (body.ends_with('\n')) body.pop_back();
  std::string line = TRY(flag_text(d, name, "lineno", Expand::No)),
              file = TRY(flag_text(d, name, "filename", Expand::No));
  return "# line: " + line + ", file: " + file + "\n" + TRY(d.expand(name)) + "() {\n" + body +
         "\n}\n\n";
}

Result<std::set<std::string>> called_by(data::Store& d, const std::string& name,
                                        signature::ShellScanner& scanner) {
  std::set<std::string> out = *TRY(scanner.commands(TRY(d.text(name))));
  for (auto& word : words(TRY(flag_text(d, name, "vardeps")))) out.insert(std::move(word));
  return out;
}

}  // namespace

Result<std::string> emit_function(data::Store& d, const std::string& function,
                                  signature::ShellScanner& scanner) {
  std::string out;
  auto exported = d.list("__exportlist");
  std::sort(exported.begin(), exported.end());
  for (const auto& name : exported) {
    if (!name.starts_with("__") && !d.has_flag(name, "func")) out += TRY(emit_variable(d, name));
  }
  out += "\n";
  out += TRY(emit_definition(d, function));
  std::set<std::string> seen, open = TRY(called_by(d, function, scanner));
  while (!open.empty()) {
    std::set<std::string> next;
    seen.insert(open.begin(), open.end());
    for (const auto& name : open) {
      if (!d.has_flag(name, "func") || d.has_flag(name, "python")) continue;
      out += TRY(emit_definition(d, name));
      for (const auto& called : TRY(called_by(d, name, scanner))) {
        if (!seen.contains(called)) next.insert(called);
      }
    }
    open = std::move(next);
  }
  return out;
}

Result<std::string> shell_script(data::Store& d, const std::string& function,
                                 const std::string& cwd, signature::ShellScanner& scanner) {
  d.erase_flag("PWD", "export");
  std::string out(kPrologue);
  out += TRY(emit_function(d, function, scanner));
  if (truth(TRY(d.text("BB_VERBOSE_LOGS")))) out += "set -x\n";
  if (!cwd.empty()) out += "cd '" + cwd + "'\n";
  out += function + "\n";
  return out += kEpilogue;
}

Result<std::map<std::string, std::string>> exported_variables(data::Store& d) {
  std::map<std::string, std::string> out;
  for (const auto& name : d.list("__exportlist")) {
    if (name.starts_with("__") || !truth(TRY(flag_text(d, name, "export"))) ||
        truth(TRY(flag_text(d, name, "unexport"))))
      continue;
    auto value = d.get(name);
    const std::string* text = value ? data::text_of(*value) : nullptr;
    if (text != nullptr) out[name] = *text;
  }
  return out;
}

}  // namespace hitz::exec

// SPDX-License-Identifier: Apache-2.0
#include "engine/exec/script.h"

#include <algorithm>
#include <functional>
#include <set>

#include "engine/base/text.h"
#include "engine/signature/truth.h"

namespace hitz::exec {

namespace {

using data::Expand;

constexpr std::string_view kEpilogue = R"(
# cleanup
ret=$?
trap '' 0
exit $ret
)";

Result<std::string> flag_text(data::Store& d, const std::string& name, std::string_view flag,
                              Expand expand = Expand::Yes) {
  data::Value value = TRY(d.get_flag(name, flag, expand));
  if (const std::string* text = data::text_of(value)) return *text;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  return std::string(flag == "lineno" || flag == "filename" ? "None" : "");
}

std::string quoted(const std::string& value, data::Family::Release release) {
  std::string out;
  for (char c : value) {
    bool special =
        c == '"' || c == '$' || (c == '`' && release != data::Family::Release::Scarthgap);
    if (special) out += '\\';
    if (c == '\n') out += " \\";
    out += c;
  }
  return out;
}

bool is_shell_function(data::Store& d, const std::string& name) {
  return d.has_flag(name, "func") && !d.has_flag(name, "python");
}

Result<std::string> definition(data::Store& d, const std::string& name, std::string body) {
  while (body.ends_with('\n')) body.pop_back();
  return "# line: " + TRY(flag_text(d, name, "lineno", Expand::No)) +
         ", file: " + TRY(flag_text(d, name, "filename", Expand::No)) + "\n" + TRY(d.expand(name)) +
         "() {\n" + body + "\n}\n";
}

// A variable or a shell function as the script has it; "" for one that it does not show. A function
// handed down by the environment is defined again.
Result<std::string> emit(data::Store& d, const std::string& name) {
  bool function = d.has_flag(name, "func");
  if (function && d.has_flag(name, "python")) return std::string();
  bool exported = TRY(signature::truth_of(TRY(d.get_flag(name, "export"))));
  bool unexported = TRY(signature::truth_of(TRY(d.get_flag(name, "unexport"))));
  if (!exported && !unexported && !function) return std::string();
  auto value = d.get(name);
  if (!value) {
    std::string_view kind = value.error().kind == Kind::Expansion ? "ExpansionError" : "Exception";
    return "# expansion of " + name + " threw " + std::string(kind) + ": " + value.error().message +
           "\n";
  }
  if (name.find_first_of("-.{}+") != std::string::npos) return std::string();
  std::string expanded = TRY(d.expand(name));
  if (unexported) return "unset " + expanded + "\n";
  if (!data::is_set(*value)) return std::string();
  std::string text = data::text_of(*value) != nullptr ? *data::text_of(*value) : TRY(d.text(name));
  constexpr std::string_view kHandedDown = "BASH_FUNC_";
  if (expanded.starts_with(kHandedDown) && expanded.size() >= kHandedDown.size() + 2) {
    std::string plain = expanded.substr(kHandedDown.size());
    plain.resize(plain.size() - 2);  // the name ends in %%, the text begins with "() "
    return plain + "() " + text.substr(std::min<std::size_t>(3, text.size())) + "\nexport -f " +
           plain + "\n" + (function ? "\n" : "");
  }
  if (function) return TRY(definition(d, name, std::move(text))) + "\n";
  return "export " + expanded + "=\"" + quoted(text, d.family().release) + "\"\n";
}

Result<std::set<std::string>> called_by(data::Store& d, const std::string& name,
                                        signature::ShellScanner& scanner) {
  std::set<std::string> out = *TRY(scanner.commands(TRY(d.text(name)), d.family().release));
  for (auto& word : words(TRY(flag_text(d, name, "vardeps")))) out.insert(std::move(word));
  return out;
}

struct Calls {
  std::function<bool(const std::string&)> counts;
  std::function<Result<std::string>(const std::string&)> text;
  std::function<Result<std::set<std::string>>(const std::string&)> called;
};

// The texts of the functions that one calls, breadth first; itself only when it is called again.
Result<std::string> texts_of_called(const std::string& function, const Calls& calls) {
  std::string out;
  std::set<std::string> seen, open = TRY(calls.called(function));
  while (!open.empty()) {
    std::set<std::string> next;
    seen.insert(open.begin(), open.end());
    for (const auto& name : open) {
      if (!calls.counts(name)) continue;
      out += TRY(calls.text(name));
      next.merge(TRY(calls.called(name)));
    }
    std::erase_if(next, [&](const std::string& name) { return seen.contains(name); });
    open = std::move(next);
  }
  return out;
}

}  // namespace

Result<std::string> emit_function(data::Store& d, const std::string& function,
                                  signature::ShellScanner& scanner) {
  std::string out;
  auto candidates = d.list("__exportlist");
  std::sort(candidates.begin(), candidates.end());
  for (const auto& name : candidates) {
    if (!name.starts_with("__") && !d.has_flag(name, "func")) out += TRY(emit(d, name));
  }
  out += "\n";
  out += TRY(emit(d, function));
  out += TRY(texts_of_called(
      function, {[&](const std::string& name) { return is_shell_function(d, name); },
                 [&](const std::string& name) { return emit(d, name); },
                 [&](const std::string& name) { return called_by(d, name, scanner); }}));
  return out;
}

Result<std::string> shell_script(data::Store& d, const std::string& function,
                                 const ScriptFrame& frame, signature::ShellScanner& scanner) {
  d.erase_flag("PWD", "export");
  std::string out(frame.prologue);
  out += TRY(emit_function(d, function, scanner));
  if (frame.trace || TRY(signature::truth_of(TRY(d.get("BB_VERBOSE_LOGS", Expand::No)))))
    out += "set -x\n";
  if (!frame.cwd.empty()) out += "cd '" + frame.cwd + "'\n";
  out += function + "\n";
  return out += kEpilogue;
}

namespace {

Result<std::string> python_text(data::Store& d, const std::string& name) {
  data::Value body = TRY(d.get(name, Expand::No));
  const std::string* text = data::text_of(body);
  if (text == nullptr) return std::string();
  return std::string(trim(text->starts_with("def") ? *text : "def " + name + "(d):\n" + *text)) +
         "\n\n";
}

bool is_python_function(data::Store& d, const std::string& name) {
  return d.has_flag(name, "func") && d.has_flag(name, "python");
}

Result<std::set<std::string>> called_by_python(data::Store& d, const std::string& name,
                                               data::PythonHost& python) {
  data::Value body = TRY(d.get(name, Expand::No));
  const std::string* text = data::text_of(body);
  if (text == nullptr) return std::set<std::string>();
  std::set<std::string> out = TRY(python.scan(*text))->execs;
  for (auto& word : words(TRY(flag_text(d, name, "vardeps")))) out.insert(std::move(word));
  return out;
}

}  // namespace

Result<std::string> python_script(data::Store& d, const std::string& function,
                                  data::PythonHost& python) {
  std::string out = TRY(python_text(d, function)) + function + "(d)\n\n";
  out += TRY(texts_of_called(
      function, {[&](const std::string& name) { return is_python_function(d, name); },
                 [&](const std::string& name) { return python_text(d, name); },
                 [&](const std::string& name) { return called_by_python(d, name, python); }}));
  return out;
}

Result<std::map<std::string, std::string>> exported_variables(data::Store& d) {
  return values_of(TRY(signature::exported_names(d)), d);
}

Result<std::map<std::string, std::string>> values_of(const std::vector<std::string>& names,
                                                     data::Store& d) {
  std::map<std::string, std::string> out;
  for (const auto& name : names) {
    auto value = d.get(name);
    if (value && data::is_set(*value)) out[name] = TRY(d.text(name));
  }
  return out;
}

}  // namespace hitz::exec

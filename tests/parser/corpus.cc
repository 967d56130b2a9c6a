// SPDX-License-Identifier: Apache-2.0
#include "tests/parser/corpus.h"

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "tests/parser/dump.h"
#include "tests/support/catch.h"

using namespace hitz;

namespace {

constexpr std::string_view kCase = "==== ";
constexpr std::string_view kRule = "----";

/// The text with «0d» for a byte and «end» for a text that ends without a line end.
std::string with_bytes(std::string text) {
  constexpr std::string_view kOpen = "«";
  constexpr std::string_view kClose = "»";
  for (auto at = text.find(kOpen); at != text.npos; at = text.find(kOpen, at)) {
    auto end = text.find(kClose, at);
    REQUIRE(end != text.npos);
    std::string word = text.substr(at + kOpen.size(), end - at - kOpen.size());
    if (word == "end") return text.substr(0, at);
    std::string bytes;
    for (const std::string& hex : words(word))
      bytes += static_cast<char>(std::stoi(hex, nullptr, 16));
    text.replace(at, end + kClose.size() - at, bytes);
    at += bytes.size();
  }
  return text;
}

Case case_of(const std::string& title) {
  Case out{title, "t.bb", parser::Release::Wrynose, "", "", ""};
  for (const std::string& word : words(title)) {
    if (word == "[scarthgap]") out.release = parser::Release::Scarthgap;
    if (word.starts_with("[") && word.find('.') != word.npos) {
      out.file = word.substr(1, word.size() - 2);
    }
  }
  return out;
}

}  // namespace

std::vector<std::string> corpus_paths() {
  return glob_paths(HITZ_SOURCE_ROOT "/tests/corpus/parser/*.txt");
}

Corpus load_corpus(const std::string& path) {
  Corpus out{path, "", {}};
  std::string content = need(read_file(path));
  if (content.ends_with('\n')) content.pop_back();
  std::string* into = &out.preface;
  for (const std::string& line : split(content, '\n')) {
    if (line.starts_with(kCase)) {
      out.cases.push_back(case_of(line.substr(kCase.size())));
      into = &out.cases.back().written;
    } else if (line == kRule && !out.cases.empty()) {
      into = &out.cases.back().expected;
    } else {
      *into += line + '\n';
    }
  }
  for (Case& one : out.cases) {
    one.text = with_bytes(one.written);
    while (one.expected.ends_with("\n\n")) one.expected.pop_back();
    if (one.expected == "\n") one.expected.clear();
  }
  return out;
}

void save_corpus(const Corpus& corpus) {
  std::string out = corpus.preface;
  for (const Case& one : corpus.cases) {
    out += std::string(kCase) + one.title + '\n' + one.written + std::string(kRule) + '\n';
    out += one.expected + (&one == &corpus.cases.back() ? "" : "\n");
  }
  need(write_file(corpus.path, out));
}

std::string outcome(const Case& one) {
  Sources sources;
  parser::Reader reader(sources, one.release);
  bool configuration = one.file.ends_with(".conf");
  auto unit = reader.text(one.text, one.file,
                          configuration ? parser::Dialect::Configuration : parser::Dialect::Recipe);
  if (!unit) {
    bool told = unit.error().kind == Kind::Handled;
    return (told ? "fatal: " : "error: ") + unit.error().message + '\n';
  }
  std::string out;
  for (const auto& statement : (*unit)->statements) out += readable(statement) + '\n';
  for (const auto& warning : (*unit)->warnings) out += "warning: " + warning.message + '\n';
  return out;
}

// SPDX-License-Identifier: Apache-2.0
#include "tests/support/command_corpus.h"

#include <cstdlib>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "tests/support/catch.h"

namespace hitz::testing {

namespace {

struct Case {
  std::string name;
  std::string world;
  std::string command;
  std::string expected;
};

struct Corpus {
  std::string preface;
  std::vector<Case> cases;
};

Corpus read(const std::string& text) {
  Corpus corpus;
  enum class Part { World, Answer } part = Part::World;
  auto lines = split(text, '\n');
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
  for (const auto& line : lines) {
    if (line.starts_with("==== ")) {
      corpus.cases.push_back({line.substr(5), "", "", ""});
      part = Part::World;
    } else if (corpus.cases.empty()) {
      corpus.preface += line + "\n";
    } else if (line == "----") {
      part = Part::Answer;
    } else if (part == Part::Answer) {
      corpus.cases.back().expected += line + "\n";
    } else if (line.starts_with("$ ")) {
      corpus.cases.back().command = line.substr(2);
    } else {
      corpus.cases.back().world += line + "\n";
    }
  }
  return corpus;
}

std::string written(const Corpus& corpus) {
  std::string out = corpus.preface;
  for (const auto& item : corpus.cases) {
    out +=
        "==== " + item.name + "\n" + item.world + "$ " + item.command + "\n----\n" + item.expected;
  }
  return out;
}

}  // namespace

std::string with_status(const Result<std::string>& result, const std::vector<std::string>& lines) {
  int status = result ? 0 : static_cast<int>(result.error().blame) + 1;
  std::string out = "exit " + std::to_string(status) + "\n";
  out += result ? *result : result.error().text() + "\n";
  for (const auto& line : lines) out += line + "\n";
  return out;
}

void check_corpus(const std::string& file, const Answer& answer) {
  const std::string path = std::string(HITZ_SOURCE_ROOT) + "/tests/corpus/" + file;
  const bool accept = std::getenv("HITZ_ACCEPT") != nullptr;
  Corpus corpus = read(need(read_file(path)));
  REQUIRE_FALSE(corpus.cases.empty());
  for (auto& item : corpus.cases) {
    std::string actual = answer(corpus.preface + item.world, item.command);
    if (!actual.empty() && !actual.ends_with('\n')) actual += '\n';
    if (accept) {
      item.expected = actual;
      continue;
    }
    INFO(file << ": " << item.name << "\n$ " << item.command);
    CHECK(actual == item.expected);
  }
  if (accept) need(write_file(path, written(corpus)));
}

}  // namespace hitz::testing

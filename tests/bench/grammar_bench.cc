// SPDX-License-Identifier: Apache-2.0
// grammar-bench PATH...: how fast the metadata under some folders is parsed to trees, and read to
// statements, on one core; the best of several rounds, files in memory.
#include <ctime>
#include <filesystem>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "engine/base/file.h"
#include "parser/reader.h"
#include "parser/tree.h"

using namespace hitz;

namespace {

constexpr int kRounds = 7;

struct Text {
  std::string path, content;
};

std::vector<Text> load(int count, char** folders) {
  std::vector<Text> out;
  for (int at = 1; at < count; ++at) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folders[at])) {
      std::string extension = entry.path().extension();
      bool metadata = extension == ".bb" || extension == ".bbappend" || extension == ".bbclass" ||
                      extension == ".inc" || extension == ".conf";
      if (!metadata || !entry.is_regular_file()) continue;
      if (auto content = read_file(entry.path())) out.push_back({entry.path(), *content});
    }
  }
  return out;
}

double processor_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

void measure(const char* what, const std::vector<Text>& texts,
             const std::function<void(const Text&)>& each) {
  double best = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    double start = processor_seconds();
    for (const Text& text : texts) each(text);
    best = std::min(best, processor_seconds() - start);
  }
  std::size_t bytes = 0;
  for (const Text& text : texts) bytes += text.content.size();
  std::cout << fmt::format("{:<10} {:8.3f} s {:8.1f} MB/s {:8.0f} files/s\n", what, best,
                           static_cast<double>(bytes) / 1e6 / best,
                           static_cast<double>(texts.size()) / best);
}

}  // namespace

int main(int count, char** folders) {
  if (count < 2) {
    std::cerr << "usage: grammar-bench PATH...\n";
    return 1;
  }
  std::vector<Text> texts = load(count, folders);
  parser::Grammar grammar;
  measure("trees", texts, [&](const Text& text) { grammar.parse(text.content); });
  Sources sources;
  parser::Reader reader(sources, parser::Release::Wrynose);
  measure("statements", texts, [&](const Text& text) {
    bool configuration = text.path.ends_with(".conf");
    auto dialect = configuration ? parser::Dialect::Configuration : parser::Dialect::Recipe;
    static_cast<void>(reader.text(text.content, text.path, dialect));
  });
  return 0;
}

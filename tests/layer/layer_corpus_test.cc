// SPDX-License-Identifier: Apache-2.0
#include "engine/base/text.h"
#include "tests/support/catch.h"
#include "tests/support/command_corpus.h"
#include "tests/support/parsing_house.h"

using namespace hitz;

namespace {

std::string described(const layer::Layer& layer) {
  std::string out = layer.name + " " + std::to_string(layer.priority) + " " + layer.folder;
  return out + (layer.depends.empty() ? "" : " needs " + join(layer.depends, ", ")) + "\n";
}

// The variables that a command names, in the main configuration or in a multiconfig.
Result<std::string> values(const layer::Configuration& configuration,
                           const std::vector<std::string>& command) {
  std::string out;
  for (std::size_t i = 1; i < command.size(); ++i) {
    auto value = TRY(configuration.store->get(command[i]));
    const std::string* text = data::text_of(value);
    if (!configuration.multiconfig.empty()) out += "mc:" + configuration.multiconfig + ":";
    out += command[i] + (text != nullptr ? " = \"" + *text + "\"\n" : " is not set\n");
  }
  return out;
}

Result<std::string> run(testing::ParsingHouse& house, const testing::FileWorld& files,
                        const std::vector<std::string>& command) {
  auto configuration = TRY(house.configure(files));
  std::string out;
  if (command.at(0) == "layers") {
    for (const auto& layer : configuration.layers) out += described(layer);
  }
  if (command.at(0) != "get") return out;
  out += TRY(values(configuration, command));
  for (const auto& other : configuration.multiconfigs) out += TRY(values(other, command));
  return out;
}

std::string answer(const std::string& world, const std::string& command) {
  testing::FileWorld files(world);
  auto house = need(testing::ParsingHouse::open());
  auto result = run(*house, files, words(command));
  return files.anonymous(testing::with_status(result, house->diary.lines));
}

}  // namespace

TEST_CASE("layer: configurations add up to what the corpus says", "[layer]") {
  testing::check_corpus("layer/configuration.txt", answer);
}

TEST_CASE("layer: what is wrong with layers is told as the corpus says", "[layer]") {
  testing::check_corpus("layer/errors.txt", answer);
}

// SPDX-License-Identifier: Apache-2.0
// A case is the text of a configuration file, and what is to be read from the datastore after it:
//
//   get NAME…        values, expanded
//   raw NAME…        values as they are kept: overrides and appends applied, ${…} left
//   flags NAME…      flags, expanded
//   keys NAME…       the same as get, after names with ${…} in them were expanded
//   history NAME…    what was done to a variable, and where
//   overrides        the active ones, lowest priority first

#include "engine/base/text.h"
#include "tests/support/catch.h"
#include "tests/support/command_corpus.h"
#include "tests/support/parsing_house.h"
#include "tests/support/temporary_folder.h"

using namespace hitz;

namespace {

std::string shown(const data::Value& value) {
  if (const auto* text = data::text_of(value)) return " = \"" + *text + "\"\n";
  if (const auto* number = std::get_if<std::int64_t>(&value))
    return " = " + std::to_string(*number) + "\n";
  return data::is_set(value) ? " is something else\n" : " is not set\n";
}

Result<std::string> flags(data::Store& d, const std::string& name) {
  auto found = TRY(d.flags(name));
  if (!found) return name + " has no flags\n";
  std::string out;
  for (const auto& [flag, raw] : *found)
    out += name + "[" + flag + "]" + shown(TRY(d.get_flag(name, flag)));
  return out;
}

std::string history(const testing::ParsingHouse& house, data::Store& d, const std::string& name) {
  std::string out;
  for (const auto& entry : d.history(name)) {
    out += name + ": " + entry.op + (entry.flag.empty() ? "" : " [" + entry.flag + "]") + " \"" +
           entry.detail + "\" at " + house.sources.place(entry.span) + "\n";
  }
  return out.empty() ? name + " has no history\n" : out;
}

Result<std::string> run(testing::ParsingHouse& house, data::Store& d,
                        const std::vector<std::string>& command) {
  const std::string& verb = command.at(0);
  if (verb == "overrides") return join(TRY(d.overrides()), " ") + "\n";
  if (verb == "keys") TRY_VOID(d.expand_keys());
  std::string out;
  for (std::size_t i = 1; i < command.size(); ++i) {
    const std::string& name = command[i];
    if (verb == "flags") out += TRY(flags(d, name));
    if (verb == "history") out += history(house, d, name);
    if (verb == "get" || verb == "keys") out += name + shown(TRY(d.get(name)));
    if (verb == "raw") out += name + shown(TRY(d.get(name, data::Expand::No)));
  }
  return out;
}

std::string answer(const std::string& world, const std::string& command) {
  auto house = need(testing::ParsingHouse::open());
  testing::TemporaryFolder folder;
  auto d = data::Store::create(house->family);
  d->track(data::Store::Tracking::On);
  auto read = house->evaluator->configuration(folder.write("test.conf", world), *d);
  auto result = read ? run(*house, *d, words(command)) : fail(read.error());
  std::string out = result ? *result : "error: " + result.error().text() + "\n";
  for (const auto& line : house->diary.lines) out += line + "\n";
  return replace_all(out, folder.path(), "");
}

}  // namespace

TEST_CASE("data: variables have the values that the corpus says", "[data]") {
  testing::check_corpus("data/values.txt", answer);
}

TEST_CASE("data: overrides, appends and removes work as the corpus says", "[data]") {
  testing::check_corpus("data/overrides.txt", answer);
}

TEST_CASE("data: expansion does what the corpus says", "[data]") {
  testing::check_corpus("data/expansion.txt", answer);
}

TEST_CASE("data: the history of a variable is what the corpus says", "[data]") {
  testing::check_corpus("data/history.txt", answer);
}

TEST_CASE("data: neither a copy nor its original sees what is written to the other", "[data]") {
  auto house = need(testing::ParsingHouse::open());
  auto first = data::Store::create(house->family);
  need(first->set("A", "1", data::Writer::Code));
  need(first->set("GONE", "1", data::Writer::Code));
  need(first->set_flag("A", "doc", "one"));
  auto second = first->copy();
  need(second->set("A", "2", data::Writer::Code));
  need(second->set_flag("A", "doc", "two"));
  second->erase("GONE");
  need(first->set("B", "first's", data::Writer::Code));
  need(first->set("A:append", " more", data::Writer::Parser));
  CHECK(need(first->text("A")) == "1 more");
  CHECK(need(second->text("A")) == "2");
  CHECK(need(first->get_flag("A", "doc")) == data::Value("one"));
  CHECK(need(second->get_flag("A", "doc")) == data::Value("two"));
  CHECK(first->contains("GONE"));
  CHECK_FALSE(second->contains("GONE"));
  CHECK_FALSE(second->contains("B"));
}

TEST_CASE("data: a name that code sets loses its pending appends and overrides", "[data]") {
  auto house = need(testing::ParsingHouse::open());
  auto d = data::Store::create(house->family);
  need(d->set("OVERRIDES", "o", data::Writer::Parser));
  need(d->set("A:o", "override", data::Writer::Parser));
  need(d->set("A:append", " appended", data::Writer::Parser));
  CHECK(need(d->text("A")) == "override appended");
  need(d->set("A", "plain", data::Writer::Code));
  CHECK(need(d->text("A")) == "plain");
}

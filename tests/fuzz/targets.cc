// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/targets.h"

#include <cstdio>
#include <cstdlib>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/query/expression.h"
#include "engine/recipe/record.h"
#include "engine/signature/base_hash.h"
#include "engine/signature/shell_scanner.h"
#include "parser/reader.h"
#include "tests/support/parsing_house.h"

namespace hitz::fuzz {

namespace {

void promise(bool kept, const char* what) {
  if (kept) return;
  std::fprintf(stderr, "fuzz: broken: %s\n", what);
  std::abort();
}

template <class T>
T or_end(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "fuzz: %s\n", result.error().text().c_str());
    std::exit(2);
  }
  return std::move(*result);
}

// Statements stand one after the other within the text, whatever it is.
void feed_parser(const std::string& text) {
  for (auto release : {parser::Release::Wrynose, parser::Release::Scarthgap}) {
    Sources sources;
    parser::Reader reader(sources, release);
    for (auto dialect : {parser::Dialect::Recipe, parser::Dialect::Configuration}) {
      auto unit = reader.text(text, "/fuzz/a.bbclass", dialect);
      if (!unit) {
        promise(!unit.error().text().empty(), "an error of the parser says something");
        continue;
      }
      std::uint32_t before = 0;
      for (const auto& statement : (*unit)->statements) {
        promise(statement.span.first >= before && statement.span.last >= statement.span.first &&
                    statement.span.last <= text.size(),
                "statements are in order and within the text");
        before = statement.span.first;
      }
    }
  }
}

void feed_shell(const std::string& text) {
  signature::ShellScanner scanner;
  for (auto release : {data::Family::Release::Wrynose, data::Family::Release::Scarthgap}) {
    auto first = scanner.commands(text, release);
    auto second = scanner.commands(text, release);
    promise(first.has_value() == second.has_value(), "a shell text is or is not one");
  }
}

void feed_query(const std::string& text) {
  auto expression = query::parse(text);
  promise(expression || !expression.error().text().empty(), "an error of a query says something");
}

std::string make_query(Mutator& mutator) {
  static constexpr std::string_view kParts[] = {
      "deps",      "(",   ")",    ",",     "rdeps",
      "a",         "...", "+",    "-",     "^",
      "except",    "1",   "kind", "attr",  "'b",
      "\"",        "let", "some", "union", " ",
      "intersect", "=",   "$x",   "in",    "99999999999999999999"};
  std::string out;
  for (std::size_t left = mutator.chance().below(30); left > 0; --left) {
    out += kParts[mutator.chance().below(std::size(kParts))];
    if (mutator.chance().one_in(3)) out += ' ';
  }
  if (mutator.chance().one_in(30)) out += std::string(20000, '(');
  return out;
}

void feed_record(const std::string& text) {
  recipe::RecipeFile file{"/a.bb", {}, "core", 1};
  auto recipes = recipe::decode(text, file);
  if (!recipes) return;
  auto again = recipe::decode(recipe::encode(*recipes), file);
  promise(again && recipe::encode(*again) == recipe::encode(*recipes),
          "what a record gives can be recorded");
}

std::string make_record(Mutator& mutator) {
  recipe::Recipe one;
  one.pn = mutator.name();
  one.depends = words(mutator.value());
  for (std::size_t left = mutator.chance().below(3); left > 0; --left) one.tasks.push_back({});
  for (auto& task : one.tasks) task.file_checksums = mutator.value();
  std::string out = recipe::encode({one, one});
  for (std::size_t left = mutator.chance().below(4); left > 0; --left)
    out[mutator.chance().below(out.size())] = static_cast<char>(mutator.chance().below(256));
  if (mutator.chance().one_in(4)) out.resize(mutator.chance().below(out.size()));
  return out;
}

// Each line: an operation, a blank, a name, a blank, a value.
std::string make_operations(Mutator& mutator) {
  static constexpr std::string_view kOperations[] = {
      "set",  "code",   "weak",   "append", "prepend", "flag",  "weakflag", "erase",
      "copy", "rename", "filter", "get",    "trace",   "names", "expand",   "keys"};
  std::string out;
  for (std::size_t left = 5 + mutator.chance().below(25); left > 0; --left) {
    out += kOperations[mutator.chance().below(std::size(kOperations))];
    out += " " + mutator.name() + " " + replace_all(mutator.value(), "\n", " ") + "\n";
  }
  return out;
}

class Operations {
 public:
  explicit Operations(data::Family family) : d_(data::Store::create(std::move(family))) {}

  void apply(const std::string& line) {
    std::size_t blank = line.find(' '), second = line.find(' ', blank + 1);
    if (second == std::string::npos) return;
    const std::string operation = line.substr(0, blank);
    const std::string name = line.substr(blank + 1, second - blank - 1);
    const std::string value = line.substr(second + 1);
    if (!write(operation, name, value)) read(operation, name, value);
  }

 private:
  bool write(const std::string& operation, const std::string& name, const std::string& value) {
    if (operation == "set") return (void)d_->set(name, value, data::Writer::Parser), true;
    if (operation == "code") return (void)d_->set(name, value, data::Writer::Code), true;
    if (operation == "weak") return (void)d_->set_weak_default(name, value), true;
    if (operation == "append") return (void)d_->append(name, value), true;
    if (operation == "prepend") return (void)d_->prepend(name, value), true;
    if (operation == "flag") return (void)d_->set_flag(name, "f", value), true;
    if (operation == "weakflag") return d_->set_weak_flag(name, "f", value), true;
    if (operation == "erase") return d_->erase(name), true;
    if (operation == "rename") return (void)d_->rename(name, "R" + name), true;
    if (operation == "keys") return (void)d_->expand_keys(), true;
    if (operation != "copy") return false;
    kept_.push_back(d_);
    d_ = d_->copy();
    return true;
  }

  void read(const std::string& operation, const std::string& name, const std::string& value) {
    if (operation == "trace") {
      (void)d_->trace(name);
    } else if (operation == "names") {
      for (const auto& each : d_->names()) (void)d_->get(each);
    } else if (operation == "expand") {
      auto first = d_->expand(value), second = d_->expand(value);
      promise(first.has_value() == second.has_value() || value.find("@") != std::string::npos,
              "a text expands or does not");
    } else {
      (void)d_->get(name);
      (void)d_->get_flag(name, "f");
      (void)d_->fingerprint(name);
    }
  }

  std::shared_ptr<data::Store> d_;
  std::vector<std::shared_ptr<data::Store>> kept_;
};

void feed_operations(const std::string& text) {
  auto house = or_end(testing::ParsingHouse::open());
  Operations operations(house->family);
  for (const auto& line : split(text, '\n')) operations.apply(line);
}

constexpr const char* kWorld = R"(--> core/conf/bitbake.conf
include conf/local.conf
require conf/names.inc
STAMP = "${TOPDIR}/stamps/${PN}"
OVERRIDES = "o:p"
--> core/classes/base.bbclass
addtask build
do_build () {
    echo ${A} ${B}
}
)";

// Files of a world under "--> ": some of them spoilt.
std::string make_world(Mutator& mutator) {
  std::string out;
  for (const char* name :
       {"core/recipes/a_1.bb", "core/recipes/b_1.bb", "core/recipes/b_1.bbappend",
        "core/recipes/a.inc", "core/recipes/b.inc", "core/classes/one.bbclass",
        "core/classes/two.bbclass", "build/conf/local.conf"}) {
    std::string text = mutator.chance().one_in(3) ? mutator.text() : "";
    for (std::size_t left = mutator.chance().below(6); left > 0; --left)
      text += mutator.statement() + "\n";
    // A "--> " of a seed would write elsewhere.
    out += "--> " + std::string(name) + "\n" + replace_all(std::move(text), "--> ", "") + "\n";
  }
  return out;
}

// A world parsed twice with a cache gives the same recipes or the same error.
std::string parsed(const testing::FileWorld& files) {
  auto house = or_end(testing::ParsingHouse::open());
  auto configuration = house->configure(files);
  if (!configuration) return configuration.error().text();
  signature::ShellScanner scanner;
  recipe::ReadOptions options;
  options.cache = files.root() + "/recipes.sqlite";
  options.identity = "fuzz";
  options.complete = [&](recipe::Recipe& recipe, data::Store& d) -> Result<void> {
    signature::BaseHashes hashes(d, scanner);
    for (auto& task : recipe.tasks) task.base_hash = TRY(hashes.of(task.name)).hash.hex;
    return {};
  };
  auto world = recipe::read_world(*configuration, *house->evaluator, house->diary, options);
  if (!world) return world.error().text();
  std::string out;
  for (const auto& recipe : world->recipes) out += recipe::encode({recipe});
  return out;
}

void feed_world(const std::string& text) {
  testing::FileWorld files(testing::small_world(kWorld + text));
  std::string first = parsed(files), second = parsed(files);
  if (first == second) return;
  std::fprintf(stderr, "fuzz: once\n%s\nfuzz: twice\n%s\n", first.c_str(), second.c_str());
  promise(false, "recipes that are kept are those that were parsed");
}

std::string make_text(Mutator& mutator) {
  return mutator.text();
}

}  // namespace

std::vector<Target> all_targets() {
  return {{"parser", make_text, feed_parser},
          {"shell", make_text, feed_shell},
          {"query", make_query, feed_query},
          {"record", make_record, feed_record},
          {"expansion", make_operations, feed_operations},
          {"recipes", make_world, feed_world}};
}

}  // namespace hitz::fuzz

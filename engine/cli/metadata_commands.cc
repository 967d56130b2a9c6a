// SPDX-License-Identifier: Apache-2.0
// The commands that say what the metadata says: parse, env, getvar, dump, python.

#include <algorithm>
#include <cstdio>
#include <set>

#include "engine/base/text.h"
#include "engine/cli/answers.h"
#include "engine/cli/command.h"
#include "engine/cli/configured.h"
#include "engine/cli/script_engine.h"
#include "engine/signature/base_hash.h"

namespace hitz::cli {

namespace {

// Sends everything on, and keeps what parsing came to.
class ParseSummary final : public event::EventSink {
 public:
  explicit ParseSummary(event::EventSink& target) : target_(target) {}
  void send(const event::Event& event) override {
    if (const auto* finished = std::get_if<event::ParseFinished>(&event)) add(*finished);
    target_.send(event);
  }
  bool wants(event::Level level) const override { return target_.wants(level); }
  // Of all multiconfigs, in BitBake's words; "" when parsing did not come to an end.
  std::string text() const {
    if (!finished_) return "";
    const auto& f = *finished_;
    return "Parsing of " + std::to_string(f.cached + f.parsed + f.errors) +
           " .bb files complete (" + std::to_string(f.cached) + " cached, " +
           std::to_string(f.parsed) + " parsed). " + std::to_string(f.variants) + " targets, " +
           std::to_string(f.skipped) + " skipped, " + std::to_string(f.masked) + " masked, " +
           std::to_string(f.errors) + " errors.\n";
  }

  bool all_cached() const { return finished_ && finished_->parsed + finished_->errors == 0; }

 private:
  void add(const event::ParseFinished& more) {
    if (!finished_) finished_.emplace();
    finished_->parsed += more.parsed;
    finished_->cached += more.cached;
    finished_->skipped += more.skipped;
    finished_->masked += more.masked;
    finished_->variants += more.variants;
    finished_->errors += more.errors;
  }

  event::EventSink& target_;
  std::optional<event::ParseFinished> finished_;
};

std::string timings(const Timing& timing) {
  constexpr std::pair<Work, const char*> kRows[] = {{Work::Parsing, "parsing text"},
                                                    {Work::Evaluating, "evaluating"},
                                                    {Work::Python, "Python"},
                                                    {Work::Analysis, "dependency analysis"},
                                                    {Work::Hashing, "hashing"}};
  double total = Timing::total_seconds(), counted = 0;
  std::string out = "CPU time of all processes:\n";
  auto row = [&](const char* name, double seconds) {
    char line[80];
    std::snprintf(line, sizeof line, "  %-22s %8.2f s %6.1f %%\n", name, seconds,
                  total > 0 ? 100 * seconds / total : 0.0);
    out += line;
  };
  for (const auto& [work, name] : kRows) {
    counted += timing.seconds(work);
    row(name, timing.seconds(work));
  }
  row("all else", std::max(0.0, total - counted));
  row("together", total);
  return out;
}

std::string shown(const data::Value& value) {
  if (const std::string* text = data::text_of(value)) return *text;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  return "";
}

// Each task with its hash, what it waits for and the variables that count, as hitz.dump reads them.
Result<std::string> task_records(const recipe::Recipe& recipe, data::Store& store,
                                 signature::ShellScanner& scanner) {
  signature::BaseHashes hashes(store, scanner);
  std::string out;
  for (const auto& task : recipe.tasks) {
    auto manifest = TRY(hashes.of(task.name));
    std::vector<std::string> variables(manifest.variables.begin(), manifest.variables.end());
    out += task.name + "\x1f" + manifest.hash.hex + "\x1f" + join(task.predecessors, " ") + "\x1f" +
           join(variables, " ") + "\x1e";
  }
  return out;
}

Result<int> parse(const Given& given, Screen& screen) {
  ParseSummary summary(screen);
  Question question("parse", given, {"quiet"}, summary);
  if (question.is_answered()) return 0;
  std::unique_ptr<Timing> timing;
  if (given.has("timings")) timing = std::make_unique<Timing>();
  auto house = TRY(question.open(House::Recipes::Yes));
  house->family.timing = timing.get();
  TRY_VOID(house->configure(TRY(house_options(given)), false));
  auto read = house->read_recipes(House::Hashes::All);
  question.answer(summary.text());
  if (timing) print(timings(*timing));
  if (!read) return fail(std::move(read.error()));
  if (summary.all_cached()) question.keep(*house, TimeOfDay::Ignored);
  return 0;
}

Result<int> env(const Given& given, Screen& screen) {
  if (given.arguments.size() > 1) return input_error("hitz env shows one recipe at a time");
  auto house = TRY(House::open(screen));
  HouseOptions options = TRY(house_options(given));
  options.track = true;
  TRY_VOID(house->configure(options, false));
  std::string target = given.arguments.empty() ? "" : given.arguments[0];
  auto realm = TRY(house->realm(split_target(target).multiconfig));
  std::vector<std::string> records;
  for (const auto& [depth, path] : realm.configuration->inclusions)
    records.push_back(std::to_string(depth) + " " + path);
  auto d = TRY(store_of(*house, target));
  print(TRY(house->python->call("hitz.listing", "environment", d.get(), records)));
  return 0;
}

Result<int> getvar(const Given& given, Screen& screen) {
  if (given.arguments.size() != 1) return input_error("hitz getvar needs one variable's name");
  Given plain = given;
  plain.options.erase("read");
  bool raw = given.has("unexpand") || given.has("unexpanded");
  bool history = !given.has("value") && !given.has("flag") && !raw;
  Question question(
      "getvar", plain,
      {"recipe", "flag", "unexpand", "unexpanded", "value", "ignore-undefined", "quiet"}, screen);
  if (question.is_answered()) return 0;
  auto house = TRY(question.open(House::Recipes::No));
  HouseOptions options = TRY(house_options(plain));
  options.track = history;
  TRY_VOID(house->configure(options, false));
  auto d = TRY(store_of(*house, given.last("recipe")));
  auto expand = raw ? data::Expand::No : data::Expand::Yes;
  const std::string& name = given.arguments[0];
  data::Value value = given.has("flag") ? TRY(d->get_flag(name, given.last("flag"), expand))
                                        : TRY(d->get(name, expand));
  if (!data::is_set(value) && !given.has("ignore-undefined") && given.has("flag")) {
    std::vector<std::string> there;
    for (const auto& [flag, held] : TRY(d->flags(name)).value_or(data::Store::Flags()))
      there.push_back(flag);
    return input_error("The variable '" + name + "' has no flag '" + given.last("flag") + "'" +
                       suggestion(given.last("flag"), there));
  }
  if (!data::is_set(value) && !given.has("ignore-undefined"))
    return input_error("The variable '" + name + "' is not defined" + suggestion(name, d->names()));
  question.answer(history ? TRY(house->python->call("hitz.listing", "variable", d.get(), {name}))
                          : shown(value) + "\n");
  question.keep(*house, TimeOfDay::Counts);
  return 0;
}

/// All worlds: the main configuration's and those of its multiconfigs.
std::vector<const recipe::World*> worlds(const House& house) {
  std::vector<const recipe::World*> out{&*house.world};
  for (const auto& other : house.world->multiconfigs) out.push_back(&other);
  return out;
}

struct Chosen {
  const recipe::World* world;
  const recipe::Recipe* recipe;
};

// The recipes that a command line chooses, by name and by file; none named means all.
Result<std::vector<Chosen>> chosen(House& house, const Given& given) {
  std::set<std::pair<std::string, std::string>> wanted;
  for (const auto& text : given.arguments) {
    Target target = split_target(text);
    wanted.emplace(TRY(house.realm(target.multiconfig)).world->multiconfig, target.name);
  }
  auto unused = wanted;
  std::vector<std::string> known, files = {given.last("match")};
  std::vector<Chosen> out;
  for (const recipe::World* world : worlds(house)) {
    bool all = wanted.empty() || wanted.contains({world->multiconfig, ""});
    unused.erase({world->multiconfig, ""});
    for (const auto& recipe : world->recipes) {
      known.push_back(recipe.pn);
      unused.erase({world->multiconfig, recipe.pn});
      if (!all && !wanted.contains({world->multiconfig, recipe.pn})) continue;
      out.push_back({world, &recipe});
      files.push_back(recipe.file);
    }
  }
  if (!unused.empty())
    return input_error("there is no recipe '" + unused.begin()->second + "'" +
                       suggestion(unused.begin()->second, known));
  if (!given.has("match")) return out;
  std::string found = TRY(house.python->call("hitz.dump", "matching", nullptr, files));
  if (found.starts_with('!'))
    return input_error("--match is no regular expression: " + found.substr(1));
  auto lines = split(found, '\n');
  std::set<std::string> matching(lines.begin(), lines.end());
  std::erase_if(out, [&](const Chosen& one) { return !matching.contains(one.recipe->file); });
  return out;
}

// The variant of a multiconfig's recipe is "mc:NAME:VARIANT".
Result<int> dump(const Given& given, Screen& screen) {
  auto house = TRY(with_recipes(given, screen));
  for (const auto& [world, recipe] : TRY(chosen(*house, given))) {
    auto store = recipe->store ? TRY(recipe->store.get()) : world->config;
    std::string tasks = recipe->skipped ? "" : TRY(task_records(*recipe, *store, house->scanner));
    std::string variant = world->multiconfig.empty()
                              ? recipe->variant
                              : "mc:" + world->multiconfig + ":" + recipe->variant;
    print(
        TRY(house->python->call("hitz.dump", "record", store.get(),
                                {recipe->file, variant, recipe->layer, recipe->skipped.value_or(""),
                                 tasks, given.has("digest") ? "1" : ""})));
    recipe->store.let_go();  // those of all recipes together are large
  }
  return 0;
}

// Python's own quoting of a text.
std::string quoted(const std::string& text) {
  return "'" + replace_all(replace_all(text, "\\", "\\\\"), "'", "\\'") + "'";
}

Result<int> python(const Given& given, Screen& screen) {
  auto house = TRY(House::open(screen));
  ScriptEngine engine(*house);
  std::string release = given.last("release", "wrynose");
  if (release == "scarthgap") {
    house->use_release(data::Family::Release::Scarthgap);
  } else if (release != "wrynose") {
    return input_error("--release is wrynose or scarthgap, not '" + release + "'");
  }
  if (given.has("command")) return house->python->run_text(given.last("command"), given.arguments);
  if (given.has("module"))
    return house->python->run_text("import runpy\nrunpy.run_module(" +
                                       quoted(given.last("module")) +
                                       ", run_name='__main__', alter_sys=True)\n",
                                   given.arguments);
  if (given.arguments.empty()) return input_error("hitz python needs a file, -c TEXT or -m MODULE");
  return house->python->run_script(given.arguments[0],
                                   {given.arguments.begin() + 1, given.arguments.end()});
}

}  // namespace

Command parse_command() {
  return {
      {"parse", "", "parses the configuration and every recipe, and says how many there are",
       "  Recipes are kept in the build directory's cache: the next run parses what has changed.\n"
       "  Every recipe that cannot be parsed is told, and the exit status is 1.",
       with_read_options({{"timings", 0, "", "how the CPU time of all processes splits"}})},
      parse,
      {}};
}

Command env_command() {
  return {{"env", "[RECIPE]",
           "prints every variable of the configuration or of a recipe, as bitbake -e does",
           "  With each variable: every operation on it, its file and line, and the value before "
           "expansion. Functions follow.",
           with_read_options({})},
          env,
          {}};
}

Command getvar_command() {
  return {
      {"getvar",
       "NAME",
       "prints one variable and who set it where, as bitbake-getvar does",
       "  hitz getvar MACHINE                    with its history\n"
       "  hitz getvar --value -r busybox PV      the value alone, of a recipe\n"
       "  hitz getvar -r busybox -f depends do_configure",
       {{"recipe", 'r', "RECIPE", "as this recipe has it"},
        {"flag", 'f', "FLAG", "the value of this flag of it"},
        {"unexpand", 'u', "", "the value as it is written"},
        {"unexpanded", 0, "", "the same"},
        {"value", 0, "", "the value alone"},
        {"ignore-undefined", 0, "", "no error when it is not set"},
        {"postread", 'R', "FILE", "parse this configuration file after bitbake.conf"},
        {"define", 'D', "NAME=VALUE", "set a variable after the configuration has been parsed"}}},
      getvar,
      {}};
}

Command dump_command() {
  return {
      {"dump", "[RECIPE...]", "prints all variables, flags and tasks of recipes as JSON lines",
       "  One line per recipe variant; with --digest each value is replaced by 16 digits of its "
       "SHA-256.",
       with_read_options({{"digest", 0, "", "digests instead of values"},
                          {"match", 0, "REGEX", "only recipe files that match"}})},
      dump,
      {}};
}

Command python_command() {
  return {{"python",
           "FILE | -c TEXT | -m MODULE [ARGUMENT...]",
           "runs Python in hitz's interpreter, with hitz's bb package",
           "  What follows FILE, TEXT or MODULE is the program's own: sys.argv has it.",
           {{"command", 'c', "TEXT", "run this text", true},
            {"module", 'm', "MODULE", "run this module", true},
            {"release", 0, "NAME", "follow the rules of wrynose (default) or scarthgap"}},
           Rest::Verbatim},
          python,
          {}};
}

}  // namespace hitz::cli

// SPDX-License-Identifier: Apache-2.0
#include "engine/recipe/world.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "engine/base/text.h"
#include "engine/recipe/candidates.h"
#include "engine/recipe/recipe_cache.h"
#include "engine/recipe/record.h"
#include "engine/recipe/watched_files.h"

namespace hitz::recipe {

namespace {

// Fewer than these are evaluated sooner here than by processes that have to be started.
constexpr std::size_t kWorthForking = 24;

/// The datastores of one file's variants, made together when the first is asked for.
class FileStores {
 public:
  FileStores(RecipeFile file, std::shared_ptr<data::Store> base, eval::Evaluator& evaluator)
      : file_(std::move(file)), base_(std::move(base)), evaluator_(evaluator) {}

  Result<std::shared_ptr<data::Store>> get(const std::string& variant) {
    if (!made_.contains(variant)) {
      for (const auto& recipe : TRY(evaluate(file_, *base_->copy(), evaluator_)))
        made_[recipe.variant] = TRY(recipe.store.get());
    }
    auto found = made_.find(variant);
    if (found == made_.end())
      return internal_error(file_.path + " has no variant '" + variant + "' any more");
    auto out = found->second;
    made_.erase(found);  // whoever asked keeps it
    return out;
  }

 private:
  RecipeFile file_;
  std::shared_ptr<data::Store> base_;
  eval::Evaluator& evaluator_;
  std::map<std::string, std::shared_ptr<data::Store>> made_;
};

// bb.fetch2 notes what it is asked about revisions. Base hashes ask too, so this comes last.
Result<void> check_revisions(data::Store& d) {
  auto noted = [&](const char* name) {
    return data::is_set(d.own_content(name, data::Weak::Include));
  };
  if (!noted("__BBAUTOREV_SEEN") || !noted("__BBSRCREV_SEEN") || noted("__BBAUTOREV_ACTED_UPON"))
    return {};
  return kind_error(Kind::Handled,
                    "AUTOREV/SRCPV set too late: a revision was asked for before SRCREV was "
                    "AUTOREV; set SRCREV before PV and what else needs it");
}

class WorldReader final : public Completion {
 public:
  WorldReader(const layer::Configuration& configuration, eval::Evaluator& evaluator,
              event::EventSink& events, ReadOptions options)
      : configuration_(configuration),
        evaluator_(evaluator),
        events_(events),
        options_(std::move(options)) {}

  Result<World> read() {
    files_ = TRY(collect_files(configuration_));
    if (options_.premises != nullptr) TRY_VOID(note_folders());
    if (!options_.only.empty()) TRY_VOID(leave_out_others());
    for (const auto& text : files_.warnings) event::log(events_, event::Level::Warning, text);
    recipes_.resize(files_.recipes.size());
    told_.resize(files_.recipes.size(), false);
    TRY_VOID(find_known());
    TRY_VOID(evaluate_others());
    if (cache_) save();
    if (options_.findings != nullptr) (void)options_.findings->save();  // next time then
    return finish();
  }

  Result<void> begin(const std::vector<Recipe*>& recipes) override {
    open_ = open_of(recipes);
    prepare();
    return others_.size() >= kWorthForking ? start_crew() : Result<void>();
  }

  Result<void> complete(const std::vector<Recipe*>& recipes) override {
    if (crew_) TRY_VOID(take_over(finish_crew()));
    open_ = open_of(recipes);
    if (open_.empty()) return {};
    prepare();
    return take_over(evaluate_others());
  }

 private:
  // Those that are not complete, with the places of their files.
  std::vector<std::pair<Recipe*, std::size_t>> open_of(const std::vector<Recipe*>& recipes) const {
    std::map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < files_.recipes.size(); ++i) places[files_.recipes[i].path] = i;
    std::vector<std::pair<Recipe*, std::size_t>> out;
    for (Recipe* recipe : recipes) {
      auto place = places.find(recipe->file);
      if (recipe->complete || place == places.end()) continue;
      if (recipe->virtual_file == virtual_file(files_.recipes[place->second], recipe->variant))
        out.emplace_back(recipe, place->second);  // others are of another configuration
    }
    return out;
  }

  // What is open is to be evaluated once more.
  void prepare() {
    std::set<std::size_t> files;
    for (const auto& [recipe, at] : open_) files.insert(at);
    others_.assign(files.begin(), files.end());
    recipes_.assign(files_.recipes.size(), {});
    told_.assign(files_.recipes.size(), true);
    later_ = true;
    done_ = 0;
    options_.completing = ReadOptions::Completing::All;
    options_.premises = nullptr;
  }

  // It has been, to recipes_.
  Result<void> take_over(Result<void> evaluated) {
    TRY_VOID(std::move(evaluated));
    if (cache_) {
      save();
      cache_->close();
    }
    if (options_.findings != nullptr) (void)options_.findings->save();
    TRY_VOID(told_errors());
    for (auto& [recipe, at] : open_) {
      auto fresh = std::find_if(recipes_[at].begin(), recipes_[at].end(),
                                [&](const Recipe& one) { return one.variant == recipe->variant; });
      if (fresh == recipes_[at].end())
        return internal_error(recipe->file + " has no variant '" + recipe->variant + "' any more");
      for (auto& task : recipe->tasks) {
        if (const Task* known = fresh->task(task.name)) task.base_hash = known->base_hash;
      }
      recipe->complete = true;
    }
    recipes_.clear();
    return {};
  }

  Result<void> note_folders() {
    auto patterns = words(TRY(configuration_.store->text("BBFILES")));
    if (patterns.empty()) patterns.push_back(configuration_.topdir + "/*.bb");
    for (const auto& pattern : patterns) options_.premises->add_pattern(pattern);
    return {};
  }

  Result<void> leave_out_others() {
    std::string path = TRY(configuration_.store->text("BBPATH"));
    auto wanted = candidates(files_.recipes, options_.only, path, options_.premises);
    std::erase_if(files_.recipes,
                  [&](const RecipeFile& file) { return !wanted.contains(file.path); });
    return {};
  }

  Result<void> find_known() {
    if (!options_.cache.empty() && options_.only.empty()) {
      auto opened = RecipeCache::open(options_.cache, *configuration_.store, options_.identity,
                                      options_.since_ns != 0 ? options_.since_ns : file_clock_ns(),
                                      options_.ahead);
      if (opened) {
        cache_ = std::move(*opened);
      } else {
        event::log(events_, event::Level::Warning,
                   "recipes are not kept for the next run: " + opened.error().text());
      }
    }
    for (std::size_t i = 0; i < recipes_.size(); ++i) {
      auto known = cache_ ? cache_->find(files_.recipes[i]) : std::nullopt;
      if (!known || !is_enough(*known)) {
        told_[i] = known.has_value();
        others_.push_back(i);
        continue;
      }
      ++summary_.cached;
      take(i, std::move(*known));
    }
    done_ = summary_.cached;
    if (cache_ && options_.premises != nullptr) cache_->tell(*options_.premises);
    return {};
  }

  bool is_enough(const std::vector<Recipe>& known) const {
    return options_.completing == ReadOptions::Completing::Asked ||
           std::all_of(known.begin(), known.end(), [](const Recipe& one) { return one.complete; });
  }

  // Recipes without datastores get them from their file when they are needed.
  void take(std::size_t at, std::vector<Recipe> recipes) {
    auto stores =
        std::make_shared<FileStores>(files_.recipes[at], configuration_.store, evaluator_);
    for (auto& recipe : recipes)
      recipe.store =
          FinishedStore([stores, variant = recipe.variant] { return stores->get(variant); });
    recipes_[at] = std::move(recipes);
  }

  void progress() {
    if (!later_) events_.send(event::ParseProgress{done_++, static_cast<int>(recipes_.size())});
    if (later_ && others_.size() >= kWorthForking)
      events_.send(event::ParseProgress{++done_, static_cast<int>(others_.size()), true});
  }

  Result<void> evaluate_others() {
    if (others_.size() >= kWorthForking) return evaluate_by_workers();
    for (std::size_t at : others_) {
      progress();
      auto reads = std::make_shared<data::Reads>();
      auto recipes = evaluate_one(at, reads);
      if (!recipes) {
        errors_.emplace(at, named(std::move(recipes.error()), at));
        continue;
      }
      ++summary_.parsed;
      auto evaluated = told(*recipes, *reads);
      if (!evaluated) {
        errors_.emplace(at, named(std::move(evaluated.error()), at));
        continue;
      }
      note(*evaluated);
      if (cache_) keep(at, std::move(*evaluated));
      recipes_[at] = std::move(*recipes);
    }
    return {};
  }

  Result<std::vector<Recipe>> evaluate_one(std::size_t at,
                                           const std::shared_ptr<data::Reads>& reads) {
    Timed timed(configuration_.store->family().timing, Work::Evaluating);
    data::Watching watching(configuration_.store->family().python, *reads);
    auto base = configuration_.store->watched_copy(reads);
    auto evaluated = [&] {
      event::Deaf deaf(told_[at] ? options_.log : nullptr);
      return evaluate(files_.recipes[at], *base, evaluator_);
    };
    auto recipes = TRY(evaluated());
    for (auto& recipe : recipes) {
      if (recipe.skipped || !options_.complete) continue;
      recipe.complete = options_.completing == ReadOptions::Completing::All;
      if (!recipe.complete) continue;
      auto& d = *TRY(recipe.store.get());
      auto completed = options_.complete(recipe, d);
      if (!completed)
        return fail(std::move(
            completed.error().while_doing("while computing the base hashes of " + recipe.file)));
      TRY_VOID(check_revisions(d));
    }
    return recipes;
  }

  // Other recipes look at the same names.
  std::uint64_t hash_of(data::NameId name) const {
    const data::Names& names = *configuration_.store->family().names;
    if (hashes_.size() <= name.value) hashes_.resize(names.size(), 0);
    std::uint64_t& out = hashes_[name.value];
    if (out == 0) out = name_hash(names.text(name));
    return out;
  }

  // Everything but the datastores, with all that it depends on.
  Result<Evaluated> told(const std::vector<Recipe>& recipes, const data::Reads& reads) const {
    Evaluated out;
    out.record = encode(recipes);
    std::set<std::string> files = reads.files;
    for (const auto& recipe : recipes) {
      auto d = TRY(recipe.store.get());
      for (auto& path : d->list("__depends")) files.insert(std::move(path));
      if (!TRY(d->text("BB_DONT_CACHE")).empty()) out.keep = false;
    }
    out.files.assign(files.begin(), files.end());
    for (data::NameId name : reads.names) {
      if (name.value < numbered_) {
        out.numbered.push_back(name);
      } else {
        out.others.push_back(hash_of(name));
      }
    }
    out.all_names = reads.all_names;
    for (const auto& [question, answer] : reads.answers) {
      out.outside.push_back(question);
      out.outside.push_back(answer);
    }
    if (reads.unknown || !reads.programs.empty()) out.keep = false;
    return out;
  }

  Result<void> evaluate_by_workers() {
    TRY_VOID(start_crew());
    return finish_crew();
  }

  Result<void> finish_crew() {
    auto out = crew_->finish();
    crew_.reset();
    return out;
  }

  Result<void> start_crew() {
    collector_.emplace(options_.log != nullptr ? options_.log->target() : events_);
    Pool pool;
    pool.processes = options_.processes;
    pool.hooks = options_.hooks;
    pool.hooks.after_in_child = [&] {
      options_.hooks.after_in_child();
      if (options_.findings != nullptr) options_.findings->new_ones();  // those of the parent
      if (options_.log != nullptr) options_.log->to(*collector_);
    };
    pool.work = [&](std::size_t item) {
      auto reads = std::make_shared<data::Reads>();
      auto recipes = evaluate_one(others_[item], reads);
      Result<Evaluated> result =
          recipes ? told(*recipes, *reads) : Result<Evaluated>(fail(std::move(recipes.error())));
      return Told{std::move(result), collector_->take(),
                  options_.findings != nullptr ? options_.findings->new_ones() : ""};
    };
    pool.done = [&](std::size_t item, Told told) {
      progress();
      for (auto& line : told.log) events_.send(std::move(line));
      if (options_.findings != nullptr) options_.findings->take_in(told.findings);
      receive(others_[item], std::move(told.result));
    };
    crew_.emplace(others_.size(), std::move(pool));
    return crew_->start();
  }

  void receive(std::size_t at, Result<Evaluated> result) {
    auto recipes = result ? decode(result->record, files_.recipes[at]) : std::nullopt;
    if (!result) {
      Error& error = result.error();
      errors_.emplace(at, named(std::move(error), at));
    } else if (!recipes) {
      errors_.emplace(at, Error{Blame::Internal,
                                "the record of " + files_.recipes[at].path + " cannot be read",
                                {},
                                Kind::Plain});
    } else {
      ++summary_.parsed;
      note(*result);
      take(at, std::move(*recipes));
      if (cache_) keep(at, std::move(*result));
    }
  }

  // An error that says which file it is of. What has been told before still names its file.
  Error named(Error error, std::size_t at) const {
    const std::string& path = files_.recipes[at].path;
    if (error.trail.empty()) error.while_doing("while parsing " + path);
    if (error.kind == Kind::Handled && error.message.empty())
      error.message = "parsing " + path + " ends with the error above";
    return error;
  }

  void note(const Evaluated& evaluated) {
    if (options_.premises == nullptr) return;
    if (!evaluated.keep) options_.premises->spoil();
    for (const auto& path : evaluated.files) options_.premises->add_path(path);
    std::map<std::string, std::string> answers;
    for (std::size_t i = 0; i + 1 < evaluated.outside.size(); i += 2)
      answers[evaluated.outside[i]] = evaluated.outside[i + 1];
    options_.premises->add_answers(answers);
    options_.premises->add_sources(file_checksums(evaluated.record));
  }

  void keep(std::size_t at, Evaluated evaluated) {
    if (evaluated.keep) cache_->keep(files_.recipes[at], std::move(evaluated));
  }

  void save() {
    auto saved = cache_->save();
    if (!saved)
      event::log(events_, event::Level::Warning,
                 "recipes are not kept for the next run: " + saved.error().text());
  }

  Result<World> finish() {
    World world;
    world.config = configuration_.store;
    if (cache_) cache_->close();
    world.multiconfig = configuration_.multiconfig;
    for (std::size_t i = 0; i < recipes_.size(); ++i) {
      for (auto& recipe : recipes_[i]) {
        if (recipe.skipped) ++summary_.skipped;
        if (recipe.skipped && recipe.variant.empty())
          world.skipped_files.push_back(files_.recipes[i].path);
        ++summary_.variants;
        recipe.id = RecipeId{static_cast<std::uint32_t>(world.recipes.size())};
        world.recipes.push(std::move(recipe));
      }
    }
    summary_.masked = static_cast<int>(files_.masked.size());
    summary_.errors = static_cast<int>(errors_.size());
    events_.send(summary_);
    world.summary = summary_;
    TRY_VOID(told_errors());
    recipes_.clear();
    return world;
  }

  // All of them, the last one as what this fails of.
  Result<void> told_errors() {
    if (errors_.empty()) return {};
    auto last = std::prev(errors_.end());
    for (auto error = errors_.begin(); error != last; ++error) {
      event::log(events_, event::Level::Error, error->second.text());
      last->second.blame = std::max(last->second.blame, error->second.blame);
    }
    return fail(std::move(last->second));
  }

  const layer::Configuration& configuration_;
  eval::Evaluator& evaluator_;
  event::EventSink& events_;
  ReadOptions options_;
  // Names that have numbers before any process is forked.
  const std::size_t numbered_ = configuration_.store->family().names->size();
  mutable std::vector<std::uint64_t> hashes_;  // by name; 0: not looked at yet
  Files files_;
  std::unique_ptr<RecipeCache> cache_;
  std::vector<std::vector<Recipe>> recipes_;  // by the place of their file
  std::vector<std::size_t> others_;           // places of files that are to be evaluated
  std::map<std::size_t, Error> errors_;
  event::ParseFinished summary_;
  int done_ = 0;
  std::vector<bool> told_;  // by the place of a file: what its evaluation says has been told
  bool later_ = false;      // all have been read
  std::vector<std::pair<Recipe*, std::size_t>> open_;  // that are completed now
  std::optional<event::LogCollector> collector_;       // of a process of the crew
  std::optional<Crew> crew_;                           // the last member: it uses all others
};

}  // namespace

Result<World> read_world(const layer::Configuration& configuration, eval::Evaluator& evaluator,
                         event::EventSink& events, const ReadOptions& options) {
  auto reader = std::make_shared<WorldReader>(configuration, evaluator, events, options);
  World world = TRY(reader->read());
  world.completion = std::move(reader);  // with the cache: taking it apart takes long
  return world;
}

}  // namespace hitz::recipe

// SPDX-License-Identifier: Apache-2.0
#include "engine/recipe/recipe_cache.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "engine/base/bytes.h"
#include "engine/base/compression.h"
#include "engine/base/hash.h"
#include "engine/base/text.h"

namespace hitz::recipe {

namespace {

constexpr const char* kFormat = "4";
constexpr const char* kAllNames =
    "";  // stands for the names of all variables; no variable is called so
constexpr const char* kNeverSame = "";

// Of a name that the configuration did not have: enough to see that it may have it now.
std::size_t short_hash(std::uint64_t hash) {
  return hash & 0xffffffffU;
}

// The variables of the configuration that recipes have looked at.
// What is written of a variable that a recipe has looked at.
struct Written {
  enum class As : char { Open, Nothing, Name, Missing } as = As::Open;
  std::size_t number = 0;
};

struct KnownNames {
  std::vector<std::string> names, fingerprints;
  std::vector<bool> same;
  std::unordered_map<std::string, std::size_t> numbers;
};

}  // namespace

struct RecipeCache::State {
  std::unique_ptr<KeptRows> kept;
  data::Store& base;
  KnownNames known;
  std::unordered_set<std::uint64_t> present;   // hashes of all names of the configuration
  std::unordered_set<std::size_t> appeared;    // short hashes of those that it did not have before
  std::unordered_set<std::uint64_t> left_out;  // hashes of names whose values count for nobody
  std::vector<Written> by_number;              // of names, what is written of them
  std::string path;                            // of the database
  std::string identity;                        // ours
  bool foreign = false;  // what is written is of another identity, or makes no sense
  bool dirty = false;
  bool closed = false;

  State(std::unique_ptr<KeptRows> rows, data::Store& store) : kept(std::move(rows)), base(store) {}

  std::string fingerprint(const std::string& name) {
    if (name == kAllNames) return base.fingerprint_of_names();
    return base.fingerprint(name).value_or(kNeverSame);
  }

  Result<std::vector<std::string>> look_at_configuration();
  Result<void> recognise(const std::string& named, const std::vector<std::string>& ignored);
  Result<void> load();
  void compare_names();
  Result<void> begin_anew();
  std::size_t name_number(const std::string& name);
  Written written_of(std::string_view name);
  Written written_of(std::uint64_t hash);
  Written written_of(data::NameId name);
  Result<void> write();
  Result<void> write_names_and_files();
  void note_written();
};

RecipeCache::RecipeCache(std::unique_ptr<State> state) : state_(std::move(state)) {}
RecipeCache::~RecipeCache() = default;

Result<std::unique_ptr<RecipeCache>> RecipeCache::open(const std::string& path, data::Store& base,
                                                       const std::string& identity,
                                                       std::int64_t since_ns,
                                                       KeptRowsAhead* ahead) {
  std::unique_ptr<KeptRows> kept = ahead != nullptr ? ahead->take(path) : nullptr;
  if (kept) {
    kept->settle();  // the configuration's Python may have written files meanwhile
  } else {
    kept = TRY(KeptRows::open(path, since_ns));
  }
  auto read = [&](std::unique_ptr<KeptRows> rows) -> Result<std::unique_ptr<State>> {
    auto out = std::make_unique<State>(std::move(rows), base);
    out->path = path;
    TRY_VOID(out->recognise(identity, TRY(out->look_at_configuration())));
    TRY_VOID(out->load());
    return out;
  };
  auto state = read(std::move(kept));
  if (!state && Database::is_damage(state.error())) {
    KeptRows::remove(path);
    state = read(TRY(KeptRows::open(path, since_ns)));
  }
  if (!state) return fail(std::move(state.error()));
  return std::unique_ptr<RecipeCache>(new RecipeCache(std::move(*state)));
}

// What BitBake leaves out of the hash of a configuration counts for no recipe (DATE, TIME), unless
// it may be part of a recipe's paths (TMPDIR). Returns what is left out, sorted.
Result<std::vector<std::string>> RecipeCache::State::look_at_configuration() {
  for (std::string_view name : base.recorded_names()) present.insert(name_hash(name));
  auto unheeded = words(TRY(base.text("BB_HASHCONFIG_IGNORE_VARS")));
  std::set<std::string> out(unheeded.begin(), unheeded.end());
  for (const auto& name : words(TRY(base.text("BB_BASEHASH_IGNORE_VARS")))) out.erase(name);
  for (const auto& name : out) left_out.insert(name_hash(name));
  return std::vector<std::string>(out.begin(), out.end());
}

// Whether what is written is of the same identity, and of which generation.
Result<void> RecipeCache::State::recognise(const std::string& named,
                                           const std::vector<std::string>& ignored) {
  identity = std::string(kFormat) + " " + named + " " + base.fingerprint_of_rules() + " " +
             sha256_hex(join(ignored, " "));
  foreign = kept->identity != identity;
  if (foreign) kept->forget();
  return {};
}

Result<void> RecipeCache::State::load() {
  dirty = foreign;
  if (foreign) return {};
  TRY_VOID(kept->load());
  ByteReader in(kept->present);
  std::unordered_set<std::uint64_t> before;
  for (std::uint64_t one = 0; !in.at_end();) before.insert(one += in.number());
  for (std::uint64_t hash : present) {
    if (!before.contains(hash)) appeared.insert(short_hash(hash));
  }
  dirty = before != present;
  compare_names();
  return {};
}

void RecipeCache::State::compare_names() {
  for (const auto& [name, before] : kept->names) {
    known.numbers.emplace(name, known.names.size());
    known.names.push_back(name);
    known.fingerprints.push_back(fingerprint(name));
    const std::string& now = known.fingerprints.back();
    known.same.push_back(now == before && now != kNeverSame);
    dirty = dirty || now != before;
  }
}

std::optional<std::vector<Recipe>> RecipeCache::find(const RecipeFile& file) {
  State& s = *state_;
  auto found = s.kept->rows.find(file.path);
  if (found == s.kept->rows.end()) return std::nullopt;
  KeptRow& row = found->second;
  bool same =
      row.appends == join(file.appends, "\n") && row.layer == file.layer &&
      row.priority == file.priority &&
      all_of_packed(
          row.names,
          [&](std::size_t name) { return name < s.known.same.size() && s.known.same[name]; }) &&
      (s.appeared.empty() ||
       all_of_packed(row.missing, [&](std::size_t name) { return !s.appeared.contains(name); }));
  if (!same) return std::nullopt;
  s.kept->look(file.path, row);
  row.valid = row.recipes && s.kept->environment_holds(row);
  if (!row.valid) return std::nullopt;
  for (auto& recipe : *row.recipes) recipe.virtual_file = virtual_file(file, recipe.variant);
  return std::exchange(row.recipes, std::nullopt);
}

void RecipeCache::tell(Premises& premises) const {
  state_->kept->tell(premises);
}

std::size_t RecipeCache::State::name_number(const std::string& name) {
  auto [place, fresh] = known.numbers.try_emplace(name, known.names.size());
  if (fresh) {
    known.names.push_back(name);
    known.fingerprints.push_back(fingerprint(name));
    known.same.push_back(false);
  }
  return place->second;
}

Written RecipeCache::State::written_of(std::string_view name) {
  std::uint64_t hash = name_hash(name);
  if (left_out.contains(hash)) return {Written::As::Nothing};
  if (present.contains(hash)) return {Written::As::Name, name_number(std::string(name))};
  return {Written::As::Missing, short_hash(hash)};
}

// Of a name that was new to a recipe: the configuration has hardly ever one of the same hash.
Written RecipeCache::State::written_of(std::uint64_t hash) {
  if (left_out.contains(hash)) return {Written::As::Nothing};
  if (!present.contains(hash)) return {Written::As::Missing, short_hash(hash)};
  for (std::string_view name : base.recorded_names()) {
    if (name_hash(name) == hash) return {Written::As::Name, name_number(std::string(name))};
  }
  return {Written::As::Missing, short_hash(hash)};
}

// Most recipes look at the same names.
Written RecipeCache::State::written_of(data::NameId name) {
  if (by_number.size() <= name.value) by_number.resize(base.family().names->size());
  Written& out = by_number[name.value];
  if (out.as == Written::As::Open) out = written_of(base.family().names->text(name));
  return out;
}

void RecipeCache::keep(const RecipeFile& file, Evaluated evaluated) {
  State& s = *state_;
  std::vector<std::size_t> names, missing, files;
  auto write = [&](Written written) {
    if (written.as == Written::As::Name) names.push_back(written.number);
    if (written.as == Written::As::Missing) missing.push_back(written.number);
  };
  for (data::NameId name : evaluated.numbered) write(s.written_of(name));
  for (std::uint64_t hash : evaluated.others) write(s.written_of(hash));
  if (evaluated.all_names) names.push_back(s.name_number(kAllNames));
  for (const auto& path : evaluated.files) files.push_back(s.kept->files.number(path));
  ByteWriter record;
  record.texts(evaluated.outside);
  record.text(evaluated.record);
  s.kept->rows[file.path] = KeptRow{join(file.appends, "\n"),
                                    file.layer,
                                    file.priority,
                                    packed(std::move(names)),
                                    packed(std::move(missing)),
                                    packed(std::move(files)),
                                    zstd_compress(record.take()),
                                    true,
                                    true};
  s.dirty = true;
}

Result<void> RecipeCache::save() {
  State& s = *state_;
  bool stale = std::any_of(s.kept->rows.begin(), s.kept->rows.end(),
                           [](const auto& row) { return !row.second.valid; });
  if (!s.dirty && !stale && !s.kept->files.changed()) return {};
  if (std::exchange(s.closed, false)) {
    if (!s.kept->files.settled()) return {};  // what was kept may be of files as they are now
    s.kept->database = TRY(Database::open(s.path));
  }
  TRY_VOID(s.kept->database.run("BEGIN IMMEDIATE"));
  auto written = s.write();
  if (written) {
    s.note_written();
    return {};
  }
  (void)s.kept->database.run("ROLLBACK");
  if (Database::is_damage(written.error())) KeptRows::remove(s.path);  // it is made anew next time
  return written;
}

void RecipeCache::close() {
  [[maybe_unused]] Database closing = std::move(state_->kept->database);
  state_->closed = true;
}

void RecipeCache::State::note_written() {
  foreign = dirty = false;
  known.same.assign(known.same.size(), true);
  kept->files.note_written();
  std::erase_if(kept->rows, [](const auto& row) { return !row.second.valid; });
  for (auto& [path, row] : kept->rows) row.fresh = false;
}

// Tables of another layout may be there.
Result<void> RecipeCache::State::begin_anew() {
  for (const char* table : {"names (id INTEGER PRIMARY KEY, name TEXT, fingerprint TEXT)",
                            "files (id INTEGER PRIMARY KEY, path TEXT, mtime INTEGER, changed "
                            "INTEGER, size INTEGER, inode INTEGER, content TEXT)",
                            "recipes (path TEXT PRIMARY KEY, appends TEXT, layer TEXT, priority "
                            "INTEGER, names BLOB, missing BLOB, files BLOB, record BLOB)"}) {
    std::string layout = table;
    TRY_VOID(kept->database.run("DROP TABLE IF EXISTS " + layout.substr(0, layout.find(' '))));
    TRY_VOID(kept->database.run("CREATE TABLE " + layout));
  }
  return kept->database.run("INSERT OR REPLACE INTO meta VALUES ('identity', ?)", {identity});
}

Result<void> RecipeCache::State::write_names_and_files() {
  for (std::size_t i = 0; i < known.names.size(); ++i) {
    if (known.same[i]) continue;
    TRY_VOID(
        kept->database.run("INSERT OR REPLACE INTO names VALUES (?, ?, ?)",
                           {static_cast<std::int64_t>(i), known.names[i], known.fingerprints[i]}));
  }
  WatchedFiles& files = kept->files;
  if (!files.changed()) return {};
  for (std::size_t i = 0; i < files.all().size(); ++i) {
    if (!files.changed(i)) continue;
    const FileRecord& file = files.all()[i];
    TRY_VOID(kept->database.run("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?)",
                                {static_cast<std::int64_t>(i), file.path, file.mtime_ns,
                                 file.changed_ns, file.size, file.inode, file.content}));
  }
  return {};
}

Result<void> RecipeCache::State::write() {
  std::int64_t latest = 0;
  for (const auto& row :
       TRY(kept->database.rows("SELECT value FROM meta WHERE key = 'generation'")))
    latest = std::get<std::int64_t>(row[0]);
  if (latest != kept->generation) return kept->database.run("ROLLBACK");
  if (foreign) TRY_VOID(begin_anew());
  TRY_VOID(kept->database.run("INSERT OR REPLACE INTO meta VALUES ('generation', ?)",
                              {++kept->generation}));
  std::vector<std::size_t> hashes(present.begin(), present.end());
  TRY_VOID(kept->database.run("INSERT OR REPLACE INTO meta VALUES ('present', ?)",
                              {packed(std::move(hashes))}));
  TRY_VOID(write_names_and_files());
  for (const auto& [path, row] : kept->rows) {
    if (!row.valid) TRY_VOID(kept->database.run("DELETE FROM recipes WHERE path = ?", {path}));
    if (row.fresh)
      TRY_VOID(
          kept->database.run("INSERT OR REPLACE INTO recipes VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                             {path, row.appends, row.layer, static_cast<std::int64_t>(row.priority),
                              row.names, row.missing, row.files, row.record}));
  }
  return kept->database.run("COMMIT");
}

}  // namespace hitz::recipe

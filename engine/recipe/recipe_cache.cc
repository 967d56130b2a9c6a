// SPDX-License-Identifier: Apache-2.0
#include "engine/recipe/recipe_cache.h"

#include <unistd.h>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "engine/base/bytes.h"
#include "engine/base/compression.h"
#include "engine/base/file.h"
#include "engine/base/hash.h"
#include "engine/base/sqlite.h"
#include "engine/base/text.h"
#include "engine/recipe/local_files.h"
#include "engine/recipe/outside.h"
#include "engine/recipe/record.h"
#include "engine/recipe/watched_files.h"

namespace hitz::recipe {

namespace {

constexpr const char* kFormat = "4";
constexpr const char* kAllNames =
    "";  // stands for the names of all variables; no variable is called so
constexpr const char* kNeverSame = "";

const std::string& text(const Database::Value& value) {
  static const std::string kNone;
  const auto* out = std::get_if<std::string>(&value);
  return out != nullptr ? *out : kNone;
}

std::int64_t number(const Database::Value& value) {
  const auto* out = std::get_if<std::int64_t>(&value);
  return out != nullptr ? *out : 0;
}

// Sorted numbers as differences.
std::string packed(std::vector<std::size_t> numbers) {
  std::sort(numbers.begin(), numbers.end());
  ByteWriter out;
  std::size_t before = 0;
  for (std::size_t one : numbers) {
    out.number(one - before);
    before = one;
  }
  return out.take();
}

// Whether each number satisfies; false as well when the bytes make no sense.
template <class Condition>
bool all_of_packed(std::string_view bytes, Condition condition) {
  ByteReader in(bytes);
  for (std::size_t one = 0; !in.at_end();) {
    one += in.number();
    if (!in.ok() || !condition(one)) return false;
  }
  return true;
}

// One number for a name, the same in every process (FNV-1a).
std::uint64_t hash_of(std::string_view name) {
  std::uint64_t out = 14695981039346656037ULL;
  for (char c : name) out = (out ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return out;
}

// Of a name that the configuration did not have: enough to see that it may have it now.
std::size_t short_hash(std::uint64_t hash) {
  return hash & 0xffffffffU;
}

struct Row {
  std::string appends, layer;
  int priority = 0;
  std::string names;    // packed numbers of names that the configuration has
  std::string missing;  // packed short hashes of names that it does not have
  std::string files;    // packed numbers
  std::string record;   // compressed: what was asked of the system, then the recipes
  bool valid = false;   // found or kept in this run
  bool fresh = false;   // kept in this run
};

// The variables of the configuration that recipes have looked at.
struct KnownNames {
  std::vector<std::string> names, fingerprints;
  std::vector<bool> same;
  std::unordered_map<std::string, std::size_t> numbers;
};

}  // namespace

struct RecipeCache::State {
  Database database;
  data::Store& base;
  std::int64_t generation = 0;
  KnownNames known;
  std::unordered_set<std::uint64_t> present;  // hashes of all names of the configuration
  std::unordered_set<std::size_t> appeared;   // short hashes of those that it did not have before
  std::unordered_set<std::string> left_out;   // names whose values count for nobody
  WatchedFiles files;
  LocalFiles local_files;
  Outside outside{local_files};
  Decompressor decompressor;
  std::map<std::string, Row> rows;
  std::string identity;  // ours
  bool foreign = false;  // what is written is of another identity, or makes no sense
  bool dirty = false;

  State(Database opened, data::Store& store, std::int64_t since_ns)
      : database(std::move(opened)), base(store), files(since_ns) {}

  std::string fingerprint(const std::string& name) {
    if (name == kAllNames) return base.fingerprint_of_names();
    return base.fingerprint(name).value_or(kNeverSame);
  }

  Result<void> look_at_configuration();
  Result<void> recognise(const std::string& named);
  Result<void> load();
  Result<void> load_names();
  Result<void> load_rows();
  Result<void> begin_anew();
  std::size_t name_number(const std::string& name);
  Result<void> write();
  Result<void> write_names_and_files();
};

RecipeCache::RecipeCache(std::unique_ptr<State> state) : state_(std::move(state)) {}
RecipeCache::~RecipeCache() = default;

Result<std::unique_ptr<RecipeCache>> RecipeCache::open(const std::string& path, data::Store& base,
                                                       const std::string& identity,
                                                       std::int64_t since_ns) {
  TRY_VOID(make_folders(parent_of(path)));
  auto opened = read(path, base, identity, since_ns);
  if (opened || !Database::is_damage(opened.error())) return opened;
  for (const char* part : {"", "-wal", "-shm"}) ::unlink((path + part).c_str());
  return read(path, base, identity, since_ns);
}

Result<std::unique_ptr<RecipeCache>> RecipeCache::read(const std::string& path, data::Store& base,
                                                       const std::string& identity,
                                                       std::int64_t since_ns) {
  auto state = std::make_unique<State>(TRY(Database::open(path)), base, since_ns);
  TRY_VOID(state->look_at_configuration());
  TRY_VOID(state->recognise(identity));
  TRY_VOID(state->load());
  return std::unique_ptr<RecipeCache>(new RecipeCache(std::move(state)));
}

// What BitBake leaves out of the hash of a configuration counts for no recipe (DATE, TIME), unless
// it may be part of a recipe's paths (TMPDIR).
Result<void> RecipeCache::State::look_at_configuration() {
  for (std::string_view name : base.recorded_names()) present.insert(hash_of(name));
  for (auto& name : words(TRY(base.text("BB_HASHCONFIG_IGNORE_VARS"))))
    left_out.insert(std::move(name));
  for (const auto& name : words(TRY(base.text("BB_BASEHASH_IGNORE_VARS")))) left_out.erase(name);
  return {};
}

// Whether what is written is of the same identity, and of which generation.
Result<void> RecipeCache::State::recognise(const std::string& named) {
  std::vector<std::string> ignored(left_out.begin(), left_out.end());
  std::sort(ignored.begin(), ignored.end());
  identity = std::string(kFormat) + " " + named + " " + base.fingerprint_of_rules() + " " +
             sha256_hex(join(ignored, " "));
  TRY_VOID(database.run("CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value)"));
  foreign = true;
  for (const auto& row : TRY(database.rows("SELECT key, value FROM meta"))) {
    if (text(row[0]) == "generation") generation = number(row[1]);
    if (text(row[0]) == "identity") foreign = text(row[1]) != identity;
  }
  return {};
}

Result<void> RecipeCache::State::load() {
  dirty = foreign;
  if (foreign) return {};
  for (const auto& row : TRY(database.rows("SELECT value FROM meta WHERE key = 'present'"))) {
    ByteReader in(text(row[0]));
    std::unordered_set<std::uint64_t> before;
    for (std::uint64_t one = 0; !in.at_end();) before.insert(one += in.number());
    for (std::uint64_t hash : present) {
      if (!before.contains(hash)) appeared.insert(short_hash(hash));
    }
    dirty = before != present;
  }
  TRY_VOID(load_names());
  return load_rows();
}

Result<void> RecipeCache::State::load_names() {
  for (auto& row : TRY(database.rows("SELECT name, fingerprint FROM names ORDER BY id"))) {
    known.numbers.emplace(text(row[0]), known.names.size());
    known.names.push_back(text(row[0]));
    known.fingerprints.push_back(fingerprint(known.names.back()));
    bool same =
        known.fingerprints.back() == text(row[1]) && known.fingerprints.back() != kNeverSame;
    known.same.push_back(same);
    dirty = dirty || (!same && known.fingerprints.back() != text(row[1]));
  }
  return {};
}

Result<void> RecipeCache::State::load_rows() {
  for (const auto& row : TRY(database.rows(
           "SELECT path, mtime, changed, size, inode, content FROM files ORDER BY id")))
    files.add_known({text(row[0]), number(row[1]), number(row[2]), number(row[3]), number(row[4]),
                     text(row[5])});
  for (const auto& row : TRY(database.rows(
           "SELECT path, appends, layer, priority, names, missing, files, record FROM recipes"))) {
    rows.emplace(text(row[0]),
                 Row{text(row[1]), text(row[2]), static_cast<int>(number(row[3])), text(row[4]),
                     text(row[5]), text(row[6]), text(row[7]), false, false});
  }
  return {};
}

std::optional<std::vector<Recipe>> RecipeCache::find(const RecipeFile& file) {
  State& s = *state_;
  auto found = s.rows.find(file.path);
  if (found == s.rows.end()) return std::nullopt;
  Row& row = found->second;
  bool same =
      row.appends == join(file.appends, "\n") && row.layer == file.layer &&
      row.priority == file.priority &&
      all_of_packed(
          row.names,
          [&](std::size_t name) { return name < s.known.same.size() && s.known.same[name]; }) &&
      (s.appeared.empty() ||
       all_of_packed(row.missing, [&](std::size_t name) { return !s.appeared.contains(name); })) &&
      all_of_packed(row.files, [&](std::size_t one) {
        return one < s.files.all().size() && s.files.same(one);
      });
  if (!same) return std::nullopt;
  auto record = s.decompressor.decompress(row.record);
  if (!record) return std::nullopt;
  ByteReader in(*record);
  std::string_view recipes = s.outside.is_same(in) ? in.text() : "";
  auto out = decode(recipes, file);
  row.valid = out.has_value() && s.local_files.same(*out);
  return row.valid ? std::move(out) : std::nullopt;
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

void RecipeCache::keep(const RecipeFile& file, Evaluated evaluated) {
  State& s = *state_;
  if (evaluated.all_names) evaluated.names.emplace_back(kAllNames);
  std::vector<std::size_t> names, missing, files;
  for (const auto& name : evaluated.names) {
    if (s.left_out.contains(name)) continue;
    std::uint64_t hash = hash_of(name);
    if (name == kAllNames || s.present.contains(hash)) {
      names.push_back(s.name_number(name));
    } else {
      missing.push_back(short_hash(hash));
    }
  }
  for (const auto& path : evaluated.files) files.push_back(s.files.number(path));
  ByteWriter record;
  record.texts(evaluated.outside);
  record.text(evaluated.record);
  s.rows[file.path] = Row{join(file.appends, "\n"),
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
  bool stale =
      std::any_of(s.rows.begin(), s.rows.end(), [](const auto& row) { return !row.second.valid; });
  if (!s.dirty && !stale && !s.files.changed()) return {};
  TRY_VOID(s.database.run("BEGIN IMMEDIATE"));
  auto written = s.write();
  if (!written) (void)s.database.run("ROLLBACK");
  return written;
}

// Tables of another layout may be there.
Result<void> RecipeCache::State::begin_anew() {
  for (const char* table : {"names (id INTEGER PRIMARY KEY, name TEXT, fingerprint TEXT)",
                            "files (id INTEGER PRIMARY KEY, path TEXT, mtime INTEGER, changed "
                            "INTEGER, size INTEGER, inode INTEGER, content TEXT)",
                            "recipes (path TEXT PRIMARY KEY, appends TEXT, layer TEXT, priority "
                            "INTEGER, names BLOB, missing BLOB, files BLOB, record BLOB)"}) {
    std::string layout = table;
    TRY_VOID(database.run("DROP TABLE IF EXISTS " + layout.substr(0, layout.find(' '))));
    TRY_VOID(database.run("CREATE TABLE " + layout));
  }
  return database.run("INSERT OR REPLACE INTO meta VALUES ('identity', ?)", {identity});
}

Result<void> RecipeCache::State::write_names_and_files() {
  for (std::size_t i = 0; i < known.names.size(); ++i) {
    if (known.same[i]) continue;
    TRY_VOID(database.run("INSERT OR REPLACE INTO names VALUES (?, ?, ?)",
                          {static_cast<std::int64_t>(i), known.names[i], known.fingerprints[i]}));
  }
  if (!files.changed()) return {};
  for (std::size_t i = 0; i < files.all().size(); ++i) {
    const FileRecord& file = files.all()[i];
    TRY_VOID(database.run("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?)",
                          {static_cast<std::int64_t>(i), file.path, file.mtime_ns, file.changed_ns,
                           file.size, file.inode, file.content}));
  }
  return {};
}

Result<void> RecipeCache::State::write() {
  std::int64_t latest = 0;
  for (const auto& row : TRY(database.rows("SELECT value FROM meta WHERE key = 'generation'")))
    latest = number(row[0]);
  if (latest != generation) return database.run("ROLLBACK");
  if (foreign) TRY_VOID(begin_anew());
  TRY_VOID(database.run("INSERT OR REPLACE INTO meta VALUES ('generation', ?)", {++generation}));
  std::vector<std::size_t> hashes(present.begin(), present.end());
  TRY_VOID(database.run("INSERT OR REPLACE INTO meta VALUES ('present', ?)",
                        {packed(std::move(hashes))}));
  TRY_VOID(write_names_and_files());
  for (const auto& [path, row] : rows) {
    if (!row.valid) TRY_VOID(database.run("DELETE FROM recipes WHERE path = ?", {path}));
    if (row.fresh)
      TRY_VOID(database.run("INSERT OR REPLACE INTO recipes VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                            {path, row.appends, row.layer, static_cast<std::int64_t>(row.priority),
                             row.names, row.missing, row.files, row.record}));
  }
  return database.run("COMMIT");
}

}  // namespace hitz::recipe

// SPDX-License-Identifier: Apache-2.0
#include "engine/recipe/kept_rows.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "engine/base/bytes.h"
#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/base/times.h"
#include "engine/recipe/collect.h"
#include "engine/recipe/record.h"

namespace hitz::recipe {

namespace {

const std::string& text(const Database::Value& value) {
  static const std::string kNone;
  const auto* out = std::get_if<std::string>(&value);
  return out != nullptr ? *out : kNone;
}

std::int64_t number(const Database::Value& value) {
  const auto* out = std::get_if<std::int64_t>(&value);
  return out != nullptr ? *out : 0;
}

// 0 for a file that is empty or not there.
std::int64_t written_at(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0 || info.st_size == 0) return 0;
  return nanoseconds(info.st_mtim);
}

}  // namespace

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

KeptRows::KeptRows(Database opened, std::int64_t since_ns)
    : database(std::move(opened)), files(since_ns), since_ns_(since_ns) {}

Result<std::unique_ptr<KeptRows>> KeptRows::open(const std::string& path, std::int64_t since_ns) {
  TRY_VOID(make_folders(parent_of(path)));
  auto read = [&]() -> Result<std::unique_ptr<KeptRows>> {
    auto out = std::make_unique<KeptRows>(TRY(Database::open(path)), since_ns);
    TRY_VOID(out->load_meta());
    return out;
  };
  auto opened = read();
  if (opened || !Database::is_damage(opened.error())) return opened;
  remove(path);
  return read();
}

void KeptRows::remove(const std::string& path) {
  for (const char* part : {"", "-wal", "-shm"}) ::unlink((path + part).c_str());
}

Result<void> KeptRows::load_meta() {
  TRY_VOID(database.run("CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value)"));
  for (const auto& row : TRY(database.rows("SELECT key, value FROM meta"))) {
    if (text(row[0]) == "generation") generation = number(row[1]);
    if (text(row[0]) == "identity") identity = text(row[1]);
    if (text(row[0]) == "present") present = text(row[1]);
  }
  return {};
}

Result<void> KeptRows::load() {
  if (loaded) return {};
  auto read = load_rows();
  loaded = read.has_value();
  if (!loaded) forget();
  return read;
}

// Row by row: what is read at once takes memory that every task's process is given later. The
// database's own memory is the whole process's, as it keeps a list of all that are open.
Result<void> KeptRows::load_rows() {
  using Seen = Database::Seen;
  auto each = [this](const std::string& sql, const std::function<void(const Seen&)>& keep) {
    return database.each(sql, [&](const Seen& row) {
      apart_.enter();
      keep(row);
      apart_.leave();
    });
  };
  TRY_VOID(each("SELECT name, fingerprint FROM names ORDER BY id",
                [this](const Seen& row) { names.emplace_back(row.text(0), row.text(1)); }));
  TRY_VOID(each("SELECT path, mtime, changed, size, inode, content FROM files ORDER BY id",
                [this](const Seen& row) {
                  files.add_known({std::string(row.text(0)), row.number(1), row.number(2),
                                   row.number(3), row.number(4), std::string(row.text(5))});
                }));
  TRY_VOID(each("SELECT path, appends, layer, priority, names, missing, files, record FROM recipes",
                [this](const Seen& row) {
                  KeptRow kept;
                  kept.appends = row.text(1);
                  kept.layer = row.text(2);
                  kept.priority = static_cast<int>(row.number(3));
                  kept.names = row.text(4);
                  kept.missing = row.text(5);
                  kept.files = row.text(6);
                  kept.record = row.text(7);
                  rows.emplace(row.text(0), std::move(kept));
                }));
  return {};
}

void KeptRows::forget() {
  rows.clear();
  names.clear();
  present.clear();
  files = WatchedFiles(since_ns_);
}

void KeptRows::look(const std::string& path, KeptRow& row) {
  if (!row.looked) row.recipes = intact(path, row);
  row.looked = true;
}

std::optional<std::vector<Recipe>> KeptRows::intact(const std::string& path, KeptRow& row) {
  // Not apart: at the first hash of a file OpenSSL makes what it keeps for the process, and the
  // forks hash files too.
  bool same = all_of_packed(
      row.files, [&](std::size_t one) { return one < files.all().size() && files.same(one); });
  if (!same) return std::nullopt;
  apart_.enter();
  auto out = read(path, row);
  apart_.leave();
  return out;
}

std::optional<std::vector<Recipe>> KeptRows::read(const std::string& path, KeptRow& row) {
  auto record = decompressor_.decompress(row.record);
  if (!record) return std::nullopt;
  ByteReader in(*record);
  if (!outside_->is_same(in, row.environment)) return std::nullopt;
  RecipeFile file{path, {}, row.layer, row.priority};
  if (!row.appends.empty()) file.appends = split(row.appends, '\n');
  const std::string_view recipes = in.text();
  if (!local_files_->same(file_checksums(recipes))) return std::nullopt;
  return decode(recipes, file);
}

void KeptRows::settle() {
  if (files.settled() && local_files_->settled() && outside_->settled()) return;
  files.look_again();
  local_files_ = std::make_unique<LocalFiles>();
  outside_ = std::make_unique<Outside>(*local_files_);
  for (auto& [path, row] : rows) {
    row.looked = false;
    row.recipes.reset();
    row.environment.clear();
  }
}

void KeptRows::tell(Premises& premises) const {
  premises.add(local_files_->looked());
  premises.add(LocalFiles::Looked{{outside_->looked().begin(), outside_->looked().end()}, {}});
  premises.add(LocalFiles::Looked{files.looked(), {}});
  std::map<std::string, std::string> answers;
  for (const auto& [path, row] : rows) {
    for (std::size_t i = 0; row.valid && i + 1 < row.environment.size(); i += 2)
      answers[row.environment[i]] = row.environment[i + 1];
  }
  premises.add_answers(answers);
}

bool KeptRows::environment_holds(const KeptRow& row) {
  for (std::size_t i = 0; i + 1 < row.environment.size(); i += 2) {
    if (outside_->answer(row.environment[i]) != row.environment[i + 1]) return false;
  }
  return true;
}

KeptRowsAhead::KeptRowsAhead(std::string path, std::int64_t since_ns, Apart apart)
    : path_(std::move(path)),
      since_ns_(since_ns),
      apart_(std::move(apart)),
      thread_([this] { run(); }) {}

KeptRowsAhead::~KeptRowsAhead() {
  unwanted_ = true;
  leave_.count_down();
  thread_.join();
}

// The memory of a thread that has ended is anybody's: a fork without it would be given what it does
// not have.
void KeptRowsAhead::run() {
  read();
  done_.count_down();
  leave_.wait();
}

void KeptRowsAhead::read() {
  auto opened = KeptRows::open(path_, since_ns_);
  if (!opened) return;
  (*opened)->keep_apart(apart_);
  if (!(*opened)->load()) return;
  for (auto& [path, row] : (*opened)->rows) {
    if (unwanted_) return;
    (*opened)->look(path, row);
  }
  (*opened)->keep_apart({});
  rows_ = std::move(*opened);
  apart_.end();
}

void KeptRowsAhead::stop() {
  unwanted_ = true;
  wait();
}

void KeptRowsAhead::wait() const {
  done_.wait();
}

std::unique_ptr<KeptRows> KeptRowsAhead::take(const std::string& path) {
  if (path != path_) {
    stop();
    return nullptr;
  }
  wait();
  return std::move(rows_);
}

std::string newest_kept_rows(const std::string& folder) {
  std::string out;
  std::int64_t latest = 0;
  for (const auto& path : glob_paths(folder + "/hitz-recipes.*.sqlite")) {
    const std::int64_t time = written_at(path);
    if (time == 0) continue;
    if (!out.empty() && time <= latest) continue;
    out = path;
    latest = time;
  }
  return out;
}

}  // namespace hitz::recipe

// SPDX-License-Identifier: Apache-2.0
// An answer is kept as a zstd frame of
//
//   digest of the rest, version, question, output, count (level line)*, premises
//
// with numbers and texts as engine/base/bytes.h has them.
#include "engine/cli/answers.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "engine/base/bytes.h"
#include "engine/base/compression.h"
#include "engine/base/file.h"
#include "engine/base/hash.h"
#include "engine/base/text.h"
#include "engine/cli/configured.h"

namespace hitz::cli {

namespace {

constexpr std::uint64_t kVersion = 1;
constexpr std::size_t kMostKept = 32;
constexpr std::size_t kMostLines = 1000;
constexpr int kLevel = 1;

std::string folder_of(const std::string& topdir) {
  return topdir + "/cache/hitz-answers";
}

std::string written(const Answer& answer, const std::string& premises) {
  ByteWriter out;
  out.number(kVersion);
  out.text(answer.output);
  out.number(answer.log.size());
  for (const auto& line : answer.log) {
    out.number(static_cast<std::uint64_t>(line.level));
    out.text(line.message);
  }
  out.text(premises);
  return out.take();
}

// Those that were given longest ago make room.
void make_room(const std::string& folder) {
  std::vector<std::pair<std::int64_t, std::string>> kept;
  for (auto& path : list_folder(folder)) kept.emplace_back(recipe::changed_at(path), path);
  std::sort(kept.begin(), kept.end());
  for (std::size_t i = 0; i + kMostKept <= kept.size(); ++i) ::unlink(kept[i].second.c_str());
}

}  // namespace

Question::Question(const std::string& command, const Given& given,
                   const std::vector<std::string>& deciding, event::EventSink& events)
    : events_(events), topdir_(build_directory()) {
  std::string words = command + '\0' + std::to_string(::geteuid());  // who may read what
  for (const auto& [name, values] : given.options) {
    if (std::find(deciding.begin(), deciding.end(), name) == deciding.end()) return;
    words += '\0' + name;
    for (const auto& value : values) words += "=" + value;
  }
  for (const auto& argument : given.arguments) words += '\0' + argument;
  if (!topdir_.empty()) path_ = folder_of(topdir_) + "/" + sha256_hex(words);
}

void Question::send(const event::Event& event) {
  if (const auto* line = std::get_if<event::Log>(&event)) answer_.log.push_back(*line);
  events_.send(event);
}

std::optional<Answer> Question::kept() const {
  auto frame = read_file(path_);
  auto bytes = frame ? zstd_decompress(*frame) : std::move(frame);
  if (!bytes) return std::nullopt;
  ByteReader whole(*bytes);
  const std::string_view digest = whole.text(), rest = whole.text();
  ByteReader in(rest);
  if (!whole.ok() || digest != sha256_hex(rest) || in.number() != kVersion) return std::nullopt;
  Answer out;
  out.output = in.text();
  for (std::uint64_t left = in.number(); left > 0 && in.ok(); --left) {
    auto level = static_cast<event::Level>(in.number());
    out.log.push_back({level, std::string(in.text())});
  }
  const std::string_view premises = in.text();
  if (!in.ok() || !recipe::do_stand(premises, process_environment())) return std::nullopt;
  return out;
}

bool Question::is_answered() {
  if (path_.empty()) return false;
  auto known = kept();
  if (!known) return false;
  for (auto& line : known->log) events_.send(std::move(line));
  print(known->output);
  return true;
}

Result<std::unique_ptr<House>> Question::open(House::Recipes recipes) {
  auto house = TRY(House::open(*this, recipes));
  if (!path_.empty()) house->note_premises();
  return house;
}

void Question::answer(const std::string& output) {
  answer_.output = output;
  print(output);
}

// A warning is told each time; an error is to be found anew.
void Question::keep(House& house, TimeOfDay clock) {
  auto is_error = [](const event::Log& line) { return line.level == event::Level::Error; };
  if (path_.empty() || answer_.log.size() > kMostLines ||
      std::any_of(answer_.log.begin(), answer_.log.end(), is_error))
    return;
  auto folder = house.configuration.store->text("PERSISTENT_DIR");
  if (!folder || (!folder->empty() && *folder != topdir_ + "/cache")) return;
  auto premises = house.premises(clock);
  if (!premises || !make_folders(folder_of(topdir_))) return;
  make_room(folder_of(topdir_));
  const std::string rest = written(answer_, *premises);
  ByteWriter whole;
  whole.text(sha256_hex(rest));
  whole.text(rest);
  (void)write_file(path_, zstd_compress(whole.take(), kLevel));  // next time then
}

}  // namespace hitz::cli

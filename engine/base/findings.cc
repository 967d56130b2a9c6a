// SPDX-License-Identifier: Apache-2.0
// The file, in the byte order of the machine: its head, the entries in the order of their keys, and
// what they point to.
#include "engine/base/findings.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "engine/base/bytes.h"
#include "engine/base/file.h"
#include "engine/base/hash.h"

namespace hitz {

namespace {

constexpr std::size_t kKey = 32;
constexpr std::size_t kIdentity = 64;
constexpr std::size_t kShared = std::size_t{16} << 20;  // bytes; taken as they are needed
constexpr std::uint64_t kMagic = 0x68697466'00000001;   // its last digits are the layout's number

struct Head {
  std::uint64_t magic = kMagic;
  std::uint64_t count = 0;
  char identity[kIdentity] = {};
};

std::string key_of(char function, std::string_view text) {
  return Sha256().add({&function, 1}).add(text).hex().substr(0, kKey);
}

// Enough to see that a disk has lost something.
std::uint32_t checksum(std::string_view bytes) {
  std::uint32_t out = 2166136261U;
  for (char c : bytes) out = (out ^ static_cast<unsigned char>(c)) * 16777619U;
  return out;
}

template <class T>
std::string_view bytes_of(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

}  // namespace

struct Findings::Entry {
  char key[kKey];
  std::uint64_t at;  // from the beginning of the file
  std::uint32_t size, checksum;
  std::string_view view() const { return {key, kKey}; }
};

Findings::Findings(std::string path, std::string identity)
    : path_(std::move(path)), identity_(sha256_hex(identity)) {
  int file = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  struct stat info{};
  if (::fstat(file, &info) == 0 && info.st_size >= static_cast<off_t>(sizeof(Head))) {
    size_ = static_cast<std::size_t>(info.st_size);
    void* memory = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file, 0);
    bytes_ = memory == MAP_FAILED ? nullptr : static_cast<const char*>(memory);
  }
  ::close(file);
  if (!is_sound()) {
    close();
    return;
  }
  entries_ = reinterpret_cast<const Entry*>(bytes_ + sizeof(Head));
  count_ = reinterpret_cast<const Head*>(bytes_)->count;
}

Findings::~Findings() {
  close();
}

bool Findings::is_sound() const {
  if (bytes_ == nullptr) return false;
  const auto* head = reinterpret_cast<const Head*>(bytes_);
  return head->magic == kMagic && std::string_view(head->identity, kIdentity) == identity_ &&
         head->count <= (size_ - sizeof(Head)) / sizeof(Entry);
}

void Findings::close() {
  if (bytes_ != nullptr) ::munmap(const_cast<char*>(bytes_), size_);
  bytes_ = nullptr;
  entries_ = nullptr;
  count_ = 0;
}

std::optional<std::string_view> Findings::written(std::string_view key) const {
  const Entry* end = entries_ + count_;
  const Entry* found = std::lower_bound(
      entries_, end, key, [](const Entry& entry, std::string_view k) { return entry.view() < k; });
  if (found == end || found->view() != key || found->at > size_ || found->size > size_ - found->at)
    return std::nullopt;
  std::string_view out(bytes_ + found->at, found->size);
  return checksum(out) == found->checksum ? std::optional(out) : std::nullopt;
}

std::optional<std::string_view> Findings::find(char function, std::string_view text) {
  hear();
  if (count_ == 0 && added_.empty() && heard_.empty()) return std::nullopt;
  const std::string key = key_of(function, text);
  if (auto found = added_.find(key); found != added_.end()) return found->second;
  if (auto found = heard_.find(key); found != heard_.end()) return found->second;
  return written(key);
}

void Findings::add(char function, std::string_view text, std::string finding) {
  std::string key = key_of(function, text);
  if (log_) log_->add(key, finding);
  if (added_.insert_or_assign(key, std::move(finding)).second) new_keys_.push_back(std::move(key));
}

void Findings::hear() {
  if (log_) log_->read_on([&](auto key, auto finding) { heard_.try_emplace(key, finding); });
}

void Findings::share() {
  if (!log_) log_ = SharedLog::make(kShared);
  hear();  // the fork need not read what others have found by now
}

std::string Findings::new_ones() {
  if (new_keys_.empty()) return "";
  ByteWriter out;
  for (const auto& key : new_keys_) {
    out.text(key);
    out.text(added_[key]);
  }
  new_keys_.clear();
  return out.take();
}

void Findings::take_in(std::string_view bytes) {
  for (ByteReader in(bytes); !in.at_end() && in.ok();) {
    std::string key(in.text());
    std::string finding(in.text());
    if (in.ok()) added_.try_emplace(std::move(key), std::move(finding));
  }
}

Result<void> Findings::save() {
  if (added_.empty()) return {};
  std::map<std::string_view, std::string_view> all(added_.begin(), added_.end());
  for (std::size_t i = 0; i < count_; ++i) {
    if (auto finding = written(entries_[i].view())) all.try_emplace(entries_[i].view(), *finding);
  }
  Head head;
  head.count = all.size();
  std::copy(identity_.begin(), identity_.end(), head.identity);
  std::string out(bytes_of(head)), rest;
  const std::size_t begin = sizeof(Head) + all.size() * sizeof(Entry);
  for (const auto& [key, finding] : all) {
    Entry entry{};
    std::copy(key.begin(), key.end(), entry.key);
    entry.at = begin + rest.size();
    entry.size = static_cast<std::uint32_t>(finding.size());
    entry.checksum = checksum(finding);
    out += bytes_of(entry);
    rest += finding;
  }
  return write_file(path_, out + rest);
}

}  // namespace hitz

// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/kept_texts.h"

#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/cli/identity.h"

namespace hitz::cli {

namespace {

constexpr off_t kMost = 64 << 20;           // texts that were edited leave theirs behind
constexpr std::size_t kWorthWriting = 8192;  // bytes of text

// The file, gone when it has grown too large.
std::string file_in(const std::string& folder) {
  std::string path = folder + "/hitz-texts";
  struct stat info{};
  if (::stat(path.c_str(), &info) == 0 && info.st_size > kMost) ::unlink(path.c_str());
  return path;
}

}  // namespace

KeptTexts::KeptTexts(const std::string& build_directory, parser::Reader& reader,
                     python::Interpreter& python)
    : folder_(build_directory + "/cache"),
      findings_(file_in(folder_), identity_of_program()),
      reader_(reader),
      python_(python) {
  reader_.remember(&findings_);
  python_.keep_code(&findings_);
}

KeptTexts::~KeptTexts() {
  reader_.remember(nullptr);
  python_.keep_code(nullptr);
}

void KeptTexts::save() {
  const std::size_t fresh = reader_.parsed() + python_.compiled_anew();
  if (fresh < saved_ + kWorthWriting || !is_folder(folder_)) return;
  saved_ = fresh;
  (void)findings_.save();  // next time then
}

}  // namespace hitz::cli

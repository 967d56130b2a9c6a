// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/task_signature_file.h"

#include "engine/signature/base_hash.h"

namespace hitz::cli {

Result<void> TaskSignatureFile::write(const std::string& unihash, const std::string& path) {
  if (!data_) {
    auto store = TRY(recipe_.store.get());
    if (!manifest_) manifest_ = TRY(signature::BaseHashes(*store, scanner_).of(task_));
    data_ = signature::signature_data(*manifest_, &signature_, rules_.ignored_variables,
                                      rules_.ignored_tasks);
    TRY_VOID(signature::find_literals(*data_, *store));
  }
  if (data_->run) data_->run->unihash = unihash;
  if (!path.empty()) return signature::write_signature_file(path, *data_);
  TRY(signature::write_signature(recipe_.stamp, *data_));
  return {};
}

}  // namespace hitz::cli

// SPDX-License-Identifier: Apache-2.0
#pragma once
// Definitions: the functions that metadata defines by "def". All recipes share one table of them,
// as in BitBake, where a recipe is parsed anew before its tasks run; here recipes stay, so each
// must find its own again when several define one name.

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/data/store.h"
#include "python/object.h"

namespace hitz::python {

class Definitions {
 public:
  /// Notes a definition that has just been executed.
  void note(std::string_view name, std::string_view text, Object code);
  /// Executes again in the globals what d defines otherwise than they have it.
  Result<void> prefer(data::Store& d, const Object& globals);

 private:
  struct Name {
    std::string present;                               // its text
    std::map<std::string, Object, std::less<>> codes;  // by text
  };
  std::unordered_map<std::string, Name> names_;
  std::vector<std::string> contested_;  // names with several texts; an index of names_
  std::weak_ptr<data::Store> last_;     // whose definitions are present
};

}  // namespace hitz::python

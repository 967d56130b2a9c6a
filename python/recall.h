// SPDX-License-Identifier: Apache-2.0
#pragma once
// Recall: what a pure expression gave, by the values that it read. It need not run again while
// they are the same (python/hitz/pure.py says which expressions are pure).

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/data/store.h"

namespace hitz::python {

/// One d.getVar() that Python code called.
struct Reading {
  data::NameId name;
  data::Expand expand = data::Expand::Yes;
  data::Value value;
};

class Recall {
 public:
  /// The result for what d holds now; nullopt when it is not known, or when reading fails.
  std::optional<std::string> result(data::Store& d);
  void keep(data::Store& d, std::vector<Reading> readings, std::string result);

 private:
  std::optional<std::string> compare(data::Store& d);
  struct Trace {
    std::vector<Reading> readings;
    std::string result;
  };
  std::vector<Trace> traces_;           // the latest first
  std::shared_ptr<data::Names> names_;  // whose numbers these are
  bool comparing_ = false;  // reading a variable may evaluate the same expression elsewhere
};

}  // namespace hitz::python

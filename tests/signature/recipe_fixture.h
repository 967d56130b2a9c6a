// SPDX-License-Identifier: Apache-2.0
#pragma once
// Recipes written as text, evaluated by the real evaluator in a folder of their own.

#include <memory>
#include <string>
#include <vector>

#include "engine/eval/evaluator.h"
#include "python/interpreter.h"
#include "tests/support/catch.h"

namespace hitz::tests {

using Release = data::Family::Release;

class NoEvents final : public event::EventSink {
 public:
  void send(const event::Event&) override {}
};

/// One release's engine over a folder that is removed with it.
class RecipeFixture {
 public:
  explicit RecipeFixture(Release release);
  ~RecipeFixture();
  RecipeFixture(const RecipeFixture&) = delete;
  RecipeFixture& operator=(const RecipeFixture&) = delete;

  const std::string& folder() const { return folder_; }
  /// The finished store of a recipe text named NAME_1.0.bb.
  Result<std::shared_ptr<data::Store>> recipe(const std::string& text,
                                              const std::string& name = "x");
  data::PythonHost& python() { return *python_; }

 private:
  std::string folder_;
  Sources sources_;
  NoEvents events_;
  python::Interpreter* python_;
  std::unique_ptr<parser::Reader> reader_;
  std::unique_ptr<eval::Evaluator> evaluator_;
  data::Family family_;
};

}  // namespace hitz::tests

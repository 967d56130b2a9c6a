// SPDX-License-Identifier: Apache-2.0
#pragma once
// House: an interpreter and the stores that it works on. CPython is the process's, so tests share
// one.

#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/data/store.h"
#include "python/interpreter.h"
#include "tests/support/catch.h"

namespace hitz::python {

struct House {
  Sources sources;
  std::unique_ptr<Interpreter> python;
  data::Family family;
  std::vector<std::string> log;

  House() {
    auto started = Interpreter::start(HITZ_SOURCE_ROOT "/python");
    REQUIRE(started);
    python = std::move(*started);
    family =
        data::Family{python.get(), &sources, data::Family::Release::Wrynose, [](const auto&) {}};
    python->use(family);
    python->hooks.log = [this](int level, const std::string& text) {
      log.push_back(std::to_string(level) + " " + text);
    };
  }

  std::shared_ptr<data::Store> store(
      std::initializer_list<std::pair<const char*, const char*>> variables) {
    auto d = data::Store::create(family);
    for (const auto& [name, value] : variables)
      REQUIRE(d->set(name, std::string(value), data::Writer::Code));
    return d;
  }

  Result<std::optional<std::string>> evaluate(const char* expression, data::Store& d) {
    python->use(family);
    return python->evaluate(expression, d);
  }

  /// What Python itself says, with sys at hand; "failed" for an exception.
  std::string told(const std::string& expression, data::Store& d) {
    auto out = evaluate(("(lambda sys: " + expression + ")(__import__('sys'))").c_str(), d);
    return out && *out ? **out : "failed";
  }

  Result<void> run(const char* name, const char* body, data::Store& d) {
    python->use(family);
    return python->run({name, body, "/layer/recipe.bb", 7}, d);
  }
};

}  // namespace hitz::python

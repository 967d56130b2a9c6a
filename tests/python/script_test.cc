// SPDX-License-Identifier: Apache-2.0
// What scripts find: the engine by hitz.ask(), datastores that travel, and how a program begins
// again.
#include "engine/data/store.h"
#include "python/interpreter.h"
#include "tests/support/catch.h"
#include "tests/support/python_house.h"

namespace hitz::python {

TEST_CASE("python: a script's question comes with its words and is answered with stores",
          "[python]") {
  House house;
  auto d = house.store({{"A", "1"}});
  const char* ask =
      "(lambda got: (got[0], [s.getVar('A') for s in got[1]]))("
      "__import__('_hitz').ask('greet', ['a', 'b c'], d))";
  auto untold = house.evaluate(ask, *d);
  REQUIRE_FALSE(untold);
  CHECK(untold.error().message.find("the engine is not available here") != std::string::npos);

  house.python->hooks.ask = [](const Asked& asked) -> Result<Answer> {
    if (asked.arguments.size() != 2) return input_error("two words are wanted");
    return Answer{asked.command + " " + asked.arguments[1], {asked.d, asked.d}};
  };
  CHECK(house.evaluate(ask, *d).value() == "('greet b c', ['1', '1'])");
  auto wrong = house.evaluate("__import__('_hitz').ask('greet', [], None)", *d);
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().message.find("two words are wanted") != std::string::npos);
}

TEST_CASE("python: a datastore travels to another process with its overrides and flags",
          "[python]") {
  House house;
  auto d = house.store({{"OVERRIDES", "o"}, {"A", "plain"}, {"A:o", "${B} better"}, {"B", "x"}});
  REQUIRE(d->set_flag("A", "doc", std::string("what")));
  CHECK(house
            .evaluate("(lambda p: (lambda e: (e.getVar('A'), e.getVarFlag('A', 'doc'), e is d))"
                      "(p.loads(p.dumps(d))))(__import__('pickle'))",
                      *d)
            .value() == "('x better', 'what', False)");
}

TEST_CASE("python: a command line of python3 says what program runs", "[python]") {
  House house;
  auto d = house.store({});
  auto program = [&](const std::string& words) {
    std::string expression =
        "__import__('hitz.outside', fromlist=['x']).program('" + words + "'.split(' '))";
    return house.evaluate(expression.c_str(), *d).value().value();
  };
  CHECK(program("python3 tool.py -c x") == "('file', ['tool.py', '-c', 'x'])");
  CHECK(program("python3 -u -W ignore tool.py") == "('file', ['tool.py'])");
  CHECK(program("python3 -Bc text a") == "('text', ['text', 'a'])");
  CHECK(program("python3 -mpytest -q") == "('module', ['pytest', '-q'])");
  CHECK(program("python3 -X utf8 -m unittest x") == "('module', ['unittest', 'x'])");
  CHECK(program("python3") == "None");
  CHECK(program("python3 - a") == "None");
}

}  // namespace hitz::python

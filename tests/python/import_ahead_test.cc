// SPDX-License-Identifier: Apache-2.0
// What processes of tasks would each import is imported before they are forked.
#include "tests/support/catch.h"
#include "tests/support/python_house.h"
#include "tests/support/temporary_folder.h"

namespace hitz::python {

namespace {

/// A layer's library, and a task whose function calls one of metadata's that imports from it.
struct Layer {
  House house;
  testing::TemporaryFolder folder;
  std::shared_ptr<data::Store> d = house.store({});
  std::string package;

  Layer(std::string name, const std::string& module) : package(std::move(name)) {
    folder.write(package + "/__init__.py", "");
    folder.write(package + "/module.py", module);
    folder.write(package + "/other.py", "number = 1\n");
    REQUIRE(house.python->add_library(folder.path(), package, *d));
    const std::string text = "def " + package + "_helper(d):\n    from " + package +
                             ".module import f\n    import colorsys\n    return f(d)\n";
    REQUIRE(house.python->define(package + "_helper", text, "/layer/a.bbclass", 1));
  }
  ~Layer() { (void)evaluate("sys.path.remove('" + folder.path() + "')"); }

  void make_ready() {
    house.python->make_ready(
        {"do_" + package, "    " + package + "_helper(d)\n", "/layer/recipe.bb", 7});
  }
  std::string evaluate(const std::string& expression) { return house.told(expression, *d); }
  bool is_there(const std::string& module) {
    return evaluate("'" + package + "." + module + "' in sys.modules") == "True";
  }
};

}  // namespace

TEST_CASE("python: what functions import that a task calls is imported before a second such task",
          "[python]") {
  Layer layer("aheadlib", "import colorsys\nfrom . import other\n\ndef f(d):\n    return 1\n");
  layer.make_ready();
  CHECK_FALSE(layer.is_there("module"));
  layer.make_ready();
  CHECK(layer.is_there("module"));
  CHECK(layer.is_there("other"));
  CHECK(layer.evaluate("'colorsys' in sys.modules") == "True");
}

TEST_CASE("python: a module that does more than define things is left to the tasks that import it",
          "[python]") {
  int number = 0;
  for (const char* module : {"import os\nHOME = os.environ.get('HOME')\ndef f(d):\n    return 1\n",
                             "import sys\nsys.known = 1\ndef f(d):\n    return 1\n", "def f(d:\n",
                             "from . import missing\nmissing.call()\ndef f(d):\n    return 1\n"}) {
    Layer layer("doneslib" + std::to_string(++number), module);
    layer.make_ready();
    layer.make_ready();
    INFO(module);
    CHECK_FALSE(layer.is_there("module"));
  }
}

TEST_CASE("python: a module whose import brings along one that does something is left as well",
          "[python]") {
  Layer layer("bringslib", "from . import second\n\ndef f(d):\n    return second.g()\n");
  layer.folder.write("bringslib/second.py", "import sys\nsys.known = 2\n");
  layer.make_ready();
  layer.make_ready();
  CHECK_FALSE(layer.is_there("module"));
  CHECK_FALSE(layer.is_there("second"));
}

}  // namespace hitz::python

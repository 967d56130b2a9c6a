// SPDX-License-Identifier: Apache-2.0
// Modules of BBIMPORTS that are not imported before something asks for them.
#include <chrono>
#include <thread>

#include "engine/base/findings.h"
#include "tests/support/catch.h"
#include "tests/support/python_house.h"
#include "tests/support/temporary_folder.h"

namespace hitz::python {

namespace {

/// A layer's library whose module "large" brings ten others along, and what earlier runs have found
/// out.
struct Library {
  House house;
  testing::TemporaryFolder folder;
  Findings findings{folder.path() + "/findings", "test"};
  std::shared_ptr<data::Store> d = house.store({});
  std::string package;

  Library(std::string name, const std::string& top) : package(std::move(name)) {
    folder.write(package + "/__init__.py", "BBIMPORTS = ['large']\n");
    std::string imports;
    for (int part = 0; part < 10; ++part) {
      const std::string module = "part" + std::to_string(part);
      folder.write(package + "/" + module + ".py", "number = " + std::to_string(part) + "\n");
      imports += "import " + package + "." + module + "\n";
    }
    folder.write(package + "/large.py", imports + top + "\ndef f(d):\n    return d.getVar('A')\n");
    std::this_thread::sleep_for(std::chrono::milliseconds(60));  // a file that is new may change
    house.python->keep_code(&findings);
  }
  ~Library() { house.python->keep_code(nullptr); }

  /// One run of hitz adds it.
  void add() {
    forget();
    REQUIRE(house.python->add_library(folder.path(), package, *d));
  }
  void forget() {
    auto text = "[sys.modules.pop(n) for n in list(sys.modules) if n.startswith('" + package +
                "')] and [sys.path.remove('" + folder.path() + "')] and ''";
    (void)evaluate(text);
  }
  std::string evaluate(const std::string& expression) { return house.told(expression, *d); }
  bool has_come(const std::string& module) {
    return evaluate("'number' in vars(sys.modules['" + package + "." + module + "'])") == "True";
  }
};

}  // namespace

TEST_CASE("python: a large module that only defines things is imported when it is asked for",
          "[python]") {
  Library library("laterlib",
                  "def told(*words):\n    return lambda f: f\n\n\n"
                  "@told('x')\nclass C:\n    kind = told()\n");
  library.add();
  CHECK(library.has_come("part3"));  // nothing is known of it yet
  library.add();
  CHECK_FALSE(library.has_come("part3"));
  CHECK(library.evaluate("sys.modules['laterlib.large'].missing") == "failed");
  CHECK(library.evaluate("sys.modules['laterlib'].large.C.kind(1)") == "1");
  CHECK(library.evaluate("sys.modules['laterlib'].part3.number") == "3");
  CHECK(library.has_come("part3"));
  CHECK_FALSE(library.has_come("part4"));
  CHECK(library.house.python->module_function_names().contains("laterlib.large.f"));
}

TEST_CASE("python: a name that is given to a module that has not come yet stays", "[python]") {
  Library library("givenlib", "def g():\n    return 1\n");
  library.add();
  library.add();
  CHECK(library.evaluate("setattr(sys.modules['givenlib.large'], 'g', 5) or "
                         "sys.modules['givenlib.large'].g") == "5");
}

TEST_CASE("python: a large module that does something else is imported at once", "[python]") {
  for (const char* top :
       {"import bb\nbb.known = 1\n", "import bb.utils\nX = bb.utils.which('', '')\n",
        "import os\nHOME = os.environ.get('HOME')\n", "import sys\nsys.known = 1\n"}) {
    Library library("doinglib" + std::to_string(std::hash<std::string>()(top)), top);
    library.add();
    library.add();
    CHECK(library.has_come("part3"));
    library.forget();
  }
}

TEST_CASE("python: what was found out of a module does not hold for another text of it",
          "[python]") {
  Library library("changedlib", "");
  library.add();
  library.folder.write("changedlib/part3.py", "number = 33\nimport sys\nsys.known = 1\n");
  library.add();
  CHECK(library.has_come("part3"));
}

}  // namespace hitz::python

// SPDX-License-Identifier: Apache-2.0
// What hitz answers without running Python again is what Python would say.
#include "tests/support/python_house.h"

namespace hitz::python {

namespace {

struct Recalling : House {
  std::shared_ptr<data::Store> d = store({});

  void set(const char* name, const char* value) {
    REQUIRE(d->set(name, std::string(value), data::Writer::Code));
  }
  std::string value(const char* name) {
    auto text = d->text(name);
    REQUIRE(text);
    return *text;
  }
  bool is_pure(const std::string& expression) {
    auto said = python->call("hitz.pure", "_is_pure_text", d.get(), {expression});
    REQUIRE(said);
    return *said == "True";
  }
};

}  // namespace

TEST_CASE("python: a pure expression gives what the variables hold now", "[python]") {
  Recalling r;
  r.set("V", "${@d.getVar('A').replace('_', '-') + (d.getVar('B') or '')}");
  r.set("A", "a_b");
  CHECK(r.value("V") == "a-b");
  r.set("B", "!");
  CHECK(r.value("V") == "a-b!");
  r.set("A", "c_${B}");
  CHECK(r.value("V") == "c-!!");
  r.set("B", "");
  CHECK(r.value("V") == "c-");
  r.set("A", "a_b");
  CHECK(r.value("V") == "a-b");
}

TEST_CASE("python: a variable that is unset is another than an empty one", "[python]") {
  Recalling r;
  r.set("V", "${@'unset' if d.getVar('A') == None else 'set'}");
  CHECK(r.value("V") == "unset");
  r.set("A", "");
  CHECK(r.value("V") == "set");
  r.d->erase("A");
  CHECK(r.value("V") == "unset");
}

TEST_CASE("python: an expression that reads a variable with the same expression ends", "[python]") {
  Recalling r;
  r.set("V", "${@d.getVar(d.getVar('WHICH', False) or 'END') or ''}");
  r.set("WHICH", "W");
  r.set("W", "${@d.getVar(d.getVar('WHICH2', False) or 'END') or ''}");
  r.set("END", "end");
  for (int i = 0; i < 3; ++i) {
    CHECK(r.value("V") == "end");
    r.set("OTHER", "x");
  }
}

TEST_CASE("python: what depends on more than variables runs every time", "[python]") {
  Recalling r;
  for (const char* expression :
       {"d.getVar('A') or ''", "['', '-gnu'][(d.getVar('ABI') or '') != '']",
        "' '.join(sorted(x + 'y' for x in d.getVar('A').split()))",
        "os.path.basename(d.getVar('FILE'))", "bb.utils.contains('A', 'b', d.getVar('C'), '', d)",
        "', '.join(map(lambda s: s.strip(), ['a ', 'b']))"}) {
    CAPTURE(expression);
    CHECK(r.is_pure(expression));
  }
  for (const char* expression :
       {"time.time()", "os.getpid()", "os.environ['PATH']", "bb.__version__", "A", "d", "d.keys()",
        "d.setVar('A', 'b')", "open('/etc/hostname').read()", "os.path.exists(d.getVar('A'))",
        "some_function_of_a_recipe(d)", "[d]", "d.getVar('A', parsing=True)",
        "__import__('os').getcwd()", "id(d.getVar('A'))", "(lambda x=d: x)()",
        "d.getVar.__self__.setVar('A', '')"}) {
    CAPTURE(expression);
    CHECK_FALSE(r.is_pure(expression));
  }
}

}  // namespace hitz::python

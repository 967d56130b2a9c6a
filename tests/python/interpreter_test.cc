// SPDX-License-Identifier: Apache-2.0
// The embedded interpreter over real stores. CPython is the process's, so the tests share one.
#include "python/interpreter.h"

#include "engine/data/store.h"
#include "python/literal_call.h"
#include "tests/support/catch.h"
#include "tests/support/python_house.h"
#include "tests/support/temporary_folder.h"

namespace hitz::python {

TEST_CASE("python: an expression sees variables by their bare names, overrides applied",
          "[python]") {
  House house;
  auto d = house.store({{"OVERRIDES", "o"}, {"A", "plain"}, {"A:o", "better"}});
  CHECK(house.evaluate("A.upper()", *d).value() == "BETTER");
  CHECK(house.evaluate("None", *d).value() == "None");
  CHECK(house.evaluate("[d.getVar(x) for x in ('A',)]", *d).value() == "['better']");
}

TEST_CASE("python: what a task depends on is made when it is asked for, once", "[python]") {
  House house;
  auto d = house.store({});
  std::string record =
      "app.bb:do_x\x1f"
      "app\x1f"
      "do_x\x1f"
      "app.bb\x1f\x1f"
      "app\x1fhash\x1funi\x1fhashfn\x1f\x1e";
  need(Interpreter::set_task_dependencies(*d, record));
  CHECK(house.evaluate("d.getVar('BB_TASKDEPDATA', False)['app.bb:do_x'].unihash", *d).value() ==
        "uni");
  CHECK(
      house
          .evaluate(
              "d.getVar('BB_TASKDEPDATA', False) is d.createCopy().getVar('BB_TASKDEPDATA', False)",
              *d)
          .value() == "True");
  need(Interpreter::set_task_dependencies(*d, "no record\x1e"));
  CHECK_FALSE(house.evaluate("d.getVar('BB_TASKDEPDATA', False)", *d).has_value());
}

TEST_CASE("python: a local file whose name holds an @ has no user", "[python]") {
  House house;
  auto d = house.store({});
  CHECK(house.evaluate("bb.fetch2.decodeurl('file://dhcpcd@.service')[:5]", *d).value() ==
        "('file', '', 'dhcpcd@.service', '', '')");
  CHECK(house.evaluate("bb.fetch2.decodeurl('git://me@host/x.git')[:5]", *d).value() ==
        "('git', 'host', '/x.git', 'me', '')");
}

TEST_CASE("python: a Go module is a file of its proxy, or a revision of its repository",
          "[python]") {
  House house;
  auto d = house.store({{"DL_DIR", "/dl"}, {"GO_MOD_PROXY", "modules.example.org"}});
  const char* from_proxy =
      "(lambda ud: (ud.url, ud.localpath, ud.sha256_name, ud.sha256_expected, "
      "ud.parm['unpackpath']))(bb.fetch2.FetchData("
      "'gomod://example.org/Net;version=v1.2;sha256sum=ab', d))";
  CHECK(house.evaluate(from_proxy, *d).value() ==
        "('https://modules.example.org/example.org/%21net/%40v/v1.2.zip', "
        "'/dl/example.org.Net@v1.2.zip', 'sha256sum', 'ab', "
        "'pkg/mod/cache/download/example.org/!net/@v/v1.2.zip')");
  const char* from_repository =
      "(lambda ud: (ud.host, ud.path, ud.proto, ud.revision))(bb.fetch2.FetchData("
      "'gomodgit://example.org/Net;version=v1;repo=git.example.org/net.git;srcrev=' + 'ab' * 20, "
      "d))";
  CHECK(house.evaluate(from_repository, *d).value() ==
        "('git.example.org', '/net.git', 'https', 'abababababababababababababababababababab')");
  CHECK(house.evaluate("d.getVar('SRCREV_example.org/Net@v1')[:4]", *d).value() == "abab");
  auto unversioned = house.evaluate("bb.fetch2.FetchData('gomod://example.org/Net', d)", *d);
  REQUIRE_FALSE(unversioned);
  CHECK(unversioned.error().message.find("missing the required parameter 'version'") !=
        std::string::npos);
}

TEST_CASE("python: a handled exception says nothing to Python, and all to hitz", "[python]") {
  House house;
  auto d = house.store({{"OVERRIDES", "${X}"}, {"X", "a"}, {"X:a", "b"}, {"X:b", "a"}});
  auto result = house.run("do_x",
                          "    try:\n        d.getVar('X')\n"
                          "    except bb.BBHandledException as e:\n"
                          "        d.setVar('SAID', '[%s]' % e)\n        raise\n",
                          *d);
  REQUIRE_FALSE(result);
  CHECK(result.error().kind == Kind::Handled);
  CHECK(result.error().message.find("stable state") != std::string::npos);
}

TEST_CASE("python: a library that several configurations add counts as it did the first time",
          "[python]") {
  House house;
  testing::TemporaryFolder folder;
  folder.write("toy/__init__.py", "BBIMPORTS = ['qa', 'user']\n");
  folder.write("toy/qa.py",
               "def told(name):\n    pass\n\n\ndef look(name, args):\n"
               "    return {}, {'seen'}, None\n\n\ntold.visitorcode = look\n");
  folder.write("toy/user.py", "def use(d):\n    toy.qa.told('x')\n");
  auto d = house.store({});
  for (int configuration = 0; configuration < 3; ++configuration)
    REQUIRE(house.python->add_library(folder.path(), "toy", *d));
  REQUIRE(house.python->module_function_names().contains("toy.user.use"));
  CHECK(house.python->module_function("toy.user.use").value()->refs.execs ==
        std::set<std::string>{"seen"});
}

TEST_CASE("python: a handler of one multiconfig does not hear of another", "[python]") {
  House house;
  auto main = house.store({{"BB_CURRENT_MC", ""}});
  auto other = house.store({{"BB_CURRENT_MC", "other-one"}});
  data::PythonHandler handler{"h", "    d.appendVar('HEARD', 'x')\n", {}, "/layer/a.bbclass", 1};
  REQUIRE(house.python->add_handler(handler, *other));
  REQUIRE(house.python->fire("bb.event.ConfigParsed", {}, *main));
  REQUIRE(house.python->fire("bb.event.ConfigParsed", {}, *other));
  CHECK(main->text("HEARD").value() == "");
  CHECK(other->text("HEARD").value() == "x");
}

TEST_CASE("python: bare names do not reach into comprehensions", "[python]") {
  House house;
  auto d = house.store({{"A", "1"}});
  auto missed = house.evaluate("[A for x in (1,)]", *d);
  REQUIRE_FALSE(missed);
  CHECK(missed.error().message.find("name 'A' is not defined") != std::string::npos);
}

TEST_CASE("python: an unterminated string leaves the block as it is", "[python]") {
  House house;
  auto d = house.store({});
  CHECK(house.evaluate("'abc", *d).value() == std::nullopt);
  CHECK_FALSE(house.evaluate("1 +", *d));
}

TEST_CASE("python: skipping a recipe keeps its reason through C++", "[python]") {
  House house;
  auto d = house.store({});
  auto skipped = house.run("skips", "    raise bb.parse.SkipRecipe('not for this machine')\n", *d);
  REQUIRE_FALSE(skipped);
  CHECK(skipped.error().kind == Kind::SkipRecipe);
  CHECK(skipped.error().message == "not for this machine");
}

TEST_CASE("python: a failing function tells its file and line", "[python]") {
  House house;
  auto d = house.store({});
  auto failed = house.run("fails", "    x = 1\n    return x / 0\n", *d);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().text().find("ZeroDivisionError") != std::string::npos);
  CHECK(failed.error().text().find("/layer/recipe.bb:9") != std::string::npos);
}

TEST_CASE("python: bb.fatal tells the user and ends the function as handled", "[python]") {
  House house;
  auto d = house.store({});
  auto ended = house.run("ends", "    bb.fatal('no ', 'way')\n", *d);
  REQUIRE_FALSE(ended);
  CHECK(ended.error().kind == Kind::Handled);
  CHECK(house.log == std::vector<std::string>{"50 no way"});
}

TEST_CASE("python: a store has one d while it is in use", "[python]") {
  House house;
  auto d = house.store({{"A", "1"}});
  CHECK(house.run("keeps",
                  "    d.setVar('SELF', d)\n    assert d.getVar('SELF') is d\n"
                  "    assert d.createCopy() is not d\n",
                  *d));
  d->erase("SELF");
}

TEST_CASE("python: values of every type come back as they were", "[python]") {
  House house;
  auto d = house.store({});
  CHECK(house.run("types",
                  "    for value in ('text', 7, None, True, ['a', 'b'], {'k': 1}, (1, 2), 1.5):\n"
                  "        d.setVar('V', value)\n"
                  "        assert d.getVar('V', False) == value, value\n"
                  "        assert type(d.getVar('V', False)) is type(value), value\n"
                  "        d.setVarFlag('W', 'f', value)\n"
                  "        assert d.getVarFlag('W', 'f', False) == value, value\n",
                  *d));
}

TEST_CASE("python: a variable that a hash looked at first has no filter until the next write",
          "[python]") {
  House house;
  auto d = house.store({{"A", "x"}, {"B", "x"}});
  need(d->set_filter("A", "suffix(val, '-f')"));
  need(d->set_filter("B", "suffix(val, '-f')"));
  CHECK(need(d->text("B")) == "x-f");
  need(d->trace("A"));
  need(d->trace("B"));
  CHECK(need(d->text("A")) == "x");
  CHECK(need(d->text("B")) == "x-f");
  need(d->set("C", std::string("1"), data::Writer::Code));
  CHECK(need(d->text("A")) == "x-f");
}

TEST_CASE("python: d reads unexpanded by key and expanded by getVar", "[python]") {
  House house;
  auto d = house.store({{"A", "1"}, {"B", "${A}2"}});
  CHECK(house.run("reads",
                  "    assert d['B'] == '${A}2' and d.getVar('B') == '12'\n"
                  "    assert d.get('NOPE', 'x') == 'x' and 'B' in d and 'NOPE' not in d\n"
                  "    assert d.getVar('B', expand=False) == '${A}2'\n"
                  "    assert d.expand('${B}3') == '123'\n"
                  "    d.appendVar('A', '0')\n"
                  "    assert d.getVar('B') == '102'\n",
                  *d));
}

TEST_CASE("python: getVar refuses keywords that it does not know", "[python]") {
  House house;
  auto d = house.store({});
  auto refused = house.run("misspells", "    d.getVar('A', expnad=False)\n", *d);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text().find("unexpected keyword argument 'expnad'") != std::string::npos);
}

TEST_CASE("python: handlers run for the events of their mask alone, with e.data", "[python]") {
  House house;
  auto d = house.store({});
  auto before = house.python->handlers();
  REQUIRE(house.python->add_handler({"seen",
                                     "    d.setVar('SEEN', bb.event.getName(e))\n"
                                     "    assert e.data is d\n",
                                     {"bb.event.RecipeParsed"},
                                     "/layer/a.bbclass",
                                     3},
                                    *d));
  CHECK(house.python->fire("bb.event.RecipePreFinalise", {std::string("/a.bb")}, *d));
  CHECK(d->text("SEEN").value().empty());
  CHECK(house.python->fire("bb.event.RecipeParsed", {std::string("/a.bb")}, *d));
  CHECK(d->text("SEEN").value() == "RecipeParsed");
  house.python->restore_handlers(before);
  d->erase("SEEN");
  CHECK(house.python->fire("bb.event.RecipeParsed", {std::string("/a.bb")}, *d));
  CHECK(d->text("SEEN").value().empty());
}

TEST_CASE("python: literal calls are answered as Python answers them", "[python]") {
  House house;
  auto d = house.store({{"DF", "x y"}, {"EMPTY", ""}});
  const char* calls[] = {"bb.utils.contains('DF', 'x', 'yes', 'no', d)",
                         "bb.utils.contains('DF','x z','yes','no',d)",
                         "bb.utils.contains('EMPTY', '', 'yes', 'no', d)",
                         "bb.utils.contains(\"DF\", '', 'yes', 'no', d)",
                         "bb.utils.contains_any('DF', 'z y', 'yes', '', d)",
                         "bb.utils.contains_any('NOPE','x','y','n', d)",
                         "bb.utils.filter('DF', 'y q x', d)",
                         "bb.utils.filter('NOPE', 'x', d)"};
  for (const char* call : calls) {
    CAPTURE(call);
    REQUIRE(literal_call(call));
    // The same call through Python: a blank more in front of the bracket is no literal call to C++.
    std::string slow(call);
    slow.insert(slow.find('('), " ");
    REQUIRE_FALSE(literal_call(slow));
    CHECK(house.evaluate(call, *d).value() == house.evaluate(slow.c_str(), *d).value());
    auto quick = house.python->scan(call), thorough = house.python->scan(slow);
    REQUIRE((quick && thorough));
    CHECK((*quick)->contains == (*thorough)->contains);
    CHECK((*quick)->references == (*thorough)->references);
    CHECK((*quick)->execs == (*thorough)->execs);
  }
}

TEST_CASE("python: texts near a literal call are left to Python", "[python]") {
  for (const char* text :
       {"bb.utils.contains('A', 'b', 'c', 'd', e)", "bb.utils.contains('A', b, 'c', 'd', d)",
        "bb.utils.contains('A', 'b', 'c' 'x', 'd', d)",
        "bb.utils.contains('A', 'b\\n', 'c', 'd', d)",
        "bb.utils.contains('A', 'b', 'c', 'd', d) + 'x'",
        "bb.utils.filter('A', 'b', 'c', 'd', d)"}) {
    CAPTURE(text);
    CHECK_FALSE(literal_call(text));
  }
}

TEST_CASE("python: what is not joined is a RuntimeError that names it", "[python]") {
  House house;
  auto d = house.store({});
  auto refused = house.run("asks", "    bb.build.exec_func('other', d)\n", *d);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text().find("exec_func is not available here") != std::string::npos);
}

TEST_CASE("python: what bb does not have is an AttributeError", "[python]") {
  House house;
  auto d = house.store({});
  CHECK(
      house.evaluate("hasattr(bb, 'no_such_module') or hasattr(bb.utils, 'no_such')", *d).value() ==
      "False");
}

TEST_CASE("python: versions compare as package managers compare them", "[python]") {
  House house;
  auto d = house.store({});
  CHECK(house.run(
      "versions",
      "    op = bb.utils.vercmp_string_op\n"
      "    assert op('1.0~rc1', '1.0', '<') and op('1.10', '1.9', '>') and op('1:0', '2', '>>')\n"
      "    assert op('1.0-r1', '1.0-r0', '>') and op('1.0', '1.0', '=')\n",
      *d));
}

TEST_CASE("python: versions stand in words of their own, parentheses within a name do not count",
          "[python]") {
  House house;
  auto d = house.store({});
  CHECK(house.run(
      "deps",
      "    explode = bb.utils.explode_dep_versions2\n"
      "    assert explode('b(x) a (>= 1.0), a ( < 2 )') == {'a': ['>= 1.0', '< 2'], 'b(x)': []}\n"
      "    assert list(explode('b a', sort=False)) == ['b', 'a']\n"
      "    assert bb.utils.explode_deps('p(q) a ( >= 1 ) b') == ['p(q)', 'a', 'b']\n"
      "    assert bb.utils.join_deps(explode('p(q) r (= 1)'), False) == 'p(q) r (= 1)'\n"
      "    try:\n        explode('a (1.0)')\n        assert False\n"
      "    except bb.utils.VersionStringException:\n        pass\n",
      *d));
}

TEST_CASE("python: editing metadata rewrites what it was asked about", "[python]") {
  House house;
  auto d = house.store({});
  CHECK(house.run("edits",
                  "    lines = ['A = \"1\"\\n', 'B = \"x \\\\\\n', '    y\"\\n', 'C = \"3\"\\n']\n"
                  "    seen = []\n"
                  "    def change(name, value, op, new):\n"
                  "        seen.append((name, value, op))\n"
                  "        return ('2', None, 0, True) if name == 'A' else (value, op, 0, True)\n"
                  "    changed, out = bb.utils.edit_metadata(lines, ['A', 'B'], change)\n"
                  "    assert seen == [('A', '1', '='), ('B', 'x     y', '=')], seen\n"
                  "    assert changed and out == ['A = \"2\"\\n'] + lines[1:], out\n",
                  *d));
}

TEST_CASE("python: OVERRIDES whose Python writes to what decides them never settle", "[python]") {
  House house;
  auto d = house.store({{"B", "o"}, {"A", "x"}, {"OVERRIDES", "${@d.setVar('B', 'o') or ''}${B}"}});
  REQUIRE(d->append("A", "y"));
  CHECK_FALSE(d->text("A"));
}

}  // namespace hitz::python

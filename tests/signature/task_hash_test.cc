// SPDX-License-Identifier: Apache-2.0
#include "engine/signature/task_hash.h"

#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/hash.h"
#include "engine/signature/dependency_rule.h"
#include "engine/signature/sigdata.h"
#include "tests/signature/cases.h"
#include "tests/signature/recipe_fixture.h"

using namespace hitz;
using namespace hitz::signature;
using tests::Release;

namespace {

using Strings = std::vector<std::string>;

std::vector<std::pair<std::string, std::string>> plain(const std::vector<FileChecksum>& files,
                                                       const std::string& folder) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& file : files) out.emplace_back(replace_all(file.path, folder, ""), file.md5);
  return out;
}

/// A world of recipes written as text, their tasks in a chain that the test makes.
struct ToyGraph {
  explicit ToyGraph(Release release = Release::Wrynose) : fixture(release) {}

  recipe::RecipeId add(const std::string& pn, const std::string& text) {
    recipe::Recipe out;
    out.pn = pn;
    out.file = out.virtual_file = fixture.folder() + "/" + pn + "_1.0.bb";
    out.stamp = fixture.folder() + "/stamps/" + pn;
    auto store = need(fixture.recipe(text, pn));
    auto flag = [&](const std::string& task, const char* name) {
      auto value = need(store->get_flag(task, name));
      const std::string* found = data::text_of(value);
      return found != nullptr ? *found : std::string();
    };
    for (const auto& name : store->list("__BBTASKS")) {
      recipe::Task task;
      task.name = name;
      task.nostamp = store->has_flag(name, "nostamp");
      task.file_checksums = flag(name, "file-checksums");
      task.stamp_extra_info = flag(name, "stamp-extra-info");
      out.tasks.push_back(std::move(task));
    }
    out.store = recipe::FinishedStore(store);
    return world.recipes.push(std::move(out));
  }
  graph::TaskId task(recipe::RecipeId recipe, const std::string& name,
                     const std::vector<graph::TaskId>& needs = {}) {
    graph::TaskNode node;
    node.recipe = recipe;
    for (const auto& one : world.recipes[recipe].tasks) {
      if (one.name == name) node.task = &one;
    }
    REQUIRE(node.task != nullptr);
    node.needs = needs;
    auto id = graph.tasks.push(std::move(node));
    graph.order.push_back(id);
    return id;
  }
  void configure(const std::string& text) { world.config = need(fixture.recipe(text, "config")); }
  Signatures sign_all(const SignOptions& options = {}) {
    if (!world.config) configure("");
    return need(sign(world, graph, scanner, options));
  }

  tests::RecipeFixture fixture;
  ShellScanner scanner;
  recipe::World world;
  graph::TaskGraph graph;
};

constexpr const char* kTask = "addtask a\ndo_a () {\n\t:\n}\n";

}  // namespace

TEST_CASE("signature: folders, patterns and names with blanks give their files' checksums",
          "[signature]") {
  tests::RecipeFixture fixture(Release::Wrynose);
  std::string folder = fixture.folder() + "/files";
  for (const char* name : {"/sub/deep/z", "/.git/no", "/one", "/two words", "/a1.txt", "/a2.txt"}) {
    need(make_folders(parent_of(folder + name)));
    need(write_file(folder + name, name));
  }
  REQUIRE(::symlink("sub", (folder + "/link").c_str()) == 0);
  REQUIRE(::symlink("one", (folder + "/same").c_str()) == 0);
  REQUIRE(::symlink("nowhere", (folder + "/broken").c_str()) == 0);
  FileChecksums checksums;
  Strings warnings;
  auto files = need(
      checksums.of(folder + "/two words:True " + folder + "/*.txt:True\n" + folder + "/one:False " +
                       folder + "/link:True " + folder + "/sub/:True " + folder + "/gone:True",
                   {".git"}, [&](const std::string& text) { warnings.push_back(text); }));
  std::map<std::string, std::string> found;
  for (auto& [path, sum] : plain(files, folder)) found[path] = sum;
  CHECK(found == std::map<std::string, std::string>{{"/a1.txt", md5_hex("/a1.txt")},
                                                    {"/a2.txt", md5_hex("/a2.txt")},
                                                    {"/sub/./deep/z", md5_hex("/sub/deep/z")},
                                                    {"/two words", md5_hex("/two words")}});
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0].find("gone") != std::string::npos);
  warnings.clear();
  auto all = need(checksums.of(folder + ":True", {".git"},
                               [&](const std::string& text) { warnings.push_back(text); }));
  CHECK(all.size() == 6);  // one and same are two; the broken link is none
  CHECK(warnings.size() == 1);
  CHECK_FALSE(checksums.of(folder + "/one", {}, {}).has_value());
}

TEST_CASE("signature: a checksum is kept until the file looks different", "[signature]") {
  tests::RecipeFixture fixture(Release::Wrynose);
  std::string file = fixture.folder() + "/file", kept = fixture.folder() + "/sums";
  need(write_file(file, "old"));
  FileChecksums first;
  CHECK(need(first.of(file + ":True", {}, {}))[0].md5 == md5_hex("old"));
  need(first.save(kept));
  std::string text = need(read_file(kept));
  need(
      write_file(kept, replace_all(text, md5_hex("old"), std::string(32, 'a')) + "damaged line\n"));
  FileChecksums second;
  second.load(kept);
  CHECK(need(second.of(file + ":True", {}, {}))[0].md5 == std::string(32, 'a'));
  need(write_file(file, "newer"));
  CHECK(need(second.of(file + ":True", {}, {}))[0].md5 == md5_hex("newer"));
}

TEST_CASE("signature: a task hash covers base hash, dependencies, files and taint", "[signature]") {
  ToyGraph toy;
  auto b = toy.add("b", kTask), a = toy.add("a", kTask);
  std::string file = toy.fixture.folder() + "/x.txt", sub = toy.fixture.folder() + "/sub/y.txt";
  need(make_folders(parent_of(sub)));
  need(write_file(file, "x"));
  need(write_file(sub, "y"));
  toy.world.recipes[a].tasks[0].file_checksums = file + ":True " + parent_of(sub) + ":True";
  auto below = toy.task(b, "do_a"), above = toy.task(a, "do_a", {below});
  auto signed_once = toy.sign_all();
  const std::string base = signed_once.manifests[above].hash.hex;
  CHECK(signed_once.tasks[below].hash.hex == sha256_hex(base));
  CHECK(signed_once.tasks[above].hash.hex ==
        sha256_hex(base + sha256_hex(base) + "./y.txt" + md5_hex("y") + md5_hex("x")));
  CHECK(signed_once.tasks[above].dependencies[0].first == "b:do_a");
  need(make_folders(toy.fixture.folder() + "/stamps"));
  need(write_file(taint_path(toy.world.recipes[b], "do_a"), "again"));
  CHECK(toy.sign_all().tasks[below].hash.hex == sha256_hex(base + "again"));
}

TEST_CASE("signature: a task without stamps never has the hash it had before", "[signature]") {
  ToyGraph toy;
  auto a = toy.add("a", std::string(kTask) + "do_a[nostamp] = \"1\"\n");
  auto id = toy.task(a, "do_a");
  auto first = toy.sign_all();
  CHECK(first.tasks[id].hash.hex != toy.sign_all().tasks[id].hash.hex);
  SignOptions options;
  options.new_taint = [](graph::TaskId) { return "u-u-i-d"; };
  auto fixed = toy.sign_all(options);
  CHECK(fixed.tasks[id].taint == "nostamp:u-u-i-d");
  CHECK(fixed.tasks[id].hash.hex == sha256_hex(fixed.manifests[id].hash.hex + "u-u-i-d"));
}

TEST_CASE("signature: single files are ordered by name, in the older release by path",
          "[signature]") {
  for (Release release : {Release::Wrynose, Release::Scarthgap}) {
    ToyGraph toy(release);
    auto a = toy.add("a", kTask);
    std::string root = toy.fixture.folder();
    need(make_folders(root + "/z"));
    need(make_folders(root + "/y"));
    need(write_file(root + "/z/1", "first by name"));
    need(write_file(root + "/y/2", "first by path"));
    toy.world.recipes[a].tasks[0].file_checksums = root + "/z/1:True " + root + "/y/2:True";
    auto id = toy.task(a, "do_a");
    auto files = toy.sign_all().tasks[id].file_checksums;
    REQUIRE(files.size() == 2);
    CHECK(files[0].first == (release == Release::Wrynose ? "1" : "2"));
  }
}

TEST_CASE("signature: ignored tasks and OE-Core's safe recipes do not count", "[signature]") {
  ToyGraph toy;
  recipe::Recipe app, library, base, native, image;
  app.pn = "app";
  library.pn = "library";
  base.pn = "base-files";
  native.pn = "tool-native";
  image.pn = "image";
  image.inherits = {"/x/classes/image.bbclass"};
  toy.configure("BB_TASKHASH_IGNORE_TASKS = \"^lib\"\n");
  auto basic = need(DependencyRule::from(toy.world));
  CHECK_FALSE(basic.counts(app, "do_a", library, "do_b"));
  CHECK(basic.counts(library, "do_a", library, "do_b"));
  CHECK(basic.counts(app, "do_a", base, "do_b"));
  toy.configure(
      "BB_SIGNATURE_HANDLER = \"OEBasicHash\"\nSIGGEN_EXCLUDERECIPES_ABISAFE = \"base-files\"\n"
      "SIGGEN_EXCLUDE_SAFE_RECIPE_DEPS = \"app->library *->tool-native\"\n");
  auto oe = need(DependencyRule::from(toy.world));
  CHECK_FALSE(oe.counts(app, "do_a", library, "do_b"));
  CHECK(oe.counts(image, "do_a", library, "do_b"));
  CHECK_FALSE(oe.counts(app, "do_a", base, "do_b"));
  CHECK(oe.counts(image, "do_a", base, "do_b"));
  CHECK(oe.counts(native, "do_a", base, "do_b"));
  CHECK_FALSE(oe.counts(app, "do_a", native, "do_b"));
  CHECK(oe.counts(native, "do_a", native, "do_b"));
  CHECK_FALSE(oe.counts(app, "do_rm_work", app, "do_b"));
  recipe::Recipe kernel;
  kernel.pn = "linux";
  kernel.inherits = {"/x/classes-recipe/linux-kernel-base.bbclass"};
  CHECK(oe.counts(app, "do_a", kernel, "do_b"));
  app.packages["app"].rrecommends = {"kernel-module-tun"};
  oe = need(DependencyRule::from(toy.world));
  CHECK_FALSE(oe.counts(app, "do_a", kernel, "do_b"));
}

TEST_CASE("signature: a locked signature stands unless its recipe is unlocked", "[signature]") {
  ToyGraph toy;
  auto a = toy.add("a", kTask), b = toy.add("b", kTask);
  auto below = toy.task(a, "do_a"), above = toy.task(b, "do_a", {below});
  std::string locks =
      "SIGGEN_LOCKEDSIGS_TYPES = \"t\"\nSIGGEN_LOCKEDSIGS_t = \"a:do_a:aaaa b:do_a:bbbb\"\n";
  toy.configure(locks);
  Strings warnings;
  SignOptions options;
  options.warn = [&](const std::string& text) { warnings.push_back(text); };
  auto locked = toy.sign_all(options);
  CHECK(locked.tasks[below].hash.hex == "aaaa");
  CHECK(locked.tasks[above].unihash.hex == "bbbb");
  CHECK(warnings.size() == 2);
  toy.configure(locks + "SIGGEN_UNLOCKED_RECIPES = \"a\"\n");
  auto free = toy.sign_all();
  CHECK(free.tasks[below].hash.hex.size() == 64);
  CHECK(free.tasks[above].hash.hex.size() == 64);
}

TEST_CASE("signature: stamp names carry hash and extra, and end in no dot", "[signature]") {
  CHECK(stamp_path("/s/x", "do_a", "h", "") == "/s/x.do_a.h");
  CHECK(stamp_path("/s/x", "do_a", "h", "arm") == "/s/x.do_a.h.arm");
  CHECK(stamp_path("/s/x", "do_a", "", "arm..") == "/s/x.do_a.arm");
  ToyGraph toy;
  auto a = toy.add("a", std::string(kTask) + "do_a[stamp-extra-info] = \"qemu\"\n");
  const auto& recipe = toy.world.recipes[a];
  CHECK(stamp_path(recipe, "do_a", "h") == recipe.stamp + ".do_a.h.qemu");
  CHECK(stamp_path(recipe, "do_a_setscene", "h") == recipe.stamp + ".do_a_setscene.h.qemu");
}

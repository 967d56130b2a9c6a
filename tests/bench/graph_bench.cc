// SPDX-License-Identifier: Apache-2.0
// How many tasks a second are planned, in a synthetic world: recipes with a Yocto-like chain of
// tasks, each building upon a few recipes before it, and an image that needs them all.
#include <chrono>
#include <cstdlib>

#include <fmt/core.h>

#include "engine/graph/plan.h"

using namespace hitz;

namespace {

constexpr const char* kChain[] = {"do_fetch",     "do_unpack",  "do_patch",   "do_prepare",
                                  "do_configure", "do_compile", "do_install", "do_populate_sysroot",
                                  "do_package",   "do_build"};
constexpr std::uint32_t kTasks = std::size(kChain);

recipe::Recipe make_recipe(std::uint32_t number, std::uint32_t& random) {
  recipe::Recipe out;
  out.pn = "recipe-" + std::to_string(number);
  out.pv = "1.0";
  out.file = out.virtual_file = "/layer/" + out.pn + "_1.0.bb";
  out.provides = {out.pn, "virtual/" + out.pn};
  for (const char* suffix : {"", "-dev", "-doc", "-dbg"}) out.packages[out.pn + suffix];
  for (int i = 0; i < 4 && number > 0; ++i) {
    random = random * 1664525 + 1013904223;
    std::uint32_t distance = 1 + random % std::min<std::uint32_t>(number, 200);
    std::string other = "recipe-" + std::to_string(number - distance);
    out.depends.push_back(i % 2 == 0 ? other : "virtual/" + other);
    out.packages[out.pn].rdepends.push_back(other);
  }
  for (std::uint32_t i = 0; i < kTasks; ++i) {
    recipe::Task task;
    task.name = kChain[i];
    if (i > 0) task.predecessors = {kChain[i - 1]};
    if (task.name == "do_configure") task.deptask = {"do_populate_sysroot"};
    if (task.name == "do_package") task.rdeptask = {"do_install"};
    if (task.name == "do_unpack") task.depends = {"recipe-0:do_populate_sysroot"};
    if (number == 0) task.depends.clear();
    out.tasks.push_back(std::move(task));
  }
  return out;
}

recipe::World make_world(std::uint32_t recipes) {
  recipe::World world;
  std::uint32_t random = 1;
  recipe::Recipe image;
  image.pn = "image";
  image.provides = {"image"};
  for (std::uint32_t number = 0; number < recipes; ++number) {
    auto recipe = make_recipe(number, random);
    recipe.id = {number};
    image.rdepends.push_back(recipe.pn);
    world.recipes.push(std::move(recipe));
  }
  recipe::Task rootfs;
  rootfs.name = "do_build";
  rootfs.recrdeptask = {"do_build", "do_package"};
  image.tasks.push_back(rootfs);
  image.id = {recipes};
  world.recipes.push(std::move(image));
  return world;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

int main(int argc, char** argv) {
  auto tasks = static_cast<std::uint32_t>(argc > 1 ? std::atoi(argv[1]) : 100000);
  auto world = make_world(tasks / kTasks);
  auto nothing = [](const std::string&) -> Result<std::optional<std::string>> {
    return std::nullopt;
  };
  for (int round = 0; round < 3; ++round) {
    auto start = std::chrono::steady_clock::now();
    graph::Providers providers(world, nothing);
    auto made = graph::plan(world, providers, {{"image", ""}});
    if (!made) {
      fmt::print("{}\n", made.error().text());
      return 1;
    }
    double took = seconds_since(start);
    std::size_t edges = 0;
    for (const auto& node : made->tasks) edges += node.needs.size();
    fmt::print("{} tasks, {} edges: {:.3f} s, {:.0f} tasks/s\n", made->tasks.size(), edges, took,
               static_cast<double>(made->tasks.size()) / took);
  }
  return 0;
}

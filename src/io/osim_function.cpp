// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "osim_model.hpp"
#include "runmech/core/errors.hpp"
#include "text.hpp"

namespace runmech::osim {
namespace {

constexpr int kDeepest = 16;  // multipliers within multipliers

/// The element that says the function: OpenSim 4 writes <SimmSpline name="function"> itself, 3 puts
/// it into <function>. Null where there is none.
pugi::xml_node function_node(pugi::xml_node holder) {
  for (const pugi::xml_node child : holder.children()) {
    const std::string_view tag = child.name();
    if (child.type() != pugi::node_element || tag == "coordinates" || tag == "axis" ||
        tag == "scale") {
      continue;
    }
    if (tag != "function") return child;
    for (const pugi::xml_node inner : child.children()) {
      if (inner.type() == pugi::node_element) return inner;
    }
  }
  return {};
}

std::vector<Term> linear(const Document& document, pugi::xml_node node, int n_arguments,
                         const std::string& what) {
  std::vector<double> c = document.numbers(node, "coefficients");
  if (c.empty()) c = {1.0, 0.0};
  if (static_cast<int>(c.size()) != n_arguments + 1) {
    document.refuse(node, what,
                    "a LinearFunction with " + std::to_string(c.size()) + " coefficients for " +
                        std::to_string(n_arguments) + " coordinates; allowed: one more");
  }
  if (n_arguments == 1) return {{0, polynomial({c[1], c[0]})}};
  std::vector<Term> terms;
  for (int i = 0; i < n_arguments; ++i) terms.push_back({i, polynomial({0.0, c[i]})});
  terms.push_back({-1, polynomial({c.back()})});
  return terms;
}

std::vector<Term> terms_of(const Document& document, pugi::xml_node node, int n_arguments,
                           const std::string& what, int depth) {
  const std::string_view type = node.name();
  if (type == "Constant") {
    return {{-1, polynomial(document.finite(node, "value", {0.0}))}};
  }
  if (type == "LinearFunction" && n_arguments > 0) {
    return linear(document, node, n_arguments, what);
  }
  if (type == "MultiplierFunction" && depth < kDeepest) {
    const pugi::xml_node inner = function_node(node);
    if (!inner) document.refuse(node, what, "a MultiplierFunction without a function");
    const double factor = document.finite(node, "scale", {1.0})[0];
    auto terms = terms_of(document, inner, n_arguments, what, depth + 1);
    for (Term& term : terms) term.function = scaled(std::move(term.function), factor);
    return terms;
  }
  if (n_arguments == 1) {
    if (type == "PolynomialFunction") {
      std::vector<double> c = document.numbers(node, "coefficients");
      std::reverse(c.begin(), c.end());  // OpenSim: highest power first
      return {{0, polynomial(std::move(c))}};
    }
    constexpr std::array<std::string_view, 3> kSplines{"SimmSpline", "NaturalCubicSpline",
                                                       "natCubicSpline"};
    if (std::find(kSplines.begin(), kSplines.end(), type) != kSplines.end()) {
      return {{0, simm_spline(document.numbers(node, "x"), document.numbers(node, "y"))}};
    }
  }
  document.refuse(node, what,
                  "a function of type " + text::quoted(type) + " of " +
                      std::to_string(n_arguments) +
                      " coordinates; what can be represented: Constant, LinearFunction, and of "
                      "one coordinate PolynomialFunction, SimmSpline, each in a "
                      "MultiplierFunction too");
}

}  // namespace

std::vector<Term> read_function(const Document& document, pugi::xml_node holder, int n_arguments,
                                const std::string& what) {
  const pugi::xml_node node = function_node(holder);
  std::vector<Term> terms;
  if (!node) return terms;  // OpenSim's default is Constant 0
  try {
    terms = terms_of(document, node, n_arguments, what, 0);
  } catch (const InvalidArgument& error) {
    document.refuse(node, what, error.what());
  }
  for (Term& term : terms) {
    if (!term.function.is_constant()) continue;
    term.argument = -1;
  }
  std::erase_if(terms, [](const Term& term) {
    return term.argument < 0 && term.function.coefficients[0] == 0.0;
  });
  return terms;
}

}  // namespace runmech::osim

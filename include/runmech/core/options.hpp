// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

namespace runmech {

// An options struct is a plain aggregate with defaults that lists its members once:
//
//   struct FilterOptions {
//     double cutoff_hz = 10.0;
//     template <class Self, class F>
//     static constexpr void fields(Self& self, F&& f) {
//       f("cutoff_hz", self.cutoff_hz, "effective cut-off of the two passes together");
//     }
//   };
//   static_assert(lists_all_fields<FilterOptions>());
//
// Keyword constructors, attribute docs, dicts, the command line and the docs table use that one
// list.

namespace detail {

struct AnyValue {
  template <class T>
  constexpr operator T() const;  // NOLINT: only ever named inside a requires-expression
};

template <class T, class... Any>
constexpr std::size_t count_members() {
  if constexpr (requires { T{Any{}..., AnyValue{}}; }) {
    return count_members<T, Any..., AnyValue>();
  } else {
    return sizeof...(Any);
  }
}

}  // namespace detail

/// Calls f(name, member, doc) for each option, in order. `options` may be const.
template <class T, class F>
constexpr void for_each_option(T& options, F&& f) {
  std::remove_const_t<T>::fields(options, std::forward<F>(f));
}

/// True when T::fields names as many members as T has: a forgotten one is a compile error.
template <class T>
constexpr bool lists_all_fields() {
  T options{};
  std::size_t listed = 0;
  T::fields(options, [&listed](auto&&...) { ++listed; });
  return listed == detail::count_members<T>();
}

}  // namespace runmech

// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// What every binding file needs: the casters, enums as words, options as keyword dataclasses, and
// how a long call meets the interpreter.

#include <pybind11/eigen.h>
#include <pybind11/functional.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include <string>
#include <string_view>

#include "runmech/core/errors.hpp"
#include "runmech/core/names.hpp"
#include "runmech/core/options.hpp"
#include "runmech/core/progress.hpp"
#include "runmech/data/gait_events.hpp"
#include "runmech/data/metric_table.hpp"

namespace py = pybind11;

namespace runmech::bindings {

void bind_core(py::module_&);
void bind_data(py::module_&);
void bind_recordings(py::module_&);
void bind_skeleton(py::module_&);
void bind_io(py::module_&);
void bind_trajectory(py::module_&);
void bind_fit(py::module_&);
void bind_calibration(py::module_&);
void bind_gait(py::module_&);
void bind_event_windows(py::module_&);
void bind_metrics(py::module_&);
void bind_strength(py::module_&);
void bind_assess(py::module_&);
void bind_synth(py::module_&);

/// A Python progress callable (fraction, stage) -> None or bool, or None, as a Progress that also
/// lets Ctrl-C through. Call while holding the GIL; the result may be used without it.
Progress progress_from(py::object callback);

/// "a, b (c, d)": the options by name, options within options behind the name of theirs.
template <class T>
std::string option_names(T& options) {
  std::string names;
  for_each_option(options, [&names](const char* key, auto& member, const char*) {
    names += (names.empty() ? "" : ", ") + std::string(key);
    using Member = std::remove_cvref_t<decltype(member)>;
    if constexpr (requires { Member::fields(member, [](auto&&...) {}); }) {
      names += " (" + option_names(member) + ")";
    }
  });
  return names;
}

/// Binds an options struct as a keyword-only dataclass: unknown keywords raise TypeError. `settle`:
/// called with a new object and the keywords given, for what one of them says about another.
template <class T>
py::class_<T> bind_options(py::module_& m, const char* name, const char* doc,
                           void (*settle)(T&, const py::kwargs&) = nullptr) {
  py::class_<T> cls(m, name, doc);
  cls.def(py::init([name, settle](const py::kwargs& given) {
    T options{};
    py::dict rest = given.attr("copy")();
    for_each_option(options, [&](const char* key, auto& member, const char*) {
      if (!rest.contains(key)) return;
      using Member = std::remove_reference_t<decltype(member)>;
      py::object value = rest.attr("pop")(key);
      if constexpr (requires(Member & m) { Member::fields(m, [](auto&&...) {}); }) {
        // Options within options may be given as a dict, too.
        if (py::isinstance<py::dict>(value)) value = py::type::of<Member>()(**value);
      }
      try {
        member = value.template cast<Member>();
      } catch (const py::cast_error&) {
        throw py::type_error(std::string(name) + ": option '" + key + "' has the wrong type");
      }
    });
    if (!rest.empty()) {
      throw py::type_error(std::string(name) + ": unknown option " +
                           std::string(py::str(py::repr(rest.begin()->first))) +
                           "; there are: " + option_names(options));
    }
    if (settle != nullptr) settle(options, given);
    return options;
  }));
  T defaults{};
  for_each_option(defaults, [&cls](const char* key, auto& member, const char* what) {
    using Member = std::remove_reference_t<decltype(member)>;
    const std::string wanted = key;
    cls.def_property(
        key,
        // A member that is itself a set of options is shared, so that options.frame.x = 1 holds.
        [wanted](T& self) {
          Member* found = nullptr;
          for_each_option(self, [&](const char* k, auto& m, const char*) {
            if constexpr (std::is_same_v<std::remove_cvref_t<decltype(m)>, Member>) {
              if (wanted == k) found = &m;
            }
          });
          return found;
        },
        [wanted](T& self, const Member& value) {
          for_each_option(self, [&](const char* k, auto& m, const char*) {
            if constexpr (std::is_same_v<std::remove_cvref_t<decltype(m)>, Member>) {
              if (wanted == k) m = value;
            }
          });
        },
        what);
  });
  cls.def("to_dict", [](const T& self) {
    py::dict out;
    for_each_option(self, [&](const char* k, const auto& m, const char*) { out[k] = py::cast(m); });
    return out;
  });
  cls.def("__repr__", [name](const T& self) {
    std::string text = std::string(name) + "(";
    bool first = true;
    for_each_option(self, [&](const char* k, const auto& m, const char*) {
      text +=
          (first ? "" : ", ") + std::string(k) + "=" + std::string(py::str(py::repr(py::cast(m))));
      first = false;
    });
    return text + ")";
  });
  cls.def("__eq__", [](const T& a, const T& b) {
    return py::cast(a).attr("to_dict")().equal(py::cast(b).attr("to_dict")());
  });
  return cls;
}

/// What a bound function returns when runmech.tables makes a frame of it.
struct DataFrame : py::object {
  PYBIND11_OBJECT_DEFAULT(DataFrame, py::object, PyObject_Type)
};

/// Adds to_pandas() and a notebook's _repr_html_() to a bound class, both made by runmech.tables,
/// so that pandas is imported only when a table is asked for.
template <class Class>
void with_tables(Class& cls, const char* doc) {
  const auto tables = [] { return py::module_::import("runmech.tables"); };
  cls.def(
      "to_pandas",
      [tables](const py::object& self) -> DataFrame {
        return py::reinterpret_borrow<DataFrame>(tables().attr("to_pandas")(self));
      },
      doc);
  cls.def("_repr_html_",
          [tables](const py::object& self) -> py::str { return tables().attr("to_html")(self); });
}

}  // namespace runmech::bindings

template <>
struct pybind11::detail::handle_type_name<runmech::bindings::DataFrame> {
  static constexpr auto name = const_name("pandas.DataFrame");
};

// Enumerators cross the border as their words: "left", "foot_strike", "treadmill".
#define RUNMECH_ENUM_AS_WORD(Type, parse)                                   \
  template <>                                                               \
  struct pybind11::detail::type_caster<runmech::Type> {                     \
    PYBIND11_TYPE_CASTER(runmech::Type, const_name("str"));                 \
    bool load(handle source, bool) {                                        \
      if (!isinstance<str>(source)) return false;                           \
      value = runmech::parse(source.cast<std::string>());                   \
      return true;                                                          \
    }                                                                       \
    static handle cast(runmech::Type source, return_value_policy, handle) { \
      return str(std::string(runmech::to_string(source))).release();        \
    }                                                                       \
  }

RUNMECH_ENUM_AS_WORD(Side, parse_side);
RUNMECH_ENUM_AS_WORD(RowSide, parse_row_side);
RUNMECH_ENUM_AS_WORD(EventType, parse_event_type);
RUNMECH_ENUM_AS_WORD(View, parse_view);
RUNMECH_ENUM_AS_WORD(Surface, parse_surface);
RUNMECH_ENUM_AS_WORD(Sex, parse_sex);
RUNMECH_ENUM_AS_WORD(GaitKind, parse_gait_kind);
RUNMECH_ENUM_AS_WORD(StepState, parse_step_state);
RUNMECH_ENUM_AS_WORD(MetricStatus, parse_metric_status);

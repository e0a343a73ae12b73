// SPDX-License-Identifier: BSD-3-Clause
#include "bindings.hpp"
#include "runmech/gait/force_contacts.hpp"

namespace runmech::bindings {
namespace {

void bind_force(py::module_& m) {
  bind_options<ForceEventOptions>(m, "ForceEventOptions",
                                  "How contacts are read from force plates.");
  py::class_<ForceContact>(m, "ForceContact",
                           "One stretch of ground contact; nan where the record "
                           "begins or ends inside it.")
      .def_readonly("start_s", &ForceContact::start_s)
      .def_readonly("end_s", &ForceContact::end_s)
      .def_readonly("peak_n", &ForceContact::peak_n)
      .def_readonly("long_contact", &ForceContact::long_contact)
      .def_property_readonly("duration_s", &ForceContact::duration_s);
  py::class_<ForceContacts>(m, "ForceContacts",
                            "Contacts of one vertical force and what was found.")
      .def_readonly("contacts", &ForceContacts::contacts)
      .def_readonly("force_n", &ForceContacts::force_n, "n, upright, drift removed, low-passed")
      .def_readonly("threshold_n", &ForceContacts::threshold_n, "as used, N")
      .def_readonly("aerial_sd_n", &ForceContacts::aerial_sd_n)
      .def_readonly("drift_n", &ForceContacts::drift_n)
      .def_readonly("dead_band_n", &ForceContacts::dead_band_n)
      .def_readonly("rise_e_fold_s", &ForceContacts::rise_e_fold_s)
      .def_readonly("low_passed", &ForceContacts::low_passed)
      .def_readonly("dropped_short", &ForceContacts::dropped_short)
      .def_readonly("upside_down", &ForceContacts::upside_down)
      .def_readonly("notes", &ForceContacts::notes);
  m.def(
      "force_contacts",
      [](const std::vector<double>& time_s, const Eigen::VectorXd& vertical_n,
         const ForceEventOptions& options) { return force_contacts(time_s, vertical_n, options); },
      py::arg("time_s"), py::arg("vertical_n"), py::arg("options") = ForceEventOptions{},
      py::call_guard<py::gil_scoped_release>(),
      "Contacts from one vertical force: time_s and vertical_n of n samples, seconds and newtons.");
}

}  // namespace

void bind_gait(py::module_& m) {
  bind_force(m);
}

}  // namespace runmech::bindings

// SPDX-License-Identifier: BSD-3-Clause
#include <memory>

#include "bindings.hpp"
#include "runmech/core/log.hpp"
#include "runmech/core/resources.hpp"

namespace runmech::bindings {
namespace {

// Python classes of the library's own exceptions; they live as long as the interpreter.
PyObject* io_error = nullptr;
PyObject* not_analysable = nullptr;
PyObject* cancelled = nullptr;

void raise_io_error(const IoError& error) {
  py::object instance = py::reinterpret_borrow<py::object>(io_error)(error.what());
  instance.attr("path") = error.path();
  instance.attr("place") = error.place();
  instance.attr("reason") = error.reason();
  PyErr_SetObject(io_error, instance.ptr());
}

/// A callable that may be copied and dropped on threads that do not hold the GIL: the deleter takes
/// it.
std::shared_ptr<py::object> shared(py::object callback) {
  return {new py::object(std::move(callback)), [](py::object* o) {
            const py::gil_scoped_acquire gil;
            delete o;
          }};
}

}  // namespace

Progress progress_from(py::object callback) {
  return [held = shared(std::move(callback))](double fraction, std::string_view stage) {
    const py::gil_scoped_acquire gil;
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
    if (held->is_none()) return true;
    const py::object answer = (*held)(fraction, std::string(stage));
    return answer.is_none() || answer.cast<bool>();
  };
}

void bind_core(py::module_& m) {
  io_error = PyErr_NewExceptionWithDoc(
      "runmech._core.IoError", "A file that cannot be read or written; has path, place and reason.",
      PyExc_OSError, nullptr);
  not_analysable = PyErr_NewExceptionWithDoc(
      "runmech._core.NotAnalysable",
      "Input that was understood but is not running that can be analysed.", PyExc_ValueError,
      nullptr);
  cancelled =
      PyErr_NewExceptionWithDoc("runmech._core.Cancelled", "The progress callback asked to stop.",
                                PyExc_RuntimeError, nullptr);
  for (const char* name : {"path", "place", "reason"}) {
    py::reinterpret_borrow<py::object>(io_error).attr(name) = "";  // so that the stubs know them
  }
  m.add_object("IoError", io_error);
  m.add_object("NotAnalysable", not_analysable);
  m.add_object("Cancelled", cancelled);
  py::register_exception_translator([](std::exception_ptr pointer) {
    try {
      if (pointer) std::rethrow_exception(pointer);
    } catch (const IoError& error) {
      raise_io_error(error);
    } catch (const NotAnalysable& error) {
      PyErr_SetString(not_analysable, error.what());
    } catch (const Cancelled& error) {
      PyErr_SetString(cancelled, error.what());
    }
    // InvalidArgument is a std::invalid_argument: pybind11 raises ValueError.
  });

  m.def("resource_names", &resource_names, "Names of the data files embedded in the library.");
  m.def(
      "resource", [](const std::string& name) { return std::string(resource(name)); },
      py::arg("name"), "Text of one embedded data file.");
  m.def(
      "_set_log_callback",
      [](py::object callback) {
        if (callback.is_none()) {
          set_log_callback(LogLevel::error, {});
          return;
        }
        set_log_callback(LogLevel::debug, [held = shared(std::move(callback))](
                                              LogLevel level, std::string_view message) {
          const py::gil_scoped_acquire gil;
          bool interrupted = false;
          try {
            (*held)(static_cast<int>(level), std::string(message));
          } catch (py::error_already_set& error) {
            interrupted = error.matches(PyExc_KeyboardInterrupt);
            if (!interrupted) error.discard_as_unraisable("runmech: forwarding a log message");
          }
          // A Ctrl-C that reached the interpreter here belongs to the call that is logging: raised
          // again, it is found where that call next looks for one. Not before the error is gone:
          // what dies with it may run Python code, which would take the interrupt for its own.
          if (interrupted) PyErr_SetInterrupt();
        });
      },
      py::arg("callback"));
}

}  // namespace runmech::bindings

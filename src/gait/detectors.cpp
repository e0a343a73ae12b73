// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "recognition.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/gait/detectors/after_de_witt_2010.hpp"
#include "runmech/gait/detectors/after_handsaker_2016.hpp"
#include "runmech/gait/detectors/after_leitch_2011.hpp"
#include "runmech/gait/detectors/after_maiwald_2009.hpp"
#include "runmech/gait/detectors/after_smith_2015.hpp"
#include "runmech/gait/detectors/alton_1998.hpp"
#include "runmech/gait/detectors/desailly_2009.hpp"
#include "runmech/gait/detectors/dingwell_2001.hpp"
#include "runmech/gait/detectors/falbriard_2018.hpp"
#include "runmech/gait/detectors/fellin_2010.hpp"
#include "runmech/gait/detectors/foot_anchor.hpp"
#include "runmech/gait/detectors/force_plate.hpp"
#include "runmech/gait/detectors/ghoussayni_2004.hpp"
#include "runmech/gait/detectors/ghoussayni_2004_scaled.hpp"
#include "runmech/gait/detectors/hreljac_marshall_2000.hpp"
#include "runmech/gait/detectors/milner_paquette_2015.hpp"
#include "runmech/gait/detectors/oconnor_2007.hpp"
#include "runmech/gait/detectors/osis_2014_refitted.hpp"
#include "runmech/gait/detectors/runmech.hpp"
#include "runmech/gait/detectors/schache_2001.hpp"
#include "runmech/gait/detectors/zeni_2008.hpp"
#include "runmech/gait/detectors/zeni_2008_velocity.hpp"
#include "step_states.hpp"

namespace runmech {
namespace {

enum class Gives : std::uint8_t { both, foot_strike, toe_off };

template <Detector T>
GaitEvents run(const GaitSignals& signals) {
  return T{}.detect(signals);
}

struct Row {
  const char* name;
  GaitEvents (*detect)(const GaitSignals&);
  Gives gives;
  const char* about;
  const char* source;
};

// One row per built-in detector: a new one needs its header, its row and nothing else.
constexpr Row kTable[] = {
    {"runmech", run<Runmech>, Gives::both,
     "steps in order, then a regression on what foot, shank, knee and pelvis do around each event",
     "runmech"},
    {"foot_anchor", run<FootAnchor>, Gives::both,
     "foot arrested on the ground; toe risen by 3.4 % of the leg", "runmech"},
    {"after_de_witt_2010", run<AfterDeWitt2010>, Gives::toe_off,
     "peak of toe vertical acceleration after its lowest place",
     "De Witt 2010, J Biomech 43:3067 (rule from memory)"},
    {"after_handsaker_2016", run<AfterHandsaker2016>, Gives::both,
     "earlier acceleration peak of heel and MT1; peak of toe vertical jerk as the toe leaves",
     "Handsaker, Forrester, Folland, Black and Allen 2016, J Biomech 49:4128 (from the abstract)"},
    {"after_leitch_2011", run<AfterLeitch2011>, Gives::both,
     "heel acceleration peak, or (no rearfoot strike) fastest fall of the foot; toe acceleration "
     "peak",
     "Leitch, Stebbins, Paolini and Zavatsky 2011, Gait & Posture 33:130 (from the abstract)"},
    {"after_maiwald_2009", run<AfterMaiwald2009>, Gives::both,
     "earlier acceleration peak of heel and MT5 while low; acceleration peak of the toe",
     "Maiwald, Sterzing, Mayer and Milani 2009, Footwear Science 1:111 (rule from memory)"},
    {"after_smith_2015", run<AfterSmith2015>, Gives::both,
     "acceleration peak of heel or toe as its fall is stopped, the earlier; acceleration peak of "
     "the toe",
     "Smith, Preece, Mason and Bramah 2015, Gait & Posture 41:39 (rule from memory)"},
    {"alton_1998", run<Alton1998>, Gives::foot_strike, "heel lowest",
     "Alton, Baldey, Caplan and Morrissey 1998, Clin Biomech 13:434"},
    {"desailly_2009", run<Desailly2009>, Gives::both,
     "high-passed forward place: heel farthest in front; toe farthest behind",
     "Desailly, Daniel, Sardain and Lacouture 2009, Gait & Posture 29:76"},
    {"dingwell_2001", run<Dingwell2001>, Gives::both,
     "knee straightest before contact; straightest in late stance",
     "Dingwell et al. 2001, J Biomech Eng 123:27"},
    {"falbriard_2018", run<Falbriard2018>, Gives::both,
     "foot turns toe down fastest, in each half from mid-swing to mid-swing",
     "Falbriard et al. 2018, Front Physiol 9:610"},
    {"fellin_2010", run<Fellin2010>, Gives::both,
     "heel lowest less 23.5 ms; knee straightest in late stance",
     "Fellin, Rose, Royer and Davis 2010, J Sci Med Sport 13:646"},
    {"force_plate", run<ForcePlateDetector>, Gives::both,
     "vertical force through 20 N, where there are plates", "runmech, recipe of force_contacts"},
    {"ghoussayni_2004", run<Ghoussayni2004>, Gives::both,
     "heel slower than 0.5 m/s over ground; toe faster",
     "Ghoussayni, Stevens, Durham and Ewins 2004, Gait & Posture 20:266"},
    {"ghoussayni_2004_scaled", run<Ghoussayni2004Scaled>, Gives::both,
     "heel slower than 0.78 of the running speed over ground; toe faster than 0.66",
     "Ghoussayni, Stevens, Durham and Ewins 2004, Gait & Posture 20:266 (later thresholds)"},
    {"hreljac_marshall_2000", run<HreljacMarshall2000>, Gives::both,
     "peak of heel vertical acceleration; of toe forward acceleration",
     "Hreljac and Marshall 2000, J Biomech 33:783"},
    {"milner_paquette_2015", run<MilnerPaquette2015>, Gives::foot_strike,
     "pelvis falls fastest, less 15 ms", "Milner and Paquette 2015, J Biomech 48:3502"},
    {"oconnor_2007", run<OConnor2007>, Gives::both,
     "foot centre falls fastest with the heel low; rises fastest",
     "O'Connor, Thorpe, O'Malley and Vaughan 2007, Gait & Posture 25:469"},
    {"osis_2014_refitted", run<Osis2014Refitted>, Gives::both,
     "angular accelerations of the leg around an anchor, one principal component, a line",
     "Osis, Hettinga, Macdonald and Ferber 2014, J Biomech 47:2786 (coefficients ours)"},
    {"schache_2001", run<Schache2001>, Gives::foot_strike, "heel stops falling",
     "Schache et al. 2001, Clin Biomech 16:667"},
    {"zeni_2008", run<Zeni2008>, Gives::both,
     "heel farthest in front of the sacrum; toe farthest behind it",
     "Zeni, Richards and Higginson 2008, Gait & Posture 27:710"},
    {"zeni_2008_velocity", run<Zeni2008Velocity>, Gives::both,
     "heel velocity turns backward; toe velocity turns forward",
     "Zeni, Richards and Higginson 2008, Gait & Posture 27:710"},
};

}  // namespace

GaitEvents completed(GaitEvents events, const GaitSignals& signals) {
  const auto lost =
      std::erase_if(events.events, [](const GaitEvent& e) { return !std::isfinite(e.time_s); });
  if (lost > 0) {
    events.notes.push_back(
        {"events", std::to_string(lost) + " events with no time were left out", true});
  }
  std::sort(events.events.begin(), events.events.end(),
            [](const GaitEvent& a, const GaitEvent& b) { return a.time_s < b.time_s; });
  if (events.reason.empty()) {
    const GaitPhases phases = find_phases(signals);
    GaitRecognition told = detail::recognise(signals, phases);
    events.kind = told.kind;
    events.reason = std::move(told.reason);
    if (events.spans.empty()) events.spans = std::move(told.spans);
    events.notes.insert(events.notes.end(), told.notes.begin(), told.notes.end());
    detail::set_states(phases, events);
  }
  return events;
}

const std::vector<DetectorInfo>& detector_list() {
  static const std::vector<DetectorInfo> list = [] {
    std::vector<DetectorInfo> out;
    for (const Row& row : kTable) {
      out.push_back({row.name, row.gives != Gives::toe_off, row.gives != Gives::foot_strike,
                     row.about, row.source});
    }
    return out;
  }();
  return list;
}

const std::vector<std::string>& detector_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> out;
    for (const Row& row : kTable) out.emplace_back(row.name);
    return out;
  }();
  return names;
}

GaitEvents detect_events(const GaitSignals& signals, std::string_view detector) {
  for (const Row& row : kTable) {
    if (row.name == detector) return completed(row.detect(signals), signals);
  }
  std::string known;
  for (const auto& name : detector_names()) known += (known.empty() ? "" : ", ") + name;
  throw InvalidArgument("no detector is called '" + std::string(detector) + "'; there are " +
                        known);
}

}  // namespace runmech

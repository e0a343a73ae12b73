// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/core/names.hpp"

#include "runmech/core/spelling.hpp"

namespace runmech {
namespace {

constexpr Spelling<Side> kSideNames[]{{Side::left, "left"}, {Side::right, "right"}};
constexpr Spelling<RowSide> kRowSideNames[]{
    {RowSide::left, "left"}, {RowSide::right, "right"}, {RowSide::both, "both"}};
constexpr Spelling<EventType> kEventTypeNames[]{{EventType::foot_strike, "foot_strike"},
                                                {EventType::toe_off, "toe_off"}};
constexpr Spelling<Plane> kPlaneNames[]{
    {Plane::sagittal, "sagittal"}, {Plane::frontal, "frontal"}, {Plane::transverse, "transverse"}};
constexpr Spelling<View> kViewNames[]{
    {View::spatial, "spatial"}, {View::side, "side"}, {View::rear, "rear"}, {View::front, "front"}};
constexpr Spelling<Surface> kSurfaceNames[]{{Surface::unknown, "unknown"},
                                            {Surface::treadmill, "treadmill"},
                                            {Surface::overground, "overground"}};
constexpr Spelling<Sex> kSexNames[]{
    {Sex::unknown, "unknown"}, {Sex::female, "female"}, {Sex::male, "male"}};

}  // namespace

std::string_view to_string(Side v) {
  return spell<Side>(kSideNames, v);
}
std::string_view to_string(RowSide v) {
  return spell<RowSide>(kRowSideNames, v);
}
std::string_view to_string(EventType v) {
  return spell<EventType>(kEventTypeNames, v);
}
std::string_view to_string(Plane v) {
  return spell<Plane>(kPlaneNames, v);
}
std::string_view to_string(View v) {
  return spell<View>(kViewNames, v);
}
std::string_view to_string(Surface v) {
  return spell<Surface>(kSurfaceNames, v);
}
std::string_view to_string(Sex v) {
  return spell<Sex>(kSexNames, v);
}

Side parse_side(std::string_view t) {
  return parse_spelling<Side>(kSideNames, "side", t);
}
RowSide parse_row_side(std::string_view t) {
  return parse_spelling<RowSide>(kRowSideNames, "side", t);
}
EventType parse_event_type(std::string_view t) {
  return parse_spelling<EventType>(kEventTypeNames, "event type", t);
}
Plane parse_plane(std::string_view t) {
  return parse_spelling<Plane>(kPlaneNames, "plane", t);
}
View parse_view(std::string_view t) {
  return parse_spelling<View>(kViewNames, "view", t);
}
Surface parse_surface(std::string_view t) {
  return parse_spelling<Surface>(kSurfaceNames, "surface", t);
}
Sex parse_sex(std::string_view t) {
  return parse_spelling<Sex>(kSexNames, "sex", t);
}

}  // namespace runmech

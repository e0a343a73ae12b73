// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace runmech {

/// The runner's own side, never the image's.
enum class Side : std::uint8_t { left = 0, right = 1 };
inline constexpr std::array kSides{Side::left, Side::right};

[[nodiscard]] constexpr Side opposite(Side side) {
  return side == Side::left ? Side::right : Side::left;
}
/// +1 right, -1 left: multiplies mediolateral and frontal quantities so that both legs share a
/// sign.
[[nodiscard]] constexpr double sign(Side side) {
  return side == Side::right ? 1.0 : -1.0;
}

/// One value per side, indexed by Side.
template <class T>
struct Sided {
  T left{};
  T right{};
  [[nodiscard]] constexpr T& operator[](Side side) { return side == Side::left ? left : right; }
  [[nodiscard]] constexpr const T& operator[](Side side) const {
    return side == Side::left ? left : right;
  }
};

/// What a summary row speaks of.
enum class RowSide : std::uint8_t { left, right, both };
[[nodiscard]] constexpr RowSide row_side(Side side) {
  return side == Side::left ? RowSide::left : RowSide::right;
}

enum class EventType : std::uint8_t { foot_strike, toe_off };

/// Anatomical plane in which a coordinate moves the body.
enum class Plane : std::uint8_t { sagittal = 1, frontal = 2, transverse = 4 };

/// What the recording sees. `side` sees X and Y, `rear` and `front` see Z and Y; the unseen axis
/// holds 0.
enum class View : std::uint8_t { spatial, side, rear, front };

enum class Surface : std::uint8_t { unknown, treadmill, overground };

enum class Sex : std::uint8_t { unknown, female, male };

[[nodiscard]] std::string_view to_string(Side);
[[nodiscard]] std::string_view to_string(RowSide);
[[nodiscard]] std::string_view to_string(EventType);
[[nodiscard]] std::string_view to_string(Plane);
[[nodiscard]] std::string_view to_string(View);
[[nodiscard]] std::string_view to_string(Surface);
[[nodiscard]] std::string_view to_string(Sex);

/// Parses the spelling of to_string; throws InvalidArgument listing the allowed words.
[[nodiscard]] Side parse_side(std::string_view);
[[nodiscard]] RowSide parse_row_side(std::string_view);
[[nodiscard]] EventType parse_event_type(std::string_view);
[[nodiscard]] Plane parse_plane(std::string_view);
[[nodiscard]] View parse_view(std::string_view);
[[nodiscard]] Surface parse_surface(std::string_view);
[[nodiscard]] Sex parse_sex(std::string_view);

}  // namespace runmech

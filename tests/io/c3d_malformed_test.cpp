// SPDX-License-Identifier: BSD-3-Clause
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>
#include <functional>
#include <random>
#include <variant>

#include "io/c3d_builder.hpp"
#include "io/c3d_notes.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/io/c3d.hpp"

namespace runmech {
namespace {

using test::C3dBuilder;

constexpr std::size_t kSection = 512;

// A small file with everything in it: points, analog, a plate, events.
C3dBuilder complete() {
  C3dBuilder made;
  made.frames = 20;
  made.labels = {"LASI", "RASI", "SACR", "LKNE"};
  made.channels = 6;
  made.samples = 2;
  made.analog = [](int, int, int c) { return c == 2 ? -500.0 : 1.0; };
  made.floats("ANALOG", "SCALE", std::vector<double>(6, 1.0));
  made.integers("ANALOG", "OFFSET", std::vector<double>(6, 0.0));
  made.integers("FORCE_PLATFORM", "USED", {1});
  made.integers("FORCE_PLATFORM", "TYPE", {2});
  made.integers("FORCE_PLATFORM", "CHANNEL", {1, 2, 3, 4, 5, 6}, {6, 1});
  made.floats("FORCE_PLATFORM", "CORNERS", {600, 0, 0, 0, 0, 0, 0, 900, 0, 600, 900, 0}, {3, 4, 1});
  made.floats("FORCE_PLATFORM", "ORIGIN", {0, 0, -40}, {3, 1});
  made.integers("EVENT", "USED", {2});
  made.strings("EVENT", "LABELS", {"Foot Strike", "Foot Off"});
  made.strings("EVENT", "CONTEXTS", {"Left", "Right"});
  made.floats("EVENT", "TIMES", {0, 0.05, 0, 0.1}, {2, 2});
  return made;
}

std::size_t find(const FileBytes& file, const std::string& text) {
  const auto at = file.text().find(text);
  EXPECT_NE(at, std::string_view::npos) << text;
  return at;
}

// Where the name of a parameter of a group begins; with one dimension its values follow 5 bytes
// after it.
std::size_t find_in(const FileBytes& file, const std::string& group, const std::string& name) {
  const auto at = file.text().find(name, find(file, group));
  EXPECT_NE(at, std::string_view::npos) << group << ":" << name;
  return at;
}

void set(FileBytes& file, std::size_t at, std::vector<int> values) {
  for (const int value : values) file.bytes.at(at++) = static_cast<unsigned char>(value);
}

/// One way to break the file, and what must come of it: a part of the error, or of a warning.
struct Broken {
  std::string name;
  std::function<void(FileBytes&)> damage;
  bool is_error;
  std::string says;
};

void PrintTo(const Broken& broken, std::ostream* out) {
  *out << broken.name;
}

std::vector<Broken> broken_files() {
  const auto error = [](std::string name, std::function<void(FileBytes&)> damage,
                        std::string says) {
    return Broken{std::move(name), std::move(damage), true, std::move(says)};
  };
  const auto warning = [](std::string name, std::function<void(FileBytes&)> damage,
                          std::string says) {
    return Broken{std::move(name), std::move(damage), false, std::move(says)};
  };
  return {
      error(
          "Empty", [](FileBytes& f) { f.bytes.clear(); }, "byte 0: the file ends here"),
      error(
          "OneByte", [](FileBytes& f) { f.bytes.resize(1); }, "byte 1: the file ends here"),
      error(
          "HeaderOnly", [](FileBytes& f) { f.bytes.resize(512); }, "at least 1024 bytes"),
      error(
          "OneByteShortOfTwoBlocks", [](FileBytes& f) { f.bytes.resize(1023); }, "at least 1024"),
      error(
          "WrongKey", [](FileBytes& f) { set(f, 1, {0x51}); }, "byte 1: not a C3D file"),
      error(
          "ParameterBlockZero", [](FileBytes& f) { set(f, 0, {0}); },
          "parameter section in block 0"),
      error(
          "ParameterBlockOne", [](FileBytes& f) { set(f, 0, {1}); },
          "parameter section in block 1"),
      error(
          "ParameterBlockOutside", [](FileBytes& f) { set(f, 0, {200}); }, "the file ends at byte"),
      error(
          "ProcessorZero", [](FileBytes& f) { set(f, kSection + 3, {0}); }, "processor code is 0"),
      error(
          "ProcessorUnknown", [](FileBytes& f) { set(f, kSection + 3, {87}); }, "code is 87"),
      error(
          "ParameterNameLeaves",
          [](FileBytes& f) {
            f.bytes.resize(1024);
            set(f, 16, {0, 0});
            set(f, kSection + 2, {1});
            set(f, 1022, {0, 0});
            // A record that starts just before the end of the section with a long name.
            std::fill(f.bytes.begin() + kSection + 4, f.bytes.end(), 0);
            set(f, kSection + 4, {1, -1, 'A', 500 & 0xff, 500 >> 8});
            set(f, kSection + 4 + 3 + 500, {100, 1});
          },
          "its name leaves the parameter section"),
      error(
          "OffsetLeavesSection",
          [](FileBytes& f) {
            set(f, find(f, "CORNERS") + 7, {0xff, 0x7f});
          },
          "'CORNERS': the offset to the next record, 32767"),
      error(
          "OffsetUnsigned",
          [](FileBytes& f) {
            set(f, find(f, "CORNERS") + 7, {0xff, 0xff});
          },
          "'CORNERS': the offset to the next record, 65535"),
      error(
          "TypeUnknown", [](FileBytes& f) { set(f, find(f, "CORNERS") + 9, {3}); },
          "'CORNERS' has type 3"),
      error(
          "EightDimensions", [](FileBytes& f) { set(f, find(f, "CORNERS") + 10, {8}); },
          "'CORNERS' has 8 dimensions"),
      error(
          "HugeDimensions",
          [](FileBytes& f) {
            set(f, find(f, "CORNERS") + 10, {7, 255, 255, 255, 255, 255, 255, 255});
          },
          "'CORNERS' needs 70110209207109375 values"),
      error(
          "OneValueTooMany", [](FileBytes& f) { set(f, find(f, "CORNERS") + 11, {4}); },
          "'CORNERS' needs 16 values of 4 bytes"),
      error(
          "DimensionsLeaveSection",
          [](FileBytes& f) {
            f.bytes.resize(1024);
            set(f, 16, {0, 0});
            set(f, kSection + 2, {1});
            std::fill(f.bytes.begin() + kSection + 4, f.bytes.end(), 0);
            set(f, kSection + 4, {1, -1, 'A', 500 & 0xff, 500 >> 8});
            set(f, kSection + 4 + 3 + 500, {1, 1, 'B', 0});
          },
          "leaves the parameter section"),
      error(
          "DataBlockZero",
          [](FileBytes& f) {
            set(f, 16, {0, 0});
          },
          "the data section starts in block 0"),
      error(
          "DataBlockOutside",
          [](FileBytes& f) {
            set(f, 16, {0xff, 0xff});
          },
          "the data section starts in block 65535"),
      error(
          "DataBlockInHeader",
          [](FileBytes& f) {
            set(f, 16, {1, 0});
          },
          "the data section starts in block 1"),
      error(
          "NoFrames", [](FileBytes& f) { f.bytes.resize(f.bytes[16] * 512 - 512 + 50); },
          "no whole frame of"),
      error(
          "HugePoints",
          [](FileBytes& f) {
            set(f, 2, {0xff, 0xff});
          },
          "no whole frame of 1048"),
      error(
          "HugeAnalog",
          [](FileBytes& f) {
            set(f, 4, {0xff, 0xff, 1, 0});
            set(f, 18, {5, 0});
          },
          "no whole frame of 262204 bytes"),
      error(
          "AnalogDoesNotDivide",
          [](FileBytes& f) {
            set(f, 4, {13, 0});
          },
          "13 analog values per frame in 2 samples"),
      error(
          "RateNowhere",
          [](FileBytes& f) {
            set(f, 20, {0, 0, 0, 0});
            set(f, find(f, "RATE") + 4 + 4, {1, 0, 0, 0, 0});
          },
          "frame rate is neither in POINT:RATE nor in the header"),
      error(
          "ScaleNowhere",
          [](FileBytes& f) {
            set(f, 12, {0, 0, 0, 0});
            const auto at = find_in(f, "POINT", "SCALE");
            set(f, at + 5 + 5, {0, 0, 0, 0});
          },
          "scale of the points is 0"),
      error(
          "ScaleNotANumber",
          [](FileBytes& f) {
            set(f, 12, {0, 0, 0xc0, 0x7f});
            const auto at = find_in(f, "POINT", "SCALE");
            set(f, at + 5 + 5, {0, 0, 0xc0, 0x7f});
          },
          "scale of the points is 0 or not a number"),
      warning(
          "TruncatedData", [](FileBytes& f) { f.bytes.resize(f.bytes.size() - 1200); },
          "cut short"),
      warning(
          "MoreFramesThanData",
          [](FileBytes& f) {
            set(f, 8, {0xe8, 3});
          },
          "the header says 1000"),
      warning(
          "LastBeforeFirst",
          [](FileBytes& f) {
            set(f, 6, {50, 0, 3, 0});
          },
          "is before its first"),
      warning(
          "UsedDisagrees",
          [](FileBytes& f) {
            set(f, find_in(f, "POINT", "USED") + 4 + 5, {9, 0});
          },
          "POINT:USED says 9"),
      warning(
          "ScaleSignDisagrees", [](FileBytes& f) { f.bytes[15] &= 0x7f; },
          "disagree on integer or float"),
      warning(
          "BlockCountZero", [](FileBytes& f) { set(f, kSection + 2, {0}); }, ""),
      warning(
          "BlockCountHuge", [](FileBytes& f) { set(f, kSection + 2, {255}); }, ""),
      warning(
          "LabelsAreNumbers",
          [](FileBytes& f) {
            const auto at = find_in(f, "POINT", "LABELS");
            set(f, at + 6 + 2, {1});
          },
          "without a name"),
      warning(
          "NoGroupForParameters", [](FileBytes& f) { set(f, find(f, "POINT") - 1, {0x100 - 99}); },
          "POINT:UNITS is missing"),
      warning(
          "NonAsciiEverywhere",
          [](FileBytes& f) {
            const auto at = find(f, "LASI");
            set(f, at, {0xff, 0xfe, 0x80, 0xc3});
          },
          ""),
      warning(
          "CoordinatesNotANumber",
          [](FileBytes& f) {
            for (std::size_t at = (f.bytes[16] - 1U) * 512; at + 4 <= f.bytes.size(); at += 4) {
              set(f, at, {0, 0, 0xc0, 0x7f});
            }
          },
          "not a number"),
      warning(
          "PlateWithoutChannels", [](FileBytes& f) { set(f, find(f, "CHANNEL") + 2, {'X'}); },
          "left out"),
      warning(
          "PlateTypeMissing", [](FileBytes& f) { set(f, find(f, "TYPE"), {'X'}); }, "has no TYPE"),
      warning(
          "CornersMissing", [](FileBytes& f) { set(f, find(f, "CORNERS"), {'X'}); },
          "corners are unusable"),
      warning(
          "EventTimesMissing", [](FileBytes& f) { set(f, find(f, "TIMES"), {'X'}); },
          "EVENT:USED says 2"),
      warning(
          "ManyPlates",
          [](FileBytes& f) {
            const auto at = find_in(f, "FORCE_PLATFORM", "USED");
            set(f, at + 4 + 2 + 3, {255, 255});
          },
          "left out"),
  };
}

class C3dBroken : public testing::TestWithParam<Broken> {};

TEST_P(C3dBroken, IsAnErrorWithAPlaceOrAWarning) {
  FileBytes file = complete().build("broken.c3d");
  GetParam().damage(file);
  try {
    const auto recording = read_c3d(file).recording;
    EXPECT_FALSE(GetParam().is_error) << "read as if nothing were wrong";
    recording.validate();
    bool said = GetParam().says.empty();
    for (const auto& note : recording.notes) {
      said = said || (note.warning && note.text.find(GetParam().says) != std::string::npos);
    }
    EXPECT_TRUE(said) << "no warning says '" << GetParam().says << "'";
  } catch (const IoError& failed) {
    EXPECT_TRUE(GetParam().is_error) << failed.what();
    EXPECT_EQ(failed.path(), "broken.c3d");
    EXPECT_EQ(failed.place().substr(0, 5), "byte ");
    EXPECT_NE(std::string(failed.what()).find(GetParam().says), std::string::npos) << failed.what();
  }
}

std::string broken_name(const testing::TestParamInfo<Broken>& test) {
  return test.param.name;
}
INSTANTIATE_TEST_SUITE_P(All, C3dBroken, testing::ValuesIn(broken_files()), broken_name);

TEST(C3dMalformed, LooksLike) {
  const FileBytes file = C3dBuilder().build();
  EXPECT_TRUE(looks_like_c3d(file.bytes));
  EXPECT_TRUE(looks_like_c3d({file.bytes.data(), 100}));  // cut short, still no text
  EXPECT_FALSE(looks_like_c3d({}));
  const auto text = [](std::string_view words) {
    return looks_like_c3d({reinterpret_cast<const unsigned char*>(words.data()), words.size()});
  };
  EXPECT_FALSE(text("PathFileType\t4"));
  EXPECT_FALSE(text("%PDF-1.4"));
  EXPECT_FALSE(text("SPSS data"));
  EXPECT_FALSE(text("{\"people\": []}"));
}

// What must hold for any bytes at all: a result that validates, or one of the library's own errors;
// work and memory in proportion to the file.
void read_any(const FileBytes& file) {
  try {
    const auto raw = read_c3d(file);
    raw.recording.validate();
    const auto points = static_cast<std::size_t>(raw.recording.positions_m.size());
    ASSERT_LE(points * 2, file.bytes.size());  // a coordinate takes 2 bytes of file or more
  } catch (const IoError& error) {
    EXPECT_FALSE(error.place().empty());
  } catch (const NotAnalysable&) {
  }
}

TEST(C3dMalformed, RandomDamageIsNeverFatal) {
  std::mt19937 random(20240801);
  const auto start = std::chrono::steady_clock::now();
  for (const int processor : {84, 85, 86}) {
    for (const bool is_float : {true, false}) {
      auto made = complete();
      made.processor = processor;
      made.is_float = is_float;
      const FileBytes good = made.build();
      const std::size_t head = (good.bytes.size() * 2) / 3;
      for (int round = 0; round < 1500; ++round) {
        FileBytes file = good;
        const int changes = 1 + static_cast<int>(random() % 8);
        for (int i = 0; i < changes; ++i) {
          const std::size_t at = random() % head;  // header and parameters: where sizes live
          switch (random() % 4) {
            case 0:
              file.bytes[at] ^= static_cast<unsigned char>(1U << random() % 8);
              break;
            case 1:
              file.bytes[at] = static_cast<unsigned char>(random());
              break;
            case 2:
              file.bytes[at] = random() % 2 == 0 ? 0 : 255;
              break;
            default:
              file.bytes[at] = static_cast<unsigned char>(file.bytes[at] + random() % 3 - 1);
          }
        }
        if (random() % 4 == 0) file.bytes.resize(random() % file.bytes.size());
        read_any(file);
      }
    }
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  EXPECT_LT(took.count(), 60.0);
}

TEST(C3dMalformed, EveryTruncation) {
  const FileBytes good = complete().build();
  for (std::size_t size = 0; size < good.bytes.size(); size += 7) {
    FileBytes file = good;
    file.bytes.resize(size);
    read_any(file);
  }
}

TEST(C3dMalformed, NoiseBehindAValidStart) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    FileBytes file{"noise.c3d", std::vector<unsigned char>(4096)};
    for (auto& byte : file.bytes) byte = static_cast<unsigned char>(random());
    set(file, 0, {2, 0x50});
    set(file, kSection + 3, {84 + round % 3});
    read_any(file);
  }
}

// All 255 plates on the same channels, the most points and labels that a small file can claim.
TEST(C3dMalformed, ClaimsDoNotMultiplyMemory) {
  auto made = complete();
  made.frames = 20000;
  made.labels = {"A"};
  made.is_float = false;
  made.items.clear();
  made.integers("FORCE_PLATFORM", "USED", {255});
  made.integers("FORCE_PLATFORM", "TYPE", std::vector<double>(255, 2));
  std::vector<double> channels;
  for (int plate = 0; plate < 255; ++plate) {
    for (int c = 1; c <= 6; ++c) channels.push_back(c);
  }
  made.integers("FORCE_PLATFORM", "CHANNEL", channels, {6, 255});
  const auto recording = read_c3d(made.build()).recording;
  EXPECT_EQ(recording.plates.size(), 1U);
  EXPECT_LT(recording.notes.size(), 20U);
}

}  // namespace
}  // namespace runmech

// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/io/file.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include "io/temporary.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/core/options.hpp"
#include "runmech/io/read_options.hpp"

namespace runmech {

static_assert(lists_all_fields<ReadOptions>());

using test::error_of;
using test::gzipped;
using test::TemporaryFolder;

TEST(LoadFile, GunzipsByContentWhateverTheName) {
  const TemporaryFolder folder;
  const std::string text = "Time\tR.ASISX\n0.1\t2\n";
  EXPECT_EQ(load_file(folder.write("a.txt", text)).text(), text);
  EXPECT_EQ(load_file(folder.write("b.txt", gzipped(text))).text(), text);
  EXPECT_EQ(load_file(folder.write("two.gz", gzipped("ab") + gzipped("cd"))).text(), "abcd");
}

TEST(LoadFile, NamesWhatIsWrongWithTheFullPath) {
  const TemporaryFolder folder;
  const auto expect = [&](const std::filesystem::path& path, const std::string& why) {
    const std::string message = error_of<IoError>([&] { static_cast<void>(load_file(path)); });
    EXPECT_NE(message.find(why), std::string::npos) << message;
    EXPECT_NE(message.find(path_text(path)), std::string::npos) << message;
  };
  expect(folder.path() / "L\u00e4ufer \u00e9" / "no such.trc", "not found");
  expect(folder.path(), "folder");
  expect(folder.write("empty.trc", ""), "empty");
  expect(folder.write("cut.gz", gzipped(std::string(5000, 'a')).substr(0, 20)), "ends too early");
  std::string flipped = gzipped("some text that is long enough to be damaged");
  flipped[flipped.size() - 5] ^= 1;
  expect(folder.write("flipped.gz", flipped), "damaged gzip");
  expect(folder.write("junk.gz", gzipped("ab") + "junk"), "damaged gzip");
  expect("/dev/zero", "not a regular file");
}

TEST(LoadFile, RefusesADecompressionBomb) {
  const TemporaryFolder folder;
  const auto path = folder.write("bomb.gz", gzipped(std::string(std::size_t{80} << 20, '0')));
  const std::string message = error_of<IoError>([&] { static_cast<void>(load_file(path)); });
  EXPECT_NE(message.find("decompression bomb"), std::string::npos) << message;
}

TEST(LoadFile, Latin1BecomesUtf8AndUtf8Stays) {
  EXPECT_EQ(to_utf8("H\xE9mi"), "H\u00e9mi");
  EXPECT_EQ(to_utf8("H\u00e9mi"), "H\u00e9mi");
  EXPECT_EQ(path_text(std::filesystem::path("a\xFFz")), "a\uFFFDz");
}

TEST(ReadOptions, RefusesWhatCannotBe) {
  const auto message = [](auto&& change) {
    ReadOptions options;
    change(options);
    return error_of<InvalidArgument>([&] { options.validate(); });
  };
  ReadOptions().validate();
  EXPECT_EQ(message([](auto& o) { o.up = "up"; }),
            "up is 'up'; allowed: +x, -x, +y, -y, +z, -z, or empty");
  EXPECT_NE(message([](auto& o) { o.up = "+y", o.forward = "-y"; }).find("different axes"),
            std::string::npos);
  EXPECT_NE(
      message([](auto& o) { o.stature_m = 170; }).find("stature_m is 170; allowed: 0.5 to 2.6 m"),
      std::string::npos);
  EXPECT_NE(message([](auto& o) { o.start_s = 2, o.end_s = 1; }).find("after end_s"),
            std::string::npos);
  EXPECT_NE(message([](auto& o) { o.rate_hz = -30; }).find("rate_hz"), std::string::npos);
}

}  // namespace runmech

// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/io/file.hpp"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <system_error>

#include "runmech/core/errors.hpp"

namespace runmech {
namespace {

constexpr std::size_t kFreeGrowth = std::size_t{64} << 20;
constexpr std::size_t kMaxRatio = 100;

// Length of the UTF-8 sequence that starts at `at`, 0 where there is none.
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(at);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 && lead < 0xF5 ? 4
                             : lead >= 0xE0              ? 3
                             : lead >= 0xC2              ? 2
                                                         : 0;
  if (length == 0 || lead >= 0xF5 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return 0;
  }
  if (lead == 0xE0 && byte(at + 1) < 0xA0) return 0;  // overlong
  if (lead == 0xED && byte(at + 1) > 0x9F) return 0;  // surrogate
  if (lead == 0xF0 && byte(at + 1) < 0x90) return 0;
  if (lead == 0xF4 && byte(at + 1) > 0x8F) return 0;
  return length;
}

[[noreturn]] void damaged(const std::string& path, std::size_t at, const std::string& why) {
  throw IoError(path, "byte " + std::to_string(at), "damaged gzip data: " + why);
}

struct Inflater {
  z_stream stream{};
  Inflater() { inflateInit2(&stream, 15 + 16); }  // 16: gzip header and checksum
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { inflateEnd(&stream); }
};

std::vector<unsigned char> gunzip(const std::string& path, const std::vector<unsigned char>& in) {
  const std::size_t limit = std::min(kMaxFileBytes, std::max(kFreeGrowth, kMaxRatio * in.size()));
  std::vector<unsigned char> out;
  std::size_t filled = 0;
  std::size_t used = 0;
  while (used < in.size()) {          // a gzip file may be several members, one after the other
    if (used > 0 && in[used] == 0) {  // padding of tapes and blocks
      ++used;
      continue;
    }
    Inflater inflater;
    z_stream& z = inflater.stream;
    z.next_in = const_cast<Bytef*>(in.data() + used);
    int code = Z_OK;
    while (code != Z_STREAM_END) {
      const std::size_t left = in.size() - used;
      z.avail_in = static_cast<uInt>(std::min<std::size_t>(left, 1U << 30));
      if (filled == out.size()) {
        out.resize(std::min(limit + 1, std::max<std::size_t>(1U << 16, 2 * out.size())));
      }
      if (filled > limit) {
        throw IoError(path, "",
                      "unpacks to more than " + std::to_string(limit >> 20) +
                          " MiB: refused as a decompression bomb");
      }
      const std::size_t room = std::min<std::size_t>(out.size() - filled, 1U << 30);
      z.avail_out = static_cast<uInt>(room);
      z.next_out = out.data() + filled;
      const uInt offered = z.avail_in;
      code = inflate(&z, Z_NO_FLUSH);
      used += offered - z.avail_in;
      filled += room - z.avail_out;
      if (code == Z_STREAM_END) break;
      if (code != Z_OK && code != Z_BUF_ERROR) damaged(path, used, z.msg ? z.msg : "unreadable");
      if (used == in.size() && z.avail_out != 0) damaged(path, used, "it ends too early");
    }
  }
  out.resize(filled);
  return out;
}

}  // namespace

std::string to_utf8(std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    const std::size_t length = utf8_length(bytes, at);
    if (length == 0) break;
    at += length;
  }
  if (at >= bytes.size()) return std::string(bytes);
  std::string out;
  out.reserve(bytes.size() + 8);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out += c;
    } else {
      out += static_cast<char>(0xC0 | (byte >> 6));
      out += static_cast<char>(0x80 | (byte & 0x3F));
    }
  }
  return out;
}

std::string path_text(const std::filesystem::path& path) {
  const auto u8 = path.u8string();
  const std::string_view text(reinterpret_cast<const char*>(u8.data()), u8.size());
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text, at);
    out += length == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(at, length);
    at += std::max<std::size_t>(length, 1);
  }
  return out;
}

FileBytes unpacked(FileBytes file) {
  if (file.bytes.size() >= 3 && file.bytes[0] == 0x1F && file.bytes[1] == 0x8B &&
      file.bytes[2] == 8) {
    file.bytes = gunzip(file.path, file.bytes);
    if (file.bytes.empty()) throw IoError(file.path, "byte 0", "the file is empty once unpacked");
  }
  return file;
}

FileBytes load_file(const std::filesystem::path& path) {
  FileBytes file;
  std::error_code code;
  const auto absolute = std::filesystem::absolute(path, code);
  file.path = path_text(code ? path : absolute);
  const auto status = std::filesystem::status(path, code);
  if (!std::filesystem::exists(status)) {
    const bool missing =
        !code || code == std::errc::no_such_file_or_directory || code == std::errc::not_a_directory;
    throw IoError(file.path, "", missing ? "not found" : code.message());
  }
  if (std::filesystem::is_directory(status)) throw IoError(file.path, "", "this is a folder");
  if (!std::filesystem::is_regular_file(status)) {
    throw IoError(file.path, "", "not a regular file");  // a pipe or device might never end
  }
  const auto size = std::filesystem::file_size(path, code);
  if (code) throw IoError(file.path, "", code.message());
  if (size == 0) throw IoError(file.path, "byte 0", "the file is empty");
  if (size > kMaxFileBytes) {
    throw IoError(file.path, "", "larger than " + std::to_string(kMaxFileBytes >> 20) + " MiB");
  }
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> handle(
      std::fopen(path.string().c_str(), "rb"), &std::fclose);
  if (!handle) throw IoError(file.path, "", std::generic_category().message(errno));
  file.bytes.resize(static_cast<std::size_t>(size));
  const std::size_t got = std::fread(file.bytes.data(), 1, file.bytes.size(), handle.get());
  if (got != file.bytes.size()) {
    throw IoError(file.path, "byte " + std::to_string(got), "the file could not be read further");
  }
  return unpacked(std::move(file));
}

}  // namespace runmech

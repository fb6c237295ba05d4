#include "plugins/renderers/export/pickle_writer.hpp"

#include <bit>
#include <utility>

#include "plugins/renderers/export/zip_writer.hpp"

namespace ocellus::exporting {
namespace {

// Opcodes, named as in Python's pickletools.
constexpr char proto = '\x80', mark = '(', empty_list = ']', appends = 'e', empty_dict = '}', setitems = 'u',
               binunicode = 'X', binint = 'J', binint1 = 'K', binfloat = 'G', stop = '.';

}  // namespace

PickleWriter::PickleWriter() : bytes_{proto, 2} {}

void PickleWriter::begin_list() {
  bytes_ += empty_list;
  bytes_ += mark;
}
void PickleWriter::end_list() {
  bytes_ += appends;
}
void PickleWriter::begin_dict() {
  bytes_ += empty_dict;
  bytes_ += mark;
}
void PickleWriter::end_dict() {
  bytes_ += setitems;
}

void PickleWriter::text(std::string_view utf8) {
  bytes_ += binunicode;
  for (int i = 0; i < 4; ++i) bytes_ += static_cast<char>(utf8.size() >> 8 * i & 0xFF);
  bytes_ += utf8;
}

void PickleWriter::integer(int32_t value) {
  if (value >= 0 && value < 256) {
    bytes_ += binint1;
    bytes_ += static_cast<char>(value);
    return;
  }
  bytes_ += binint;
  for (int i = 0; i < 4; ++i) bytes_ += static_cast<char>(static_cast<uint32_t>(value) >> 8 * i & 0xFF);
}

void PickleWriter::number(double value) {
  bytes_ += binfloat;
  const auto bits = std::bit_cast<uint64_t>(value);
  for (int i = 7; i >= 0; --i) bytes_ += static_cast<char>(bits >> 8 * i & 0xFF);  // the largest byte first
}

std::string PickleWriter::finish() {
  bytes_ += stop;
  return std::move(bytes_);
}

std::string torch_file(std::string_view pickle) {
  ZipWriter zip;
  zip.add("archive/data.pkl", pickle);
  zip.add("archive/byteorder", "little");
  zip.add("archive/version", "3\n");
  return zip.finish();
}

}  // namespace ocellus::exporting

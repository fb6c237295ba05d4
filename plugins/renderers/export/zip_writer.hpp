// Zip archives of entries as they are, not compressed: what numpy's .npz and PyTorch's .pt are.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ocellus::exporting {

// The same entries give the same bytes: every entry is dated 1980-01-01.
class ZipWriter {
 public:
  // Names are UTF-8 and different. Throws Error(OC_E_WRITE) for more than 4 GB in all, which this form cannot say.
  void add(const std::string& name, std::string_view contents);
  // The whole archive; nothing is added after it.
  std::string finish();

 private:
  struct Entry {
    std::string name;
    uint32_t crc, size, offset;
  };
  std::string archive_;
  std::vector<Entry> entries_;
};

}  // namespace ocellus::exporting

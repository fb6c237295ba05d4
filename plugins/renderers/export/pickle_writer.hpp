// Python's pickle, protocol 2, of plain lists, dictionaries, texts and numbers: all that torch.load(weights_only=True)
// takes without being told of further types.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ocellus::exporting {

// Values are written one after the other; a container is begun, filled and ended:
//   begin_list(); number(1.5); begin_dict(); text("a"); integer(1); end_dict(); end_list();
class PickleWriter {
 public:
  PickleWriter();
  void begin_list();
  void end_list();
  void begin_dict();  // then a key, its value, a key, its value, ...
  void end_dict();
  void text(std::string_view utf8);
  void integer(int32_t value);
  void number(double value);

  // The pickle of the one value that was written.
  std::string finish();

 private:
  std::string bytes_;
};

// A .pt file that holds `pickle` and no tensor.
std::string torch_file(std::string_view pickle);

}  // namespace ocellus::exporting

#include "plugins/models/common/config/stored_type.hpp"

#include <string>

namespace ocellus::models {

StoredType read_stored_type(const JsonFields& config) {
  const char* const key = config.find("dtype") != nullptr ? "dtype" : "torch_dtype";
  const std::string type = config.text(key, "float32");
  if (type == "float32") return StoredType::float32;
  if (type == "bfloat16") return StoredType::bfloat16;
  if (type == "float16") return StoredType::float16;
  config.refuse(key, "this plugin computes with float32, bfloat16 and float16");
}

}  // namespace ocellus::models

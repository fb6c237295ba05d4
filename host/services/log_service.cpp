#include <spdlog/spdlog.h>

#include "host/services/plugin_instance.hpp"
#include "host/services/service_table.hpp"

namespace ocellus::services {
namespace {

void write(const oc_host* host, uint32_t level, const char* sentence) noexcept {
  const auto as = level >= OC_LOG_WARNING ? spdlog::level::warn
                  : level == OC_LOG_INFO  ? spdlog::level::info
                                          : spdlog::level::debug;
  spdlog::log(as, "{}: {}", instance_of(host).who(), sentence);
}

}  // namespace

const oc_log_1 log_service{sizeof(oc_log_1), 0, write};

}  // namespace ocellus::services

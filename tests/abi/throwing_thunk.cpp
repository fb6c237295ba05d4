// A function that may throw must not fit into a table: an exception that left it would end in C code.
#include <ocellus/abi.h>

#ifdef GOOD
#define MAY_THROW noexcept
#else
#define MAY_THROW
#endif

namespace {

oc_status create(const oc_host*, const oc_options*, void**) noexcept {
  return OC_OK;
}
void destroy(void*) noexcept {}
oc_status plan(void*, const oc_run*, oc_plan*) MAY_THROW {
  return OC_OK;
}
oc_status capture(void*, const oc_run*, const oc_capture*) noexcept {
  return OC_OK;
}
oc_status finish(void*, const oc_run*) noexcept {
  return OC_OK;
}

}  // namespace

extern const oc_method_1 table;
const oc_method_1 table{sizeof(oc_method_1), 0, create, destroy, plan, capture, finish};

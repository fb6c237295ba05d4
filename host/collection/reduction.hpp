// A method's second table: results over all samples.
#pragma once

#include <ocellus/abi/method.h>

#include <memory>
#include <string>
#include <vector>

#include "host/run/plugins.hpp"
#include "host/services/sample_context.hpp"
#include "host/store/schema.hpp"

namespace ocellus::collection {

class Reduction {
 public:
  // `choice` is of a method whose record says that it reduces.
  Reduction(registry::Registry& registry, const run::Choice& choice);
  ~Reduction();
  Reduction(const Reduction&) = delete;
  Reduction& operator=(const Reduction&) = delete;

  const std::string& label() const { return label_; }
  const std::string& method() const { return method_; }

  // What the method made of one finished sample. `context` is of that sample.
  void add(services::SampleContext& context, const std::vector<store::ArtifactData>& artifacts);

  // The artifacts of the whole run. Throws Error(OC_E_INTERNAL) for one that its type or the collection does not allow.
  std::vector<store::ArtifactData> conclude(services::SampleContext& context);

 private:
  std::string label_, method_;
  std::unique_ptr<services::PluginInstance> plugin_;
  const oc_reduction_1* table_;
  void* self_ = nullptr;
};

}  // namespace ocellus::collection

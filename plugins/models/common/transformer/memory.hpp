// Where large pieces of memory come from. All of this is for the whole process, and so for the program that runs the
// model.
#pragma once

namespace ocellus::models {

// From now on freed memory is kept for the next temporary of the size: by default each one of some MiB is a new
// mapping, whose pages the system must clear one fault at a time (a twentieth of a prefill).
void keep_freed_memory();

// While it lives, large pieces are mappings of their own, as by default: for what stays, which would lie between
// temporaries and leave holes that the next larger one does not fit into.
class MappingsOfTheirOwn {
 public:
  MappingsOfTheirOwn();
  ~MappingsOfTheirOwn();
  MappingsOfTheirOwn(const MappingsOfTheirOwn&) = delete;
  MappingsOfTheirOwn& operator=(const MappingsOfTheirOwn&) = delete;
};

}  // namespace ocellus::models

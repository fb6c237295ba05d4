// The fonts of this machine.
#pragma once

#include <string>

namespace ocellus::drawing {

// Throws OC_E_OPTION unless fontconfig has a family of this name, in any language and case; "sans-serif", "serif" and
// "monospace" are always there. Pango itself would take another font and say nothing.
void expect_font_family(const std::string& family);

}  // namespace ocellus::drawing

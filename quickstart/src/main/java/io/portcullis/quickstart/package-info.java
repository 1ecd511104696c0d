/** The gateway with embedded real servers and sample services, for trying out. May import: everything. */
@NullMarked
package io.portcullis.quickstart;

import org.jspecify.annotations.NullMarked;

/** Child processes, and what the kernel and the JVM tell of them. May import: nothing of this module. */
@NullMarked
package io.portcullis.bench.process;

import org.jspecify.annotations.NullMarked;

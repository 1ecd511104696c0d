/** JMH benchmarks of single pieces, through their public types. May import: nothing of this module. */
@NullMarked
package io.portcullis.bench.micro;

import org.jspecify.annotations.NullMarked;

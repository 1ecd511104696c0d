@NullMarked
package io.portcullis.bench.load;

import org.jspecify.annotations.NullMarked;

@NullMarked
package io.portcullis.bench.process;

import org.jspecify.annotations.NullMarked;

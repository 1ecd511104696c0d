@NullMarked
package io.portcullis.bench.subject;

import org.jspecify.annotations.NullMarked;

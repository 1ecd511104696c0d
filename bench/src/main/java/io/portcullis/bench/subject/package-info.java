/** What is compared, and how each is started. May import: world, load, process. */
@NullMarked
package io.portcullis.bench.subject;

import org.jspecify.annotations.NullMarked;

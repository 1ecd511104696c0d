/** What is asked of the subjects, and the runs that ask. May import: subject, report, world, load, process. */
@NullMarked
package io.portcullis.bench.scenario;

import org.jspecify.annotations.NullMarked;

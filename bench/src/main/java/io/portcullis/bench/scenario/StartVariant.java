package io.portcullis.bench.scenario;

import io.portcullis.bench.subject.Jvm;

/**
 * A way to start Portcullis.
 *
 * @param name as in the table
 * @param jvm with the jar and the flags of that way
 */
record StartVariant(String name, Jvm jvm) {}

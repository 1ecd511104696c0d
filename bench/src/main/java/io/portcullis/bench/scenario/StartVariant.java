package io.portcullis.bench.scenario;

import io.portcullis.bench.subject.Jvm;

/**
 * A way to start Portcullis.
 *
 * @param name the name in the table
 * @param jvm the JAR and the flags of this variant
 */
record StartVariant(String name, Jvm jvm) {}

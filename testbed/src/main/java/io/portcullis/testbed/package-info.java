/**
 * Starts real servers for the tests and the quick start: MariaDB or MySQL, Redis as a single server,
 * with Sentinel, or as a cluster, and sample upstream services that report the requests they receive. The harnesses share its
 * {@link io.portcullis.testbed.CommandLine}.
 *
 * <p>Start with {@link io.portcullis.testbed.Testbed}. This package does not depend on the gateway. Only the tests, the quick
 * start and the harnesses may depend on it.
 */
@NullMarked
package io.portcullis.testbed;

import org.jspecify.annotations.NullMarked;

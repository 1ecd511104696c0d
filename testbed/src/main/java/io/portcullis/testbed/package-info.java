/**
 * Real servers and sample services for the tests and the quick start (design, section 9): MariaDB or MySQL, Redis in its
 * three arrangements, and an upstream that shows what it received.
 *
 * <p>It knows nothing of the gateway, and nothing but the tests and the quick start may depend on it.
 */
@NullMarked
package io.portcullis.testbed;

import org.jspecify.annotations.NullMarked;

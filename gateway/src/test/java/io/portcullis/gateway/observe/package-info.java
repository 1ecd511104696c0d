/** Tests of the metrics. */
@NullMarked
package io.portcullis.gateway.observe;

import org.jspecify.annotations.NullMarked;

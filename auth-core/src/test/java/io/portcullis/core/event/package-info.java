/** Tests of session events. */
@NullMarked
package io.portcullis.core.event;

import org.jspecify.annotations.NullMarked;

/** Tests of the webhook. */
@NullMarked
package io.portcullis.gateway.event;

import org.jspecify.annotations.NullMarked;

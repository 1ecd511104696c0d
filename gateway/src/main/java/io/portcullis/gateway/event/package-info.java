/**
 * Sends session events to a webhook (docs/events.md). Start with {@link io.portcullis.gateway.event.WebhookReceiver}. What an event is
 * and when it is sent is decided in {@code core.event}. May import: {@code startup}.
 */
@CheckReturnValue
@NullMarked
package io.portcullis.gateway.event;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;

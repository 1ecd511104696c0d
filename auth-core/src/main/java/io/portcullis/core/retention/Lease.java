package io.portcullis.core.retention;

import java.time.Duration;

/**
 * The right to do alone what only one node may do at a time, until it runs out.
 *
 * @param holder who has it: a new id each time that it is taken
 * @param time how long it lasts from when it was taken or last renewed
 */
public record Lease(String name, String holder, Duration time) {}

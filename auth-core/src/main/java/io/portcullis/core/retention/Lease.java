package io.portcullis.core.retention;

import java.time.Duration;

/**
 * The exclusive right of one node to run a job, until it expires.
 *
 * @param name the name of the job
 * @param holder a new id for each time that the lease is taken
 * @param time the validity of the lease from when it is taken or renewed
 */
public record Lease(String name, String holder, Duration time) {}

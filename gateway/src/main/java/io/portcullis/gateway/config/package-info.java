/**
 * Settings, their checks, and the wiring; the only package that knows the adapters. May import: everything.
 */
@NullMarked
package io.portcullis.gateway.config;

import org.jspecify.annotations.NullMarked;

/**
 * Opens sessions for users that a login service has authenticated (docs/login-services.md). Start with
 * {@link io.portcullis.gateway.loginservice.LoginServiceGlobalFilter}. May import: {@code problem}, {@code authentication},
 * {@code cookie}, {@code endpoint}, {@code route}, {@code upstream}.
 */
@NullMarked
package io.portcullis.gateway.loginservice;

import org.jspecify.annotations.NullMarked;

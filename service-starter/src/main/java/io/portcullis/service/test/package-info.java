/** Gives tests of a service a user who is logged in. Start with {@link io.portcullis.service.test.WithPortcullisUser}. */
@NullMarked
package io.portcullis.service.test;

import org.jspecify.annotations.NullMarked;

package io.portcullis.service.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.security.test.context.support.WithSecurityContext;

/**
 * Runs a test, with MockMvc, WebTestClient or of a method, as a user who is logged in at the gateway. No gateway and no token is needed:
 *
 * <pre>{@code
 * @Test
 * @WithPortcullisUser(username = "alice", roles = "editor")
 * void editWhenEditorThenAllowed() { ... }
 * }</pre>
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
@WithSecurityContext(factory = PortcullisUserContextFactory.class)
public @interface WithPortcullisUser {
    /** The user's name. */
    String username() default "user";

    /** The user's id; {@code user-} and the name if it is empty. */
    String userId() default "";

    /** The roles, without the prefix {@code ROLE_}. */
    String[] roles() default {};

    /** The session's id. */
    String sessionId() default "test-session";

    /** The tenant's id; none if it is empty. */
    String tenantId() default "";
}

package io.portcullis.gateway.config;

import io.portcullis.core.account.PasswordHasher;
import io.portcullis.core.account.PasswordPolicy;
import java.util.List;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The rules for new passwords, and the cost of their hashes.
 *
 * @param minLength least number of characters of a new password, 8 to 64; 15 is recommended without a second factor
 * @param contextWords words of which a new password must not mainly consist, such as the name of the company
 * @param bcryptCost cost of new bcrypt hashes, 10 to 14; each step doubles the time of a login. A login replaces a weaker hash
 */
record PasswordProperties(
        @DefaultValue("8") int minLength,
        @DefaultValue("portcullis") List<String> contextWords,
        @DefaultValue("10") int bcryptCost) {
    private static final String PREFIX = "portcullis.account.password.";
    private static final int LEAST_COST = 10;

    PasswordProperties {
        contextWords = List.copyOf(contextWords);
        if (minLength < PasswordPolicy.LEAST_LENGTH || minLength > PasswordPolicy.GREATEST_MIN_LENGTH) {
            throw new IllegalArgumentException(PREFIX + "min-length: " + minLength + " (expected: "
                    + PasswordPolicy.LEAST_LENGTH + " to " + PasswordPolicy.GREATEST_MIN_LENGTH
                    + " characters, 15 is recommended)");
        }
        if (bcryptCost < LEAST_COST || bcryptCost > PasswordHasher.MAX_BCRYPT_COST) {
            throw new IllegalArgumentException(PREFIX + "bcrypt-cost: " + bcryptCost + " (expected: " + LEAST_COST
                    + " to " + PasswordHasher.MAX_BCRYPT_COST + ")");
        }
    }

    PasswordPolicy policy() {
        return new PasswordPolicy(minLength, contextWords);
    }
}

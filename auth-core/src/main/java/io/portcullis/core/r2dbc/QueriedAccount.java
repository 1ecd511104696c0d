package io.portcullis.core.r2dbc;

import io.portcullis.core.account.Account;
import io.portcullis.core.account.AccountStatus;
import io.portcullis.core.account.TenantIds;
import io.portcullis.core.account.UnusableAccountException;
import io.portcullis.core.session.ClientUserId;
import io.r2dbc.spi.Readable;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Converts a row of an existing user table to an account. The column types are those of that table, for example numbers for ids
 * and bits for a status.
 */
final class QueriedAccount {
    static final int COLUMNS = 6;
    static final int COLUMNS_WITH_TENANT = 7;

    // The lengths of the columns of auth_session, which stores these values.
    private static final int MAX_ID = 64;
    private static final int MAX_USERNAME = 128;
    private static final int MAX_USER_TYPE = 64;
    /**
     * In bytes of UTF-8. {@code GROUP_CONCAT} cuts its result to 1,024 bytes by default, between two characters of at most 4 bytes, and
     * the rest of a name may be the name of another role.
     */
    private static final int MAX_ROLES_BYTES = 1020;

    private final Set<String> enabledValues;

    /** @param enabledValues the status texts that mean "enabled", case-insensitive */
    QueriedAccount(Collection<String> enabledValues) {
        this.enabledValues = enabledValues.stream()
                .map(value -> value.strip().toUpperCase(Locale.ROOT))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Returns the first seven columns by position; fewer if the row has fewer. */
    static List<@Nullable Object> values(Readable row) {
        List<@Nullable Object> values = new ArrayList<>(COLUMNS_WITH_TENANT);
        try {
            for (int i = 0; i < COLUMNS_WITH_TENANT; i++) {
                Object value = value(row, i);
                values.add(value instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : value);
            }
        } catch (IndexOutOfBoundsException | NoSuchElementException e) {
            // The driver throws at the first position beyond the last column.
            return values;
        }
        return values;
    }

    /** Reads a column. The driver converts TINYINT(1) to a boolean, also a value of 2; a {@link Flag} keeps the number. */
    private static @Nullable Object value(Readable row, int column) {
        Object value = row.get(column);
        if (!(value instanceof Boolean)) {
            return value;
        }
        try {
            return new Flag(Objects.requireNonNullElse(row.get(column, Integer.class), 0));
        } catch (IllegalArgumentException e) {
            return new Flag(value.equals(true) ? 1 : 0);
        }
    }

    /** Represents a number that the table may use as a boolean. */
    private record Flag(int number) {
        boolean isOneOf(Set<String> values) {
            return values.contains(toString())
                    || (number == 1 && values.contains("TRUE"))
                    || (number == 0 && values.contains("FALSE"));
        }

        @Override
        public String toString() {
            return Integer.toString(number);
        }
    }

    /**
     * Returns the account of these columns. Its password hash is empty if the column is NULL.
     *
     * @throws UnusableAccountException if a column is missing, empty, too long or binary, or if the id is that of an OAuth 2 client
     */
    Account account(List<@Nullable Object> values) {
        if (values.size() < COLUMNS) {
            throw new UnusableAccountException(
                    "the query selects " + values.size() + " columns (expected: " + COLUMNS + ")");
        }
        return new Account(
                requireUserId(requireValue("id", values.get(0), MAX_ID)),
                requireValue("username", values.get(1), MAX_USERNAME),
                text("password hash", values.get(2)),
                isEnabled(values.get(3)) ? AccountStatus.ENABLED : AccountStatus.DISABLED,
                ColumnValues.split(requireWhole(text("roles", values.get(4)))),
                requireMaxLength("user type", text("user type", values.get(5)), MAX_USER_TYPE),
                values.size() < COLUMNS_WITH_TENANT ? null : tenant(values.get(COLUMNS)),
                Instant.EPOCH);
    }

    /** Distinguishes NULL from an empty text, because an administrator without a tenant administers all of them. */
    private static @Nullable String tenant(@Nullable Object value) {
        if (value == null) {
            return null;
        }
        String text = text("tenant", value);
        if (!TenantIds.isValid(text)) {
            throw new UnusableAccountException(
                    "the tenant is unusable (expected: " + TenantIds.RULE + "; NULL for none)");
        }
        return text;
    }

    private static String requireUserId(String id) {
        if (ClientUserId.isClient(id)) {
            throw new UnusableAccountException("the id has the form of a user id of an OAuth 2 client");
        }
        return id;
    }

    private static String requireValue(String column, @Nullable Object value, int max) {
        String text = requireMaxLength(column, text(column, value), max);
        if (text.isBlank()) {
            throw new UnusableAccountException("the " + column + " is NULL or empty");
        }
        return text;
    }

    private static String requireMaxLength(String column, String text, int max) {
        if (text.length() > max) {
            throw new UnusableAccountException("the " + column + " has more than " + max + " characters");
        }
        return text;
    }

    private static String requireWhole(String roles) {
        int bytes = roles.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_ROLES_BYTES) {
            throw new UnusableAccountException("the roles have " + bytes + " bytes (expected: at most "
                    + MAX_ROLES_BYTES + ", beyond which MySQL may have cut the last name)");
        }
        return roles;
    }

    private boolean isEnabled(@Nullable Object status) {
        if (status instanceof Flag flag) {
            return flag.isOneOf(enabledValues);
        }
        // The driver returns BIT(n) as bytes.
        if (status instanceof ByteBuffer bits && bits.remaining() == 1) {
            return new Flag(bits.get(bits.position())).isOneOf(enabledValues);
        }
        return enabledValues.contains(text("status", status).strip().toUpperCase(Locale.ROOT));
    }

    private static String text(String column, @Nullable Object value) {
        if (value == null) {
            return "";
        }
        return value instanceof ByteBuffer bytes ? decoded(column, bytes) : value.toString();
    }

    /** Decodes VARBINARY as UTF-8 text. Other bytes, for example of a UUID, have no unique text form and are rejected. */
    private static String decoded(String column, ByteBuffer bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(bytes.duplicate())
                    .toString();
            if (text.chars().noneMatch(Character::isISOControl)) {
                return text;
            }
        } catch (CharacterCodingException e) {
            throw binaryValueFailure(column);
        }
        throw binaryValueFailure(column);
    }

    private static UnusableAccountException binaryValueFailure(String column) {
        return new UnusableAccountException("the " + column + " is binary (expected: text, such as HEX(...) makes)");
    }
}

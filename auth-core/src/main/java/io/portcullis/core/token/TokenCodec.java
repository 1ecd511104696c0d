package io.portcullis.core.token;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Mints tokens, and verifies a token from its text alone, without a store (docs/design.md section 3).
 *
 * <pre>
 * access   pca_ | base64url( key id 3 | expiry 6 | session id 16 | random 19 | HMAC-SHA256 16 )                  84 characters
 * refresh  pcr_ | base64url( key id 3 | expiry 6 | session id 16 | generation 4 | random 18 | HMAC-SHA256 16 )   88 characters
 * ticket   pct_ | base64url( key id 3 | expiry 6 | session id 16 | path 16 | random 18 | HMAC-SHA256 16 )       104 characters
 * </pre>
 *
 * <p>Lengths are in bytes; the expiry is in epoch milliseconds; the path of a ticket is that of
 * {@link TicketPath}. The codec also verifies access and refresh tokens of the first format: 64 characters,
 * {@code key id 3 | expiry 6 | random 20 | HMAC 16}. Such a token carries no session id; its row in MySQL names the session.
 *
 * <p>The HMAC covers the prefix and all bytes before the HMAC, so a token of one kind or format never passes for another. Each
 * body is a multiple of three bytes and leaves no spare bits: two texts never decode to the same bytes, and changing any
 * character invalidates the token.
 *
 * <p>Pure computation, safe to share between threads.
 */
public final class TokenCodec {
    private static final int EXPIRY_LENGTH = 6;
    private static final int SESSION_OFFSET = SigningKey.ID_LENGTH + EXPIRY_LENGTH;
    private static final int SESSION_LENGTH = 16;
    private static final int GENERATION_OFFSET = SESSION_OFFSET + SESSION_LENGTH;
    private static final int PATH_OFFSET = SESSION_OFFSET + SESSION_LENGTH;
    private static final int MAC_LENGTH = 16;
    private static final int ACCESS_LENGTH = 60;
    private static final int REFRESH_LENGTH = 63;
    private static final int TICKET_LENGTH = 75;
    private static final int FIRST_FORMAT_LENGTH = 45;
    private static final int PREFIX_LENGTH = 4;
    private static final int IMPORTED_LENGTH = 32;
    private static final long MAX_EXPIRY = (1L << (8 * EXPIRY_LENGTH)) - 1;

    private static final TokenVerification REFUSED = new TokenVerification.Refused();
    private static final byte[] ACCESS_PREFIX = TokenKind.ACCESS.prefix().getBytes(StandardCharsets.US_ASCII);
    private static final byte[] REFRESH_PREFIX = TokenKind.REFRESH.prefix().getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TICKET_PREFIX = TokenKind.TICKET.prefix().getBytes(StandardCharsets.US_ASCII);

    private final LiveKeyRing keys;
    private final Clock clock;
    private final SecureRandom random;
    private final @Nullable Instant importedUntil;

    /** @param clock the clock that decides whether a token has expired */
    public TokenCodec(KeyRing keys, Clock clock, SecureRandom random) {
        this(LiveKeyRing.fixed(keys), clock, random, null);
    }

    /**
     * Creates a codec that recognises the form of imported tokens, too.
     *
     * @param clock the clock that decides whether a token has expired
     * @param importedUntil when imported tokens are accepted no more; null if they are not accepted
     */
    public TokenCodec(LiveKeyRing keys, Clock clock, SecureRandom random, @Nullable Instant importedUntil) {
        this.importedUntil = importedUntil;
        this.keys = keys;
        this.clock = clock;
        this.random = random;
    }

    /**
     * Mints an access token.
     *
     * @param sessionId a UUID in its canonical text form
     * @param expiresAt truncated to the millisecond; from 1970 to the year 10889
     * @throws IllegalArgumentException if an argument is out of its range
     */
    public Token mintAccess(String sessionId, Instant expiresAt) {
        SigningKey key = keys.ring().signer();
        byte[] body = new byte[ACCESS_LENGTH];
        int position = begin(key, body, sessionId, expiresAt).position();
        return mint(key, TokenKind.ACCESS, body, position, expiresAt);
    }

    /**
     * Mints a refresh token. The session id and the expiry are as for {@link #mintAccess}.
     *
     * @param generation 1 at login, 1 more with each rotation
     */
    public Token mintRefresh(String sessionId, int generation, Instant expiresAt) {
        SigningKey key = keys.ring().signer();
        byte[] body = new byte[REFRESH_LENGTH];
        int position = begin(key, body, sessionId, expiresAt).putInt(generation).position();
        return mint(key, TokenKind.REFRESH, body, position, expiresAt);
    }

    /**
     * Mints a ticket. The session id and the expiry are as for {@link #mintAccess}.
     *
     * @param path the path to which the ticket is bound
     */
    public Token mintTicket(String sessionId, TicketPath path, Instant expiresAt) {
        SigningKey key = keys.ring().signer();
        byte[] body = new byte[TICKET_LENGTH];
        int position = path.writeTo(begin(key, body, sessionId, expiresAt)).position();
        return mint(key, TokenKind.TICKET, body, position, expiresAt);
    }

    private static ByteBuffer begin(SigningKey key, byte[] body, String sessionId, Instant expiresAt) {
        long expiry = expiresAt.toEpochMilli();
        if (expiry < 0 || expiry > MAX_EXPIRY) {
            throw new IllegalArgumentException("expiresAt: " + expiresAt + " (expected: 1970 to 10889)");
        }
        UUID session = UUID.fromString(sessionId);
        if (!session.toString().equals(sessionId)) {
            throw new IllegalArgumentException("sessionId: " + sessionId + " (expected: a UUID in canonical form)");
        }
        int keyId = key.id();
        return ByteBuffer.wrap(body)
                .put((byte) (keyId >> 16))
                .putShort((short) keyId)
                .putShort((short) (expiry >> 32))
                .putInt((int) expiry)
                .putLong(session.getMostSignificantBits())
                .putLong(session.getLeastSignificantBits());
    }

    /** Fills the body from {@code position} on with random bytes and the HMAC, and returns the encoded token. */
    private Token mint(SigningKey key, TokenKind kind, byte[] body, int position, Instant expiresAt) {
        int signed = body.length - MAC_LENGTH;
        byte[] nonce = new byte[signed - position];
        random.nextBytes(nonce);
        System.arraycopy(nonce, 0, body, position, nonce.length);
        System.arraycopy(key.sign(prefixOf(kind), body, signed), 0, body, signed, MAC_LENGTH);
        String value = kind.prefix() + Base64.getUrlEncoder().withoutPadding().encodeToString(body);
        return token(kind, value, expiresAt.toEpochMilli());
    }

    /** Verifies the prefix, key, HMAC and expiry of {@code text}. Accesses no store and never throws. */
    public TokenVerification verify(TokenKind kind, String text) {
        if (!hasForm(kind, text)) {
            return imported(kind, text);
        }
        byte[] body = Base64Url.decode(text, PREFIX_LENGTH);
        if (body == null) {
            return REFUSED;
        }
        KeyRing ring = keys.ring();
        int id = SigningKey.readId(body, 0);
        SigningKey key = ring.find(id);
        if (ring.isDropped(id)) {
            return new TokenVerification.DroppedKey(kind, text, key != null && isGenuine(kind, key, body));
        }
        if (key == null) {
            return new TokenVerification.UnknownKey(kind, text, standing(ring, id));
        }
        if (!isGenuine(kind, key, body)) {
            return REFUSED;
        }
        long expiry = readExpiry(body);
        Token token = token(kind, text, expiry);
        return clock.millis() < expiry ? new TokenVerification.Genuine(token) : new TokenVerification.Expired(token);
    }

    private TokenVerification.UnknownKey.Standing standing(KeyRing ring, int id) {
        if (ring.isElsewhere(id)) {
            return TokenVerification.UnknownKey.Standing.OTHER_NODE;
        }
        return keys.isCurrent()
                ? TokenVerification.UnknownKey.Standing.UNKNOWN
                : TokenVerification.UnknownKey.Standing.UNCERTAIN;
    }

    /**
     * Returns whether the text has the form of the tokens that can be imported: a UUID without hyphens, 32 lower-case hexadecimal digits,
     * as yudao makes them.
     */
    public static boolean hasImportedForm(String text) {
        if (text.length() != IMPORTED_LENGTH) {
            return false;
        }
        for (int i = 0; i < IMPORTED_LENGTH; i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }

    private TokenVerification imported(TokenKind kind, String text) {
        Instant until = importedUntil;
        return kind != TokenKind.TICKET
                        && until != null
                        && hasImportedForm(text)
                        && clock.instant().isBefore(until)
                ? new TokenVerification.Imported(kind, text, until)
                : REFUSED;
    }

    /** Returns whether the configuration knows of imported tokens, also after the time until which they are accepted. */
    public boolean knowsImported() {
        return importedUntil != null;
    }

    private static boolean hasForm(TokenKind kind, String text) {
        int length = text.length() - PREFIX_LENGTH;
        boolean firstFormat = length == FIRST_FORMAT_LENGTH / 3 * 4 && kind != TokenKind.TICKET;
        return (length == lengthOf(kind) / 3 * 4 || firstFormat) && text.startsWith(kind.prefix());
    }

    private static int lengthOf(TokenKind kind) {
        return switch (kind) {
            case ACCESS -> ACCESS_LENGTH;
            case REFRESH -> REFRESH_LENGTH;
            case TICKET -> TICKET_LENGTH;
        };
    }

    /** Returns the session id that a token's text carries; null for a token of the first format and an imported one. */
    static @Nullable String sessionIdIn(String value) {
        if (hasImportedForm(value)) {
            return null;
        }
        byte[] body = bodyOf(value);
        if (body.length == FIRST_FORMAT_LENGTH) {
            return null;
        }
        ByteBuffer session = ByteBuffer.wrap(body, SESSION_OFFSET, SESSION_LENGTH);
        return new UUID(session.getLong(), session.getLong()).toString();
    }

    /** Returns the generation that a refresh token's text carries; 0 for any other token. */
    static int generationIn(String value) {
        if (hasImportedForm(value)) {
            return 0;
        }
        byte[] body = bodyOf(value);
        return body.length == REFRESH_LENGTH ? ByteBuffer.wrap(body).getInt(GENERATION_OFFSET) : 0;
    }

    /** Returns the id of the key that a token's text names. The text must have the form of a token of this gateway. */
    static KeyId keyIdIn(String value) {
        return new KeyId(SigningKey.readId(bodyOf(value), 0));
    }

    /** Returns the path that a ticket's text carries. */
    static TicketPath pathIn(String ticket) {
        return TicketPath.read(ByteBuffer.wrap(bodyOf(ticket), PATH_OFFSET, TicketPath.LENGTH));
    }

    /** Returns the token that the text claims to be. Its HMAC is not verified. */
    static Token claimedBy(TokenKind kind, String value) {
        return token(kind, value, readExpiry(bodyOf(value)));
    }

    private static byte[] bodyOf(String value) {
        byte[] body = Base64Url.decode(value, PREFIX_LENGTH);
        if (body == null) {
            throw new IllegalArgumentException("token: malformed (expected: a prefix and base64url text)");
        }
        return body;
    }

    /**
     * Returns the kind of a session's token that the prefix of {@code text} claims, without verification: access or refresh. Empty
     * for a ticket, and if the prefix is not of this gateway.
     */
    public Optional<TokenKind> kindOf(String text) {
        return Stream.of(TokenKind.ACCESS, TokenKind.REFRESH)
                .filter(kind -> text.startsWith(kind.prefix()))
                .findFirst();
    }

    private static boolean isGenuine(TokenKind kind, SigningKey key, byte[] body) {
        int signed = body.length - MAC_LENGTH;
        byte[] expected = key.sign(prefixOf(kind), body, signed);
        // Compares in constant time: the duration must not reveal how many leading bytes of a forged HMAC are correct.
        int difference = 0;
        for (int i = 0; i < MAC_LENGTH; i++) {
            difference |= expected[i] ^ body[signed + i];
        }
        return difference == 0;
    }

    private static long readExpiry(byte[] body) {
        long expiry = 0;
        for (int i = SigningKey.ID_LENGTH; i < SigningKey.ID_LENGTH + EXPIRY_LENGTH; i++) {
            expiry = (expiry << 8) | (body[i] & 0xff);
        }
        return expiry;
    }

    private static Token token(TokenKind kind, String value, long expiry) {
        return new Token(kind, value, TokenDigest.of(value), Instant.ofEpochMilli(expiry));
    }

    private static byte[] prefixOf(TokenKind kind) {
        return switch (kind) {
            case ACCESS -> ACCESS_PREFIX;
            case REFRESH -> REFRESH_PREFIX;
            case TICKET -> TICKET_PREFIX;
        };
    }
}

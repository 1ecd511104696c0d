package io.portcullis.gateway.problem;

import io.netty.channel.ConnectTimeoutException;
import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.TypeMismatchException;
import org.springframework.core.MethodParameter;
import org.springframework.core.codec.DecodingException;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.util.ClassUtils;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebInputException;
import reactor.netty.channel.AbortedException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquirePendingLimitException;
import reactor.netty.internal.shaded.reactor.pool.PoolAcquireTimeoutException;
import tools.jackson.core.exc.StreamReadException;

/** Translates an exception into a {@link Problem}. An unknown exception becomes {@link ErrorCode#INTERNAL_ERROR}. */
final class ProblemTranslator {
    private static final Duration UPSTREAM_RETRY_AFTER = Duration.ofSeconds(1);
    private static final int MAX_CAUSES = 10;
    /** Jackson has no exception of its own for it. */
    private static final Pattern REPEATED_KEY = Pattern.compile("Duplicate Object property \"(.*)\"", Pattern.DOTALL);

    private static final Map<Integer, ErrorCode> BY_STATUS = Stream.of(
                    ErrorCode.BAD_REQUEST,
                    ErrorCode.UNAUTHENTICATED,
                    ErrorCode.FORBIDDEN,
                    ErrorCode.NOT_FOUND,
                    ErrorCode.METHOD_NOT_ALLOWED,
                    ErrorCode.NOT_ACCEPTABLE,
                    ErrorCode.REQUEST_TIMEOUT,
                    ErrorCode.CONFLICT,
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    ErrorCode.URI_TOO_LONG,
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    ErrorCode.TOO_MANY_REQUESTS,
                    ErrorCode.HEADERS_TOO_LARGE,
                    ErrorCode.INTERNAL_ERROR,
                    ErrorCode.NOT_IMPLEMENTED,
                    ErrorCode.BAD_GATEWAY,
                    ErrorCode.UNAVAILABLE,
                    ErrorCode.GATEWAY_TIMEOUT)
            .collect(Collectors.toUnmodifiableMap(ErrorCode::httpStatus, Function.identity()));

    private ProblemTranslator() {}

    /** @param proxied whether a route had been chosen, so that I/O errors are the service's */
    static Problem translate(Throwable failure, boolean proxied) {
        Problem known = findKnown(failure);
        if (known != null) {
            return known;
        }
        if (failure instanceof ResponseStatusException status) {
            return ofStatus(status);
        }
        return proxied ? ofUpstream(failure) : Problem.of(ErrorCode.INTERNAL_ERROR);
    }

    /**
     * Searches the causes too, because codecs wrap the exception of a body's constructor. {@code null} for an unknown exception.
     */
    private static @Nullable Problem findKnown(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
            if (cause instanceof PortcullisException known) {
                return Problem.of(known);
            }
            if (cause instanceof BearerRequestException known) {
                return Problem.of(known);
            }
            if (cause instanceof MissingRoleException known) {
                return Problem.of(known);
            }
            if (cause instanceof DataBufferLimitException) {
                return Problem.of(ErrorCode.PAYLOAD_TOO_LARGE);
            }
            cause = cause.getCause();
        }
        return null;
    }

    private static Problem ofStatus(ResponseStatusException failure) {
        ErrorCode code = BY_STATUS.getOrDefault(
                failure.getStatusCode().value(),
                failure.getStatusCode().is4xxClientError() ? ErrorCode.BAD_REQUEST : ErrorCode.INTERNAL_ERROR);
        return Problem.of(code, detail(failure));
    }

    private static String detail(ResponseStatusException failure) {
        if (failure instanceof ServerWebInputException input) {
            if (input.getCause() instanceof TypeMismatchException && input.getMethodParameter() != null) {
                return mismatch(input.getMethodParameter());
            }
            return input.getCause() instanceof DecodingException
                    ? undecoded(input.getCause())
                    : String.valueOf(input.getReason());
        }
        return "";
    }

    private static String undecoded(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
            Matcher repeated = cause instanceof StreamReadException json
                    ? REPEATED_KEY.matcher(String.valueOf(json.getOriginalMessage()))
                    : null;
            if (repeated != null && repeated.matches()) {
                return "field " + line(repeated.group(1)) + " (expected: once)";
            }
            cause = cause.getCause();
        }
        return "malformed JSON body (expected: an object with the documented fields)";
    }

    /** Returns the text of a client on one line, and at most as long as a name. */
    private static String line(String text) {
        return text.codePoints()
                .filter(c -> !Character.isISOControl(c) && Character.getType(c) != Character.SURROGATE)
                .limit(64)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static String mismatch(MethodParameter parameter) {
        Class<?> type = ClassUtils.resolvePrimitiveIfNecessary(parameter.getParameterType());
        String expected = Number.class.isAssignableFrom(type) ? "a whole number" : type.getSimpleName();
        return parameter.getParameterName() + " (expected: " + expected + ")";
    }

    /** Returns whether a connection was closed or reset by its other side. Searches the causes, because codecs wrap the exception. */
    static boolean isAbort(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
            if (cause instanceof AbortedException || AbortedException.isConnectionReset(cause)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private static Problem ofUpstream(Throwable failure) {
        if (failure instanceof PoolAcquireTimeoutException || failure instanceof PoolAcquirePendingLimitException) {
            return Problem.retryLater(ErrorCode.UNAVAILABLE, UPSTREAM_RETRY_AFTER);
        }
        if (failure instanceof TimeoutException
                || failure instanceof ConnectTimeoutException
                || failure instanceof io.netty.handler.timeout.TimeoutException) {
            return Problem.of(ErrorCode.GATEWAY_TIMEOUT);
        }
        boolean broken = failure instanceof IOException || failure instanceof AbortedException;
        return Problem.of(broken ? ErrorCode.BAD_GATEWAY : ErrorCode.INTERNAL_ERROR);
    }
}

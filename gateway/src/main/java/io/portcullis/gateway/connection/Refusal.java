package io.portcullis.gateway.connection;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;

/** The reasons to refuse a request before it is routed, with the error code and the detail of the response. */
enum Refusal {
    MALFORMED(ErrorCode.BAD_REQUEST, "request framing: malformed (expected: as in RFC 9112)"),
    VERSION(ErrorCode.BAD_REQUEST, "HTTP version (expected: HTTP/1.1)"),
    NO_HOST(ErrorCode.BAD_REQUEST, "Host header: missing (expected: exactly one)"),
    SEVERAL_HOSTS(ErrorCode.BAD_REQUEST, "Host header: more than one (expected: exactly one)"),
    BAD_HOST(ErrorCode.BAD_REQUEST, "Host header (expected: host name or address, optionally with a port)"),
    BAD_TARGET(ErrorCode.BAD_REQUEST, "request target (expected: a path, or an http or https URL)"),
    FRAGMENT(ErrorCode.BAD_REQUEST, "request target: has a fragment (expected: none)"),
    TRANSFER_CODING(ErrorCode.NOT_IMPLEMENTED, "transfer coding (expected: chunked)"),
    LONG_LINE(ErrorCode.URI_TOO_LONG, ""),
    LARGE_HEADERS(ErrorCode.HEADERS_TOO_LARGE, "");

    private final ErrorCode code;
    private final String detail;

    Refusal(ErrorCode code, String detail) {
        this.code = code;
        this.detail = detail;
    }

    PortcullisException failure() {
        return PortcullisException.of(code, detail);
    }
}

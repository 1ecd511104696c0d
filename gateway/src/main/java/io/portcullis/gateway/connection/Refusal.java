package io.portcullis.gateway.connection;

import io.portcullis.core.error.ErrorCode;
import io.portcullis.core.error.PortcullisException;

/** Why a request is refused before its target is looked at. */
enum Refusal {
    MALFORMED(ErrorCode.BAD_REQUEST, "the request is not framed as RFC 9112 says"),
    VERSION(ErrorCode.BAD_REQUEST, "the version of HTTP (expected: HTTP/1.1)"),
    NO_HOST(ErrorCode.BAD_REQUEST, "no Host header (expected: one)"),
    SEVERAL_HOSTS(ErrorCode.BAD_REQUEST, "more than one Host header (expected: one)"),
    BAD_HOST(ErrorCode.BAD_REQUEST, "the Host header (expected: a host name or an address, and a port if need be)"),
    BAD_TARGET(ErrorCode.BAD_REQUEST, "the request target (expected: a path, or an http or https URL)"),
    FRAGMENT(ErrorCode.BAD_REQUEST, "the request target has a fragment"),
    TRANSFER_CODING(ErrorCode.NOT_IMPLEMENTED, "the transfer coding (expected: chunked)"),
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

package io.portcullis.core.token;

/** Names the kinds of token. A token of one kind is refused where another kind is expected. */
public enum TokenKind {
    /** Presented on each request. */
    ACCESS("pca_"),
    /** Exchanged for the next pair. */
    REFRESH("pcr_"),
    /** Stands in for an access token in a URL, once (docs/design.md section 12). A ticket is no token of its session's pair. */
    TICKET("pct_");

    private final String prefix;

    TokenKind(String prefix) {
        this.prefix = prefix;
    }

    /** Returns the prefix of every token of this kind. Secret scanners find leaked tokens by it. */
    public String prefix() {
        return prefix;
    }
}

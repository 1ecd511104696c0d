package io.portcullis.core.token;

/** Names the two kinds of token. A token of one kind is refused where the other kind is expected. */
public enum TokenKind {
    ACCESS("pca_"),
    REFRESH("pcr_");

    private final String prefix;

    TokenKind(String prefix) {
        this.prefix = prefix;
    }

    /** Returns the prefix of every token of this kind. Secret scanners find leaked tokens by it. */
    public String prefix() {
        return prefix;
    }
}

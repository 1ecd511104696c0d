package io.portcullis.migrate;

/** What is imported. The order is the order of the import; an undo goes the other way. */
enum ImportPart {
    ACCOUNTS,
    CLIENTS,
    TOKENS
}

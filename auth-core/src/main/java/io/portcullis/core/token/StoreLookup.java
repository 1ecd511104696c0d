package io.portcullis.core.token;

/** What asking the access token store came to. That it failed is not that it has nothing. */
sealed interface StoreLookup {
    StoreLookup ABSENT = new Absent();
    StoreLookup FAILED = new Failed();

    record Found(AccessTokenEntry entry) implements StoreLookup {}

    record Absent() implements StoreLookup {}

    record Failed() implements StoreLookup {}
}

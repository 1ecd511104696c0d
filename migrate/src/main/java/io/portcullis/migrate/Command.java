package io.portcullis.migrate;

/** What the tool does. */
enum Command {
    /** Prints what an import would do, and writes nothing. */
    PLAN,
    /** Imports. A repetition imports what is new, and what an interrupted run left. */
    APPLY,
    /** Removes what was imported and has not been used since. */
    UNDO
}

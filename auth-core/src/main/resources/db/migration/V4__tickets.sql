-- The unused tickets. A use deletes its row; the rows of tickets that were never used are removed when they have expired.

CREATE TABLE auth_ticket (
    digest     CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    session_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    expires_at DATETIME(3) NOT NULL,
    PRIMARY KEY (digest),
    KEY auth_ticket_session (session_id, expires_at),
    KEY auth_ticket_expiry (expires_at)
);

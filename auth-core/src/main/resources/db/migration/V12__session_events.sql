-- The outbox of session events (docs/adr/0040). A row is written in the transaction that opens or ends the session, and deleted when the
-- receiver has accepted the event. ordinal is the order of the events of one session: that of the changes under the lock of its row.
-- state is PENDING, or DEAD if the gateway has given up. All times but occurred_at are the database's.

CREATE TABLE session_event (
    id              CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    session_id      CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    ordinal         INT NOT NULL,
    type            VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    reason          VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    user_id         VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    username        VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    user_type       VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    tenant_id       VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    device          VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    ip              VARCHAR(45) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    occurred_at     DATETIME(3) NOT NULL,
    created_at      DATETIME(3) NOT NULL,
    state           VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    attempts        INT NOT NULL DEFAULT 0,
    refusals        INT NOT NULL DEFAULT 0,
    next_attempt_at DATETIME(3) NOT NULL,
    last_failure    VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL,
    PRIMARY KEY (id),
    UNIQUE KEY session_event_ordinal (session_id, ordinal),
    KEY session_event_due (state, next_attempt_at),
    KEY session_event_state (state, created_at, id),
    KEY session_event_created (created_at, id)
);

INSERT INTO lease (name, holder, expires_at) VALUES ('session-events', '', '1970-01-01 00:00:00.000');

-- The lock of a user, for the limits on the sessions of one user. A login to which a limit applies updates the user's row first, so
-- that such logins of a user run one after the other, also where accounts come from another table. A row is removed when it is a day
-- old, and the next login inserts it again. uses changes with each lock, so that a cluster that certifies written rows sees it.

CREATE TABLE user_lock (
    user_id    VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    uses       BIGINT NOT NULL,
    created_at DATETIME(3) NOT NULL,
    PRIMARY KEY (user_id),
    KEY user_lock_created (created_at)
);

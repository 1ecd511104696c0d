-- The nodes of the gateway, for GET /system/diagnostics. A node writes its row every ten seconds. The times are those of the database's clock.
CREATE TABLE gateway_node (
    node       VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    version    VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    java       VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    started_at DATETIME(3) NOT NULL,
    seen_at    DATETIME(3) NOT NULL,
    PRIMARY KEY (node)
);

-- Samples for the charts of the administration (docs/adr/0032). node_sample has one row a minute for each node, with what the node counted in
-- that minute. session_sample has one row for each five minutes, with the number of live sessions; it is null while the node that inserted
-- the row counts, and stays null if that fails; attempts is the number of nodes that tried to insert the row. sampled_at is the beginning of the interval by the database's clock.

CREATE TABLE node_sample (
    sampled_at      DATETIME(3) NOT NULL,
    node            VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    covered_millis  BIGINT NOT NULL,
    checks          BIGINT NOT NULL,
    refused         BIGINT NOT NULL,
    degraded_millis BIGINT NOT NULL,
    streams         INT NOT NULL,
    PRIMARY KEY (sampled_at, node)
);

CREATE TABLE session_sample (
    sampled_at DATETIME(3) NOT NULL,
    sessions   BIGINT NULL,
    attempts   INT NOT NULL DEFAULT 1,
    PRIMARY KEY (sampled_at)
);

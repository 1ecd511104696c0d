-- The tenant of the session.

ALTER TABLE token_use ADD COLUMN tenant_id VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL;

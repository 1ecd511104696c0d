ALTER TABLE token_use
    ADD KEY token_use_tenant (tenant_id, last_seen_at),
    ALGORITHM = INPLACE, LOCK = NONE;

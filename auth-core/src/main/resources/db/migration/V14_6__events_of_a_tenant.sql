ALTER TABLE session_event
    ADD KEY session_event_tenant (tenant_id, created_at, id),
    ALGORITHM = INPLACE, LOCK = NONE;

ALTER TABLE auth_session
    ADD KEY auth_session_live_tenant (ended_at, tenant_id, created_at, id, expires_at, user_id, username, ip, last_ip, device),
    ALGORITHM = INPLACE, LOCK = NONE;

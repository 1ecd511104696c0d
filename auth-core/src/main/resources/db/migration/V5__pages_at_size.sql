-- Indexes for the pages of the administration (docs/adr/0027). Each ALTER builds its indexes online, in one pass over the table: logins
-- go on meanwhile. If the server could not do that, the statement would fail instead of blocking the table.
--
-- auth_session_live and auth_session_live_*: the live sessions in the order of their times, or by the begin of a text, without the
-- entries of sessions that have ended. created_at and expires_at are the other columns that a page compares, so that it looks up only the
-- rows that it shows; auth_session_live has those of all filters. auth_session_user: the sessions of a user. They replace six indexes of V1, of which
-- four had the ended sessions among the live ones.
ALTER TABLE auth_session
    DROP KEY auth_session_live,
    DROP KEY auth_session_username,
    DROP KEY auth_session_ip,
    DROP KEY auth_session_last_ip,
    DROP KEY auth_session_device,
    DROP KEY auth_session_user,
    ADD KEY auth_session_live (ended_at, created_at, id, expires_at, user_id, username, ip, last_ip, device),
    ADD KEY auth_session_user (user_id, ended_at, created_at, id, expires_at),
    ADD KEY auth_session_live_username (ended_at, username, created_at, expires_at),
    ADD KEY auth_session_live_ip (ended_at, ip, created_at, expires_at),
    ADD KEY auth_session_live_last_ip (ended_at, last_ip, created_at, expires_at),
    ADD KEY auth_session_live_device (ended_at, device, created_at, expires_at),
    ALGORITHM = INPLACE, LOCK = NONE;

-- login_log_created: the log in the order of time, with the columns that a page compares, so that a search for a common value reads no rows.
-- New entries go to its end, so its width costs a login little.
-- login_log_session: the story of one session.
-- login_log_type: the entries of one type and result in the order of their times.
ALTER TABLE login_log
    DROP KEY login_log_created,
    ADD KEY login_log_created (created_at, id, username, ip, type, result),
    ADD KEY login_log_session (session_id, created_at),
    ADD KEY login_log_type (type, result, created_at),
    ALGORITHM = INPLACE, LOCK = NONE;

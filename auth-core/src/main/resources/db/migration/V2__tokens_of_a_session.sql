-- A session has a handful of rows, however often it was refreshed: the newest access token and the one before it, the live refresh
-- token and the last one that was spent. They are found along (session_id, superseded_at) and (session_id, generation), so the rows
-- that V1 left for each refresh cost nothing; they are removed when they have expired. All tokens of V1 stay valid.
--
-- access_token.superseded_at is from here on when the token stops passing, the end of the grace window. V1 wrote the time of the
-- refresh, which is past, and such tokens do not pass.

-- Two statements: a start that was killed between them goes on with the second.
ALTER TABLE access_token ADD KEY access_token_of_session (session_id, superseded_at);
ALTER TABLE access_token DROP KEY access_token_session;

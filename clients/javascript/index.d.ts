/** A class with the interface of the browser's WebSocket or EventSource, such as those of the packages `ws` and `eventsource`. */
type Constructor = new (...args: any[]) => any;

export interface ClientOptions {
  /** The gateway, such as `https://api.example.com`. Default: the page's origin. No other origin gets a token. */
  baseUrl?: string;

  /**
   * `header` (the default): this client keeps the tokens and sends `Authorization: Bearer`; for `portcullis.http.cookies: off`.
   * `cookie`: the gateway keeps the tokens in cookies and refreshes by itself; for `on` and `only`.
   */
  mode?: 'header' | 'cookie';

  /**
   * Where the tokens are kept, such as `localStorage` (the tabs share the session) or `sessionStorage`. Default: in memory, so
   * that a reload of the page ends in a login. Every script of the page's origin can read a storage.
   */
  storage?: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

  /** The name of the storage's entry, of the lock and of the channel between tabs. Default: `portcullis`. */
  key?: string;

  /**
   * Called once when the session is over, with the code of the gateway (1002000021: kicked, and so on). Not called in the page
   * that calls {@link Client.logout}. 1002000022 is also the code if another tab has logged in as somebody else. The tokens
   * are deleted before; show the login page.
   */
  onEnd?: (code: number) => void;

  /** Replace the globals of the same names, for example in Node.js. */
  fetch?: (input: any, init?: any) => Promise<any>;
  WebSocket?: Constructor;
  EventSource?: Constructor;
  BroadcastChannel?: Constructor;

  /** Replaces `navigator.locks`; `false` does without, with a lease in `storage` or `localStorage`. */
  locks?: Pick<LockManager, 'request'> | false;
}

/** The data of the gateway's response to a login. In cookie mode it has no tokens. */
export interface LoginData {
  userId: string;
  sessionId: string;
  /** When the access token expires, by the gateway's clock, in epoch milliseconds. */
  expiresTime: number;
  accessToken?: string;
  refreshToken?: string;
}

/** What {@link Client.login} and {@link Client.logout} throw if the gateway refuses. `code` is the gateway's, if it has one. */
export interface RefusedError extends Error {
  status: number;
  code?: number;
}

/**
 * A connection that authenticates with a ticket and connects again, after pauses that grow to 30 s and vary, until the session is
 * over or `close` is called. Events, besides those that the server names:
 *
 * - `open`: connected, for the first time or again
 * - `message`: with `data` and `lastEventId`
 * - `down`: the connection is lost; `pause` is the time in milliseconds until the next attempt
 * - `close`: the last event. `code` is why the session is over, or 0 after `close()`, and if the service closed with 1008, whose
 *   `reason` it has
 */
export interface Connection extends EventTarget {
  close(): void;
}

export interface Socket extends Connection {
  /** Sends a message; throws if the socket is not connected at the moment. Nothing is queued. */
  send(data: string | ArrayBufferLike | Blob | ArrayBufferView): void;
}

/** A URL of the gateway, or a function that makes it at each attempt, to resume after the last event. */
export type StreamUrl = string | URL | ((lastEventId: string) => string | URL);

export interface Client {
  /** Logs in, and begins to use the new session. Throws a {@link RefusedError}. */
  login(credentials: { username: string; password: string; device?: string }): Promise<LoginData>;

  /** Uses a session that was opened elsewhere: the `data` of a login's response. */
  adopt(data: LoginData): void;

  /**
   * Ends the session in all tabs. A refresh that is under way stores nothing afterwards. Throws, and keeps the tokens, if the
   * gateway cannot be reached or answers 503: the session is alive, so try again.
   */
  logout(): Promise<void>;

  /** The session of this page, or null. Always null in cookie mode, where a page asks `/system/auth/me`. */
  readonly session: { userId: string; sessionId: string } | null;

  /**
   * `fetch` with the session's access token, for URLs of the gateway without an `Authorization` header of their own; all other
   * calls pass unchanged. A relative URL is the gateway's. Refreshes an expired session before the call, or repeats the call after
   * a refresh; all calls and all tabs share the refresh. A body that is a stream is sent once: if the gateway refuses its token
   * all the same, the response is the 401. The body of a `Request` is kept until the response. A refresh that fails does not end
   * the session: its response (503) is the response of the call, and its network error is the call's.
   */
  fetch: typeof globalThis.fetch;

  /** Adds interceptors that do the same for an instance of axios, and returns the instance. */
  axios<T>(instance: T): T;

  /** Opens a WebSocket. */
  socket(url: StreamUrl, protocols?: string | string[]): Socket;

  /** Opens a stream of server-sent events, of the given types (default: `message`). */
  events(url: StreamUrl, types?: string[]): Connection;

  /** Closes the connections and stops listening to other tabs. The session lives on. */
  close(): void;
}

/** Creates the client of a page; a page needs one. */
export function createClient(options?: ClientOptions): Client;

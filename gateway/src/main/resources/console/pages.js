// The pages. Each is made for one visit: view() renders it, refresh() reads its data again.

import { html, nothing } from "./lit/lit-html.js";
import { get, segment } from "./api.js";
import { number, t, time, word, zone } from "./i18n.js";
import { accounts } from "./accounts.js";
import { charts } from "./charts.js";
import { diagnostics } from "./diagnostics.js";
import { events } from "./events.js";
import { reference } from "./reference.js";
import { routes } from "./routes.js";
import { tokenKeys } from "./token-keys.js";
import { afterTyping, factsView, listOf, listView, name, readingOf, readingView, shortId, storyLink, table, tenantColumn, tenantFilter, title, total, userLink, when } from "./widgets.js";

const kickButton = (app, session, username) => html`
  <button class="danger" @click=${() => app.open({ kind: "kick", title: "kickTitle", session, username })}
    aria-label="${t("kick")} ${username}">${t("kick")}</button>`;

const kickAllButton = (app, userId, username) => html`
  <button class="danger" id="kick-all" @click=${() => app.open({ kind: "kick", title: "kickAllTitle", all: true, userId, username })}>${t("kickAll")}</button>`;

function sessionColumns(app, withUser) {
  const own = (row) => (row.id === app.state.user?.sessionId ? html` <span class="tag">${t("thisSession")}</span>` : nothing);
  const columns = [
    [t("user"), (row) => html`${userLink(row)}${own(row)}`],
    [t("roles"), (row) => row.roles.map((role) => html`<span class="tag"><bdi>${role}</bdi></span> `)],
    ...tenantColumn(app),
    [t("lastAddress"), (row) => html`<code>${row.lastIp ?? row.ip}</code>`],
    [t("device"), (row) => html`<bdi dir="auto" class="name">${row.device ?? row.userAgent ?? "–"}</bdi>`],
    [t("signedIn"), (row) => when(row.createTime)],
    [t("lastSeen"), (row) => when(row.lastSeenTime)],
    [t("actions"), (row) => html`<span class="actions">${storyLink(row, t("story"))} ${kickButton(app, row, row.username)}</span>`],
  ];
  return withUser ? columns : columns.slice(2 + tenantColumn(app).length).map((column, index) => (index === 0 ? [column[0], (row) => html`${column[1](row)}${own(row)}`] : column));
}

function online(app) {
  const list = listOf(app, "session/page");
  let field = "username";
  let value = "";
  const search = () => list.load({ [field]: value });
  const typed = afterTyping((text) => { value = text; search(); });
  search();
  return {
    refresh: (now) => (now ? list.load() : list.refresh()),
    view: () => html`
      <div class="head">${title(t("online"))}<p class="count"><b id="count">${total(list)}</b> ${value ? t("sessions") : t("sessionsOnline")} <span class="live">${t("live")}</span></p></div>
      <form class="filters" role="search" @submit=${(event) => event.preventDefault()}>
        <label>${t("search")}<input type="search" id="search" @input=${typed} autocomplete="off" spellcheck="false" maxlength="128" /></label>
        <label>${t("searchBy")}<select id="search-by" @change=${(event) => { field = event.target.value; search(); }}>
          ${["username", "userId", "ip", "device", ...tenantFilter(app)].map((each) => html`<option value=${each}>${t(`by_${each}`)}</option>`)}</select></label>
      </form>
      ${listView(app, list, t("online"), sessionColumns(app, true))}`,
  };
}

function user(app, userId) {
  const reading = readingOf(app, () => get(`user/${segment(userId)}/sessions`));
  const username = () => reading.data?.[0]?.username ?? userId;
  const rows = (sessions) => (sessions.length ? table(t("devices"), sessionColumns(app, false), sessions, (row) => row.id) : html`<p class="empty" role="status">${t("none")}</p>`);
  return {
    refresh: reading.refresh,
    view: () => html`
      <div class="head">${title(html`${t("devices")}: ${name(username())}`)}
        <p class="count"><b id="count">${reading.data ? number(reading.data.length) : "…"}</b> ${t("sessions")} ${reading.data?.length ? kickAllButton(app, userId, username()) : nothing}</p></div>
      <p><a href="#/log/${segment(userId)}">${t("log")}</a> · <a href="#/use/${segment(userId)}">${t("use")}</a></p>
      ${readingView(app, reading, rows)}`,
  };
}

function logColumns(app) {
  const mark = (row) => (row.result === "success" ? "tag good" : "tag bad");
  return [
    [t("time"), (row) => when(row.createTime)],
    [t("event"), (row) => html`<b>${word(row.type)}</b>${row.detail ? html`<br /><bdi dir="auto" class="detail">${row.detail}</bdi>` : nothing}`],
    [t("result"), (row) => html`<span class=${mark(row)}>${word(row.result)}</span>`],
    [t("user"), (row) => (row.userId ? userLink(row) : name(row.username))],
    ...tenantColumn(app),
    [t("address"), (row) => html`<code>${row.ip}</code>`],
    [t("actor"), (row) => (row.actor ? html`<a href="#/user/${segment(row.actor)}">${name(row.actor)}</a>` : "–")],
    [t("session"), (row) => (row.sessionId && row.userId ? storyLink({ id: row.sessionId, userId: row.userId }, shortId(row.sessionId)) : "–")],
  ];
}

const useColumns = () => [
  [t("token"), (row) => html`<code>${row.accessTokenId}</code>`],
  [t("user"), (row) => html`<a href="#/user/${segment(row.userId)}">${name(row.userId)}</a>`],
  [t("address"), (row) => html`<code>${row.ip}</code>`],
  [t("firstSeen"), (row) => when(row.firstSeenTime)],
  [t("lastUsed"), (row) => when(row.lastSeenTime)],
  [t("session"), (row) => storyLink({ id: row.sessionId, userId: row.userId }, shortId(row.sessionId))],
];
const useId = (row) => `${row.accessTokenId} ${row.ip} ${row.firstSeenTime}`;

/** A session's story: what it is, its log, its addresses and its streams. */
function session(app, sessionId, userId) {
  const log = listOf(app, "login-log/page");
  const use = listOf(app, "token-use/page");
  const reading = readingOf(app, async () => {
    const sessions = await get(`user/${segment(userId)}/sessions`);
    const online = sessions.find((row) => row.id === sessionId) ?? null;
    return { online, streams: online ? await get(`console/streams/${segment(sessionId)}`) : 0 };
  });
  log.load({ sessionId, userId, from: 0 });
  use.load({ sessionId });
  const facts = (row, streams) => [
    [t("user"), userLink(row)], [t("roles"), row.roles.join(", ") || "–"], [t("address"), html`<code>${row.ip}</code>`],
    [t("lastAddress"), html`<code>${row.lastIp}</code>`], [t("device"), name(row.device ?? "–")], [t("userAgent"), name(row.userAgent ?? "–")],
    ...(row.tenantId ? [[t("tenant"), name(row.tenantId)]] : []), [t("signedIn"), time(row.createTime)], [t("lastSeen"), time(row.lastSeenTime)], [t("expires"), time(row.expiresTime)],
    [t("streams"), `${number(streams)} ${t("onThisNode")}`],
  ];
  const summary = ({ online, streams }) => (online ? factsView(facts(online, streams)) : html`<p class="empty" role="status">${t("ended")}</p>`);
  return {
    refresh: (now) => {
      reading.refresh(now);
      const read = (list) => (now ? list.load() : list.refresh());
      read(log);
      read(use);
    },
    view: () => html`
      <div class="head">${title(html`${t("session")} <code>${sessionId}</code>`)}
        ${reading.data?.online ? kickButton(app, reading.data.online, reading.data.online.username) : nothing}</div>
      ${readingView(app, reading, summary)}
      <h2>${t("log")}</h2>${listView(app, log, t("log"), logColumns(app))}
      <h2>${t("addresses")}</h2>${listView(app, use, t("addresses"), useColumns(), useId)}`,
  };
}

const TYPES = [
  "login", "logout", "kicked", "replaced", "reuse", "expired", "account_created", "account_disabled", "account_enabled", "account_deleted", "client_created",
  "client_changed", "client_deleted", "token_key_rotated", "token_key_dropped",
  "roles_changed", "password_changed", "password_reset", "other",
];
const RESULTS = ["success", "bad_credentials", "account_disabled", "too_many_tries", "too_many_sessions", "other"];
const millis = (local) => (local ? new Date(local).getTime() : "");

/** Renders a form of filters; its fields are pairs of a name and a template. */
function filters(app, list, fields, read) {
  const apply = (event) => {
    event.preventDefault();
    list.load(read(new FormData(event.target)));
  };
  return html`<form class="filters" role="search" @submit=${apply}>${fields}<button class="primary">${t("apply")}</button></form>`;
}

const input = (key, label, value = "", type = "text") => html`<label>${label}<input name=${key} type=${type} value=${value} autocomplete="off" spellcheck="false" step=${type === "datetime-local" ? "1" : nothing} /></label>`;
const select = (key, label, values) => html`<label>${label}<select name=${key}><option value="">${t("any")}</option>${values.map((each) => html`<option value=${each}>${word(each)}</option>`)}</select></label>`;

function log(app, userId = "") {
  const list = listOf(app, "login-log/page");
  const allCharts = charts(app);
  list.load(userId ? { userId } : {});
  const read = (form) => ({
    username: form.get("username"), userId: form.get("userId"), tenantId: form.get("tenantId"), ip: form.get("ip"), type: form.get("type"), result: form.get("result"),
    from: millis(form.get("from")), to: millis(form.get("to")),
  });
  return {
    refresh: () => list.refresh(),
    leave: allCharts.leave,
    view: () => html`
      <div class="head">${title(t("log"))}<p class="count"><b id="count">${total(list)}</b> ${t("entries")}</p></div>
      <p class="hint">${t("logHint")} <a href="#/events">${t("events")}</a></p>
      ${filters(app, list, html`${input("username", t("by_username"))}${input("userId", t("by_userId"), userId)}${tenantFilter(app).map((each) => input(each, t("tenant")))}${input("ip", t("address"))}
        ${select("type", t("type"), TYPES)}${select("result", t("result"), RESULTS)}
        ${input("from", `${t("from")} (${zone()})`, "", "datetime-local")}${input("to", `${t("to")} (${zone()})`, "", "datetime-local")}`, read)}
      ${allCharts.view()}
      ${listView(app, list, t("log"), logColumns(app))}`,
  };
}

function use(app, userId = "") {
  const list = listOf(app, "token-use/page");
  list.load(userId ? { userId } : {});
  const read = (form) => ({
    ip: form.get("ip"), at: millis(form.get("at")), userId: form.get("userId"), sessionId: form.get("sessionId"), tenantId: form.get("tenantId"),
  });
  return {
    refresh: () => list.refresh(),
    view: () => html`
      <div class="head">${title(t("use"))}<p class="count"><b id="count">${total(list)}</b> ${t("entries")}</p></div>
      <p class="hint">${t("useHint")}</p>
      ${filters(app, list, html`${input("ip", t("address"))}${input("at", `${t("at")} (${zone()})`, "", "datetime-local")}
        ${input("userId", t("by_userId"), userId)}${input("sessionId", t("session"))}${tenantFilter(app).map((each) => input(each, t("tenant")))}`, read)}
      ${listView(app, list, t("use"), useColumns(), useId)}`,
  };
}

export const PAGES = { online, user, session, log, use, events, accounts, routes, tokenKeys, diagnostics, reference };

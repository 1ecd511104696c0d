// What the pages share: names, times, tables and lists with their states.

import { html, nothing } from "./lit/lit-html.js";
import { repeat } from "./lit/directives/repeat.js";
import { segment } from "./api.js";
import { number, t, time } from "./i18n.js";
import { List } from "./list.js";
import { Reads } from "./reads.js";

const TYPING_MILLIS = 200;

export const name = (text) => html`<bdi dir="auto" class="name">${text}</bdi>`;
export const title = (text) => html`<h1 tabindex="-1">${text}</h1>`;
export const userLink = (row) => html`<a href="#/user/${segment(row.userId)}">${name(row.username || row.userId)}</a>`;
/** A time that stays on two lines at most. */
export const when = (millis) => html`<time datetime=${new Date(millis).toISOString()}>${time(millis)}</time>`;
/** The end of a session's id: ids begin with the time, so those of a minute begin alike. */
export const shortId = (id) => html`<code title=${id}>${id.slice(-8)}</code>`;
export const storyLink = (row, text) => html`<a href="#/session/${segment(row.id)}/${segment(row.userId)}">${text}</a>`;

/** Renders a table that a phone shows as cards. @param columns pairs of a title and a function from a row to the cell's content */
export function table(caption, columns, rows, id) {
  return html`
    <div class="table"><table>
      <caption class="hidden">${caption}</caption>
      <thead><tr>${columns.map(([text]) => html`<th scope="col">${text}</th>`)}</tr></thead>
      <tbody>${repeat(rows, id, (row) => html`<tr>${columns.map(([text, cell]) => html`<td data-label=${text}><div>${cell(row)}</div></td>`)}</tr>`)}</tbody>
    </table></div>`;
}

/** Renders pairs of a name and a value. */
export const factsView = (pairs) => html`<dl class="facts">${pairs.map(([key, value]) => html`<div><dt>${key}</dt><dd>${value}</dd></div>`)}</dl>`;

/** Renders texts one below the other. */
export const lines = (texts) => (texts.length === 0 ? "–" : texts.map((each) => html`<code class="line">${each}</code>`));

/** The columns and filters of tenants: for administrators of all tenants, once a row with a tenant has been read. */
const showsTenants = (app) => app.state.hasTenants && !app.state.user?.restricted;
export const tenantColumn = (app) => (showsTenants(app) ? [[t("tenant"), (row) => (row.tenantId ? name(row.tenantId) : "–")]] : []);
export const tenantFilter = (app) => (showsTenants(app) ? ["tenantId"] : []);

export function problem(app, error, retry) {
  if (error.missing) return html`<p class="empty" role="status">${t("notAvailable")}</p>`;
  return html`<p class="message" role="alert">${error.message || t("failed")} <button @click=${retry}>${t("retry")}</button></p>`;
}

/** Renders a list with its states: loading, failed, empty, and a button for the next page. */
export function listView(app, list, caption, columns, id = (row) => row.id) {
  const error = list.error ? problem(app, list.error, () => list.load()) : nothing;
  if (!list.rows) return list.error ? error : html`<p class="empty" role="status">${t("loading")}</p>`;
  // The gateway limits what it reads for a page, so an empty page may have a next one.
  const more = list.hasMore ? html`<p class="more"><button id="more" @click=${() => list.loadMore()}>${t("more")}</button></p>` : nothing;
  if (list.rows.length === 0) return html`${error}<p class="empty" role="status">${t(list.hasMore ? "noneYet" : "none")}</p>${more}`;
  return html`${error}${table(caption, columns, list.rows, id)}${more}`;
}

/**
 * Reads something of the API for a page, again at each `load`. What was read stays while a later read fails. `refresh` reads it again too,
 * but during another read only if something has changed (`now`).
 */
export function readingOf(app, read) {
  const reading = { data: null, error: null };
  const reads = new Reads();
  reading.load = async () => {
    const result = await reads.run(() => read().catch((error) => { throw app.fail(error); }));
    if (!result) return;
    Object.assign(reading, result);
    app.update();
  };
  reading.refresh = (now) => {
    if (now || !reads.running) reading.load();
  };
  reading.load();
  return reading;
}

/** Renders what was read by `view`, or the states of the reading: loading, failed. */
export function readingView(app, reading, view) {
  const error = reading.error ? problem(app, reading.error, reading.load) : nothing;
  if (reading.data) return html`${error}${view(reading.data)}`;
  return reading.error ? error : html`<p class="empty" role="status">${t("loading")}</p>`;
}

export const total = (list) => (list.rows ? `${number(list.total)}${list.bounded ? "+" : ""}` : "…");

/** Makes a list whose failures may end the session. */
export function listOf(app, path) {
  const list = new List(path, () => {
    if (list.error) app.fail(list.error);
    if (list.rows?.some((row) => row.tenantId)) app.state.hasTenants = true;
    app.update();
  });
  return list;
}

/** Calls the function when a person has stopped typing. */
export function afterTyping(act) {
  let timer;
  return (event) => {
    const value = event.target.value.trim();
    clearTimeout(timer);
    timer = setTimeout(() => act(value), TYPING_MILLIS);
  };
}

// The routes in force on the node that answers, where each came from, and why changed files are refused.

import { html, nothing } from "./lit/lit-html.js";
import { get } from "./api.js";
import { number, t, time } from "./i18n.js";
import { afterTyping, factsView, lines, name, readingOf, readingView, table, title } from "./widgets.js";

const textOf = (route) => [route.id, route.uri, route.origin, ...route.predicates].join(" ").toLowerCase();
const ruleText = ([key, value]) => `${key}: ${typeof value === "object" ? JSON.stringify(value) : value}`;

const columns = () => [
  [t("route"), (row) => html`${name(row.id)}${row.enabled ? nothing : html` <span class="tag bad">${t("disabled")}</span>`}`],
  [t("predicates"), (row) => lines(row.predicates)],
  [t("service"), (row) => html`<code>${row.uri}</code>`],
  [t("filters"), (row) => lines(row.filters)],
  [t("rules"), (row) => lines(Object.entries(row.metadata).map(ruleText))],
  [t("origin"), (row) => html`<code>${row.origin || "–"}</code>`],
  [t("path"), (row) => html`<span class=${row.fastPath ? "tag whole good" : "tag whole"}>${t(row.fastPath ? "fastPath" : "filterChain")}</span>`],
];

/** Tells what the files say that is not in force: a mistake, and properties that are read at the start alone. */
function notInForce(routes) {
  const refused = routes.refused === null ? nothing : html`
    <p class="banner" role="alert" id="routes-refused"><b>${t("routesRefused")}</b> ${time(routes.refusedSince)}<br /><bdi dir="auto">${routes.refused}</bdi></p>`;
  const waiting = routes.needRestart.length === 0 ? nothing : html`
    <div class="banner" role="status" id="routes-restart">${t("needRestart")}<ul>${routes.needRestart.map((each) => html`<li><code>${each}</code></li>`)}</ul></div>`;
  return html`${refused}${waiting}`;
}

export function routes(app) {
  const reading = readingOf(app, () => get("route/list"));
  let wanted = "";
  const typed = afterTyping((text) => { wanted = text.toLowerCase(); app.update(); });
  const found = () => reading.data?.list.filter((each) => textOf(each).includes(wanted)) ?? [];
  const content = (data) => html`
    ${notInForce(data)}
    ${factsView([[t("version"), html`<code>${data.version}</code>`], [t("inForceSince"), time(data.since)]])}
    <h2>${t("routes")}</h2>
    ${found().length === 0 ? html`<p class="empty" role="status">${t("none")}</p>` : table(t("routes"), columns(), found(), (row) => row.id)}`;
  return {
    refresh: reading.refresh,
    view: () => html`
      <div class="head">${title(t("routes"))}<p class="count" role="status"><b id="count">${reading.data ? number(found().length) : "…"}</b> ${t("entries")}</p></div>
      <p class="hint">${t("routesHint")}</p>
      <form class="filters" role="search" @submit=${(event) => event.preventDefault()}>
        <label>${t("search")}<input type="search" id="search" @input=${typed} autocomplete="off" spellcheck="false" maxlength="128" /></label>
      </form>
      ${readingView(app, reading, content)}`,
  };
}

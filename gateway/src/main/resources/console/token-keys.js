// The keys that sign tokens: which node signs with which, and the calls that make a new key and drop one.

import { html, nothing } from "./lit/lit-html.js";
import { get } from "./api.js";
import { number, t, word } from "./i18n.js";
import { lines, name, readingOf, readingView, table, title, when } from "./widgets.js";

const MARKS = { signing: "tag good", dropped: "tag bad", missing: "tag bad" };
/** A key that signs must be replaced first; a dropped one is dropped for ever. */
const KEPT = ["signing", "dropped"];

const rotate = (app) => app.open({ kind: "tokenKey", title: "rotateTitle", action: "rotate" });
const drop = (app, key) => app.open({ kind: "tokenKey", title: "dropTitle", action: "drop", key });
const dropButton = (app, key) => html`<button class="danger" aria-label="${t("drop")} ${key.id}" @click=${() => drop(app, key)}>${t("drop")}</button>`;

const keyColumns = (app) => [
  [t("tokenKey"), (row) => html`<code>${row.id}</code>`],
  [t("status"), (row) => html`<span class=${MARKS[row.state] ?? "tag"}>${word(row.state)}</span>`],
  [t("since"), (row) => (row.since === undefined ? "–" : when(row.since))],
  [t("liveSessions"), (row) => number(row.sessions)],
  [t("secretInMySql"), (row) => t(row.stored ? "yes" : "no")],
  [t("actions"), (row) => (KEPT.includes(row.state) ? nothing : dropButton(app, row))],
];

const nodeColumns = () => [
  [t("node"), (row) => html`${name(row.name)} <span class=${row.live ? "tag good" : "tag bad"}>${t(row.live ? "nodeLive" : "nodeSilent")}</span>`],
  [t("signs"), (row) => html`<code>${row.signs ?? "–"}</code>`],
  [t("verifies"), (row) => lines(row.verifies)],
  [t("looksUp"), (row) => lines(row.looksUp)],
  [t("refuses"), (row) => lines(row.refuses)],
];

/** Tells of sessions whose users will be refused, because no node has their key. */
function missing(keys) {
  const sessions = keys.filter((key) => key.state === "missing").reduce((sum, key) => sum + key.sessions, 0);
  return sessions === 0 ? nothing : html`<p class="banner" role="alert" id="keys-missing"><b>${number(sessions)}</b> ${t("sessionsOfMissingKeys")}</p>`;
}

export function tokenKeys(app) {
  const reading = readingOf(app, () => get("token-key"));
  const content = (data) => html`
    ${missing(data.keys)}
    ${table(t("tokenKeys"), keyColumns(app), data.keys, (row) => row.id)}
    ${data.sessionsWithoutKey === 0 ? nothing : html`<p class="hint">${number(data.sessionsWithoutKey)} ${t("sessionsWithoutKey")}</p>`}
    <h2>${t("nodes")}</h2>
    ${table(t("nodes"), nodeColumns(), data.nodes, (row) => row.name)}`;
  return {
    refresh: reading.refresh,
    view: () => html`
      <div class="head">${title(t("tokenKeys"))}<p class="count"><b id="count">${reading.data ? number(reading.data.keys.length) : "…"}</b>
        <button class="primary" id="rotate" @click=${() => rotate(app)}>${t("rotate")}</button></p></div>
      <p class="hint">${t("tokenKeysHint")}</p>
      ${readingView(app, reading, content)}`,
  };
}

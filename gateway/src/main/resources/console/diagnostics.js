// The diagnostics of the node that answers: versions, stores, pools, the other nodes, and the configuration in force.

import { html } from "./lit/lit-html.js";
import { get } from "./api.js";
import { number, t, time } from "./i18n.js";
import { afterTyping, factsView, name, readingOf, readingView, table, title, when } from "./widgets.js";

const mark = (good, text) => html`<span class=${good ? "tag good" : "tag bad"}>${text}</span>`;
const seconds = (millis) => `${number(Math.round(millis / 100) / 10)} s`;
const possible = (failure) => (failure === null ? mark(true, t("possible")) : html`${mark(false, t("impossible"))} <bdi dir="auto">${failure}</bdi>`);

const facts = (data) => [
  [t("node"), name(data.node)], [t("version"), html`<code>${data.versions.portcullis}</code>`],
  ["Java, Spring Boot", html`<code>${data.versions.java}</code>, <code>${data.versions.springBoot}</code>`],
  [t("started"), time(data.time - data.uptimeMillis)],
  [t("degradedMode"), data.degraded.active ? html`${mark(false, t("yes"))} <bdi dir="auto">${data.degraded.reason}</bdi>` : mark(true, t("no"))],
  [t("degradedSoFar"), `${seconds(data.degraded.totalMillis)} / ${number(data.degraded.entered)}`],
  [t("logins"), possible(data.writes.loginFailure)], [t("logouts"), possible(data.writes.logoutFailure)],
  [t("unconfirmedEnds"), number(data.writes.unconfirmedEnds)], [t("transactions"), number(data.writes.transactions)],
  [t("ledger"), data.ledger === null ? t("unknown") : `${number(data.ledger.unapplied)} / ${seconds(data.ledger.oldestAgeMillis)}`],
  [t("connectionsMissing"), number(data.redisConnectionsMissing)],
];

const storeColumns = () => [
  [t("store"), (row) => html`<b>${row.name}</b> <small>${row.kind}</small>`],
  [t("status"), (row) => (row.reachable ? mark(true, t("reachable")) : mark(false, row.failure))],
  [t("version"), (row) => html`<code>${row.version ?? "–"}</code>`],
  [t("latency"), (row) => (row.latencyMillis === null ? "–" : `${number(row.latencyMillis)} ${t("ms")}`)],
];

const poolColumns = () => [
  [t("pool"), (row) => html`<code>${row.name}</code>`],
  [t("inUse"), (row) => `${number(row.inUse)} / ${number(row.size)}`],
  [t("openConnections"), (row) => number(row.open)],
  [t("waiting"), (row) => number(row.waiting)],
];

const nodeColumns = () => [
  [t("node"), (row) => html`${name(row.name)} ${mark(row.alive, t(row.alive ? "nodeLive" : "nodeSilent"))}`],
  [t("version"), (row) => html`<code>${row.version}</code>`],
  ["Java", (row) => html`<code>${row.java}</code>`],
  [t("started"), (row) => when(row.startedAt)],
  [t("lastReport"), (row) => `${seconds(row.silentMillis)} ${t("ago")}`],
];

const valueText = (value) => (value === null ? "–" : typeof value === "string" ? value : JSON.stringify(value));
const valueColumns = () => [
  [t("property"), ([key]) => html`<code>${key}</code>`],
  [t("value"), ([, value]) => html`<code>${valueText(value)}</code>`],
];

export function diagnostics(app) {
  const reading = readingOf(app, () => get("diagnostics"));
  let wanted = "";
  const typed = afterTyping((text) => { wanted = text.toLowerCase(); app.update(); });
  const values = () => Object.entries(reading.data.configuration).filter(([key]) => key.toLowerCase().includes(wanted));
  const nodes = (list) => (list === null ? html`<p class="empty" role="status">${t("nodesUnknown")}</p>` : table(t("nodes"), nodeColumns(), list, (row) => row.name));
  const content = (data) => html`
    ${factsView(facts(data))}
    <h2>${t("stores")}</h2>${table(t("stores"), storeColumns(), data.stores, (row) => row.name)}
    <h2>${t("pools")}</h2>${table(t("pools"), poolColumns(), data.pools, (row) => row.name)}
    <h2>${t("nodes")}</h2>${nodes(data.nodes)}
    <h2>${t("configuration")}</h2>
    <form class="filters" role="search" @submit=${(event) => event.preventDefault()}>
      <label>${t("search")}<input type="search" id="search" @input=${typed} autocomplete="off" spellcheck="false" maxlength="128" /></label>
    </form>
    <div id="configuration">${table(t("configuration"), valueColumns(), values(), ([key]) => key)}</div>`;
  return {
    refresh: reading.refresh,
    view: () => html`
      <div class="head">${title(t("diagnostics"))}</div>
      <p class="hint">${t("diagnosticsHint")}</p>
      ${readingView(app, reading, content)}`,
  };
}

// The session events that their receiver has not accepted.

import { html, nothing } from "./lit/lit-html.js";
import { call, segment } from "./api.js";
import { t, word } from "./i18n.js";
import { listOf, listView, shortId, storyLink, title, total, userLink, when } from "./widgets.js";

const STATES = ["pending", "dead"];

const redeliver = (app, row) => app.open({
  kind: "confirm", title: "redeliverTitle", action: "redeliver", account: row, work: () => call("POST", `event/${segment(row.id)}/redeliver`),
});

const columns = (app) => [
  [t("time"), (row) => when(row.at)],
  [t("event"), (row) => html`<b>${word(row.type)}</b><br />${word(row.reason)}`],
  [t("user"), (row) => userLink(row)],
  [t("session"), (row) => storyLink({ id: row.sessionId, userId: row.userId }, shortId(row.sessionId))],
  [t("status"), (row) => html`<span class=${row.state === "dead" ? "tag bad" : "tag"}>${word(row.state)}</span>`],
  [t("attempts"), (row) => html`${row.attempts}${row.lastFailure ? html`<br /><bdi class="detail">${row.lastFailure}</bdi>` : nothing}`],
  [t("nextAttempt"), (row) => (row.nextAttemptTime === null ? "–" : when(row.nextAttemptTime))],
  [t("actions"), (row) => (row.state === "dead" ? html`<button @click=${() => redeliver(app, row)}>${t("redeliver")}</button>` : nothing)],
];

export function events(app) {
  const list = listOf(app, "event/page");
  list.load();
  return {
    refresh: (now) => (now ? list.load() : list.refresh()),
    view: () => html`
      <div class="head">${title(t("events"))}<p class="count"><b id="count">${total(list)}</b> ${t("entries")}</p></div>
      <p class="hint">${t("eventsHint")}</p>
      <form class="filters" role="search" @submit=${(event) => event.preventDefault()}>
        <label>${t("status")}<select id="event-state" @change=${(event) => list.load({ state: event.target.value })}>
          <option value="">${t("any")}</option>${STATES.map((each) => html`<option value=${each}>${word(each)}</option>`)}</select></label>
      </form>
      ${listView(app, list, t("events"), columns(app))}`,
  };
}

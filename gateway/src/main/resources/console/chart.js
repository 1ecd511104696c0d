// A chart of the logins of the last day: an hour is a bar of successes and one of failures. The counts are the totals of pages of the log.

import { html, nothing, svg } from "./lit/lit-html.js";
import { get } from "./api.js";
import { number, t, time } from "./i18n.js";

const HOUR = 3600000;
const HOURS = 24;
const FAILURES = ["bad_credentials", "account_disabled", "too_many_tries", "too_many_sessions", "other"];
const WIDTH = 720;
const HEIGHT = 120;
const SLOT = WIDTH / HOURS;

/** Makes a chart that reads its counts when it is opened, one call at a time. */
export function loginChart(app) {
  let hours = [];
  let run = 0;

  const count = async (from, result) => {
    const { total, more } = await get("login-log/page", { type: "login", from, to: from + HOUR, pageSize: 1, result });
    return { total, more };
  };

  /** Counts an hour. The failures are the rest of all, unless the gateway stopped to count: then each kind of failure is counted. */
  const read = async (from) => {
    const all = await count(from);
    if (all.total === 0) return { from, good: 0, bad: 0, cut: false };
    const good = await count(from, "success");
    if (!all.more) return { from, good: good.total, bad: Math.max(all.total - good.total, 0), cut: false };
    const hour = { from, good: good.total, bad: 0, cut: good.more };
    for (const result of FAILURES) {
      const failures = await count(from, result);
      hour.bad += failures.total;
      hour.cut ||= failures.more;
    }
    return hour;
  };

  const load = async () => {
    const mine = ++run;
    hours = [];
    const first = Math.floor(Date.now() / HOUR) * HOUR - (HOURS - 1) * HOUR;
    try {
      for (let i = 0; i < HOURS; i++) {
        const hour = await read(first + i * HOUR);
        if (mine !== run) return;
        hours.push(hour);
        app.update();
      }
    } catch (error) {
      app.fail(error);
    }
  };

  const bar = (index, hour, most) => {
    const height = (value) => (value === 0 ? 0 : Math.max(2, (value / most) * (HEIGHT - 4)));
    const x = index * SLOT + 2;
    const part = (value, at, kind) => svg`<rect class=${kind} x=${at} y=${HEIGHT - height(value)} width=${SLOT / 2 - 3} height=${height(value)} rx="2"></rect>`;
    return svg`<g><title>${time(hour.from)}: ${number(hour.good)} ${t("successes")}, ${number(hour.bad)} ${t("failures")}</title>
      <rect class="space" x=${index * SLOT} y="0" width=${SLOT} height=${HEIGHT}></rect>
      ${part(hour.good, x, "bar-good")}${part(hour.bad, x + SLOT / 2 - 1, "bar-bad")}</g>`;
  };

  const drawing = () => {
    const sum = (key) => hours.reduce((total, hour) => total + hour[key], 0);
    const most = Math.max(1, ...hours.map((hour) => Math.max(hour.good, hour.bad)));
    const summary = `${t("last24")}: ${number(sum("good"))} ${t("successes")}, ${number(sum("bad"))} ${t("failures")}`;
    return html`<p id="logins">${summary} ${hours.length < HOURS ? t("counting") : nothing}</p>
      ${hours.some((hour) => hour.cut) ? html`<p class="hint">${t("cut")}</p>` : nothing}
      <svg class="chart" role="img" aria-label=${summary} viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none">${hours.map((hour, index) => bar(index, hour, most))}</svg>
      ${hours.length ? html`<p class="axis"><span>${time(hours[0].from)}</span><span>${time(Date.now())}</span></p>` : nothing}`;
  };

  return {
    view: () => html`<details class="card-flat" @toggle=${(event) => (event.target.open ? load() : run++)}><summary>${t("last24")}</summary>${drawing()}</details>`,
    leave: () => { run++; },
  };
}

// The charts: logins and failures of the last day, live sessions over time, and what each node did.

import { html, nothing } from "./lit/lit-html.js";
import { get } from "./api.js";
import { number, t, time } from "./i18n.js";
import { amount, axis, bars, chart, empty, sum } from "./chart.js";

const HOUR = 3600000;
const HOURS = 24;
const FAILURES = ["bad_credentials", "account_disabled", "too_many_tries", "too_many_sessions", "other"];

async function countLogins(from, result) {
  const { total, more } = await get("login-log/page", { type: "login", from, to: from + HOUR, pageSize: 1, result });
  return { total, more };
}

/** Counts an hour. The failures are the rest of all, unless the gateway stopped to count: then each kind of failure is counted. */
async function readHour(from) {
  const all = await countLogins(from);
  if (all.total === 0) return { time: from, good: 0, bad: 0, cut: false };
  const good = await countLogins(from, "success");
  if (!all.more) return { time: from, good: good.total, bad: Math.max(all.total - good.total, 0), cut: false };
  const hour = { time: from, good: good.total, bad: 0, cut: good.more };
  for (const result of FAILURES) {
    const failures = await countLogins(from, result);
    hour.bad += failures.total;
    hour.cut ||= failures.more;
  }
  return hour;
}

/** The counts are the totals of pages of the log, one call at a time. */
function loginChart(app) {
  let hours = [];
  let from = 0;
  const read = async (open) => {
    hours = [];
    from = Math.floor(Date.now() / HOUR) * HOUR - (HOURS - 1) * HOUR;
    for (let i = 0; i < HOURS; i++) {
      const hour = await readHour(from + i * HOUR);
      if (!open()) return;
      hours.push(hour);
      app.update();
    }
  };
  const outcome = (good, bad) => `${amount(good, "successes")}, ${amount(bad, "failures")}`;
  const drawing = () => {
    const range = { from, to: from + HOURS * HOUR, step: HOUR };
    const most = Math.max(1, ...hours.map((hour) => Math.max(hour.good, hour.bad)));
    const summary = `${t("last24")}: ${outcome(sum(hours, "good"), sum(hours, "bad"))}`;
    const parts = [["bar-good", (hour) => hour.good], ["bar-bad", (hour) => hour.bad]];
    return html`<p id="logins">${summary} ${hours.length < HOURS ? t("counting") : nothing}</p>
      ${hours.some((hour) => hour.cut) ? html`<p class="hint">${t("cut")}</p>` : nothing}
      ${bars(range, hours, parts, most, summary, (hour) => `${time(hour.time)}: ${outcome(hour.good, hour.bad)}`)}
      ${hours.length ? axis(range) : nothing}`;
  };
  return chart(app, "chart-logins", "last24", read, drawing);
}

/** Makes a chart of the samples that the gateway keeps. */
function sampleChart(app, id, title, path, drawing) {
  let data = null;
  const read = async (open) => {
    const found = await get(path);
    if (open()) data = { ...found, step: found.stepMillis };
  };
  return chart(app, id, title, read, () => (data ? drawing(data) : nothing));
}

function sessionDrawing(data) {
  if (data.samples.length === 0) return empty();
  const numbers = data.samples.map((sample) => sample.sessions);
  const most = Math.max(...numbers);
  const summary = `${t("latest")}: ${number(numbers.at(-1))}, ${t("least")}: ${number(Math.min(...numbers))}, ${t("most")}: ${number(most)}`;
  const titleOf = (sample) => `${time(sample.time)}: ${amount(sample.sessions, "sessionsOnline")}`;
  return html`<p id="sessions">${summary}</p>
    ${bars(data, data.samples, [["bar-plain", (sample) => sample.sessions]], Math.max(1, most), `${t("sessions24")}: ${summary}`, titleOf)}${axis(data)}`;
}

const seconds = (millis) => Math.round(millis / 100) / 10;

/** Checks in a second of the time in which the node counted. */
const rate = (sample) => (sample.coveredMillis > 0 ? (sample.checks * 1000) / sample.coveredMillis : 0);

function nodeDrawing(data, { node, samples }) {
  const most = Math.max(...samples.map(rate), 0.001);
  const checks = `${amount(sum(samples, "checks"), "requests")}, ${amount(sum(samples, "refused"), "refusals")}, ${t("atMost")} ${amount(Math.round(most * 10) / 10, "perSecond")}`;
  const degraded = amount(seconds(sum(samples, "degradedMillis")), "degradedSeconds");
  const streams = amount(samples.at(-1)?.streams ?? 0, "streamsNow");
  const titleOf = (sample) => `${time(sample.time)}: ${amount(sample.checks, "requests")}, ${amount(sample.refused, "refusals")}, ${amount(seconds(sample.degradedMillis), "degradedSeconds")}, ${amount(sample.streams, "streamsNow")}`;
  return html`<section class="node"><p><b><bdi class="name">${node}</bdi></b>: ${checks}, ${degraded}, ${streams}</p>
    ${bars(data, samples, [["bar-plain", rate]], most, `${node}: ${checks}`, titleOf)}
    <div class="strip">${bars(data, samples, [["bar-bad", (sample) => sample.degradedMillis]], data.step, `${node}: ${degraded}`, titleOf)}</div></section>`;
}

function nodesDrawing(data) {
  if (data.nodes.length === 0) return empty();
  return html`<div id="nodes">${data.nodes.map((node) => nodeDrawing(data, node))}</div>${axis(data)}
    ${data.more ? html`<p class="hint">${t("moreNodes")}</p>` : nothing}`;
}

/** Makes the charts; an administrator of one tenant has those of the tenant alone. Each reads its data when it is opened. */
export function charts(app) {
  const ofAllTenants = () => [
    sampleChart(app, "chart-sessions", "sessions24", "session/samples", sessionDrawing),
    sampleChart(app, "chart-nodes", "nodes24", "node/samples", nodesDrawing),
  ];
  const all = [loginChart(app), ...(app.state.user?.restricted ? [] : ofAllTenants())];
  return {
    view: () => all.map((each) => each.view()),
    leave: () => all.forEach((each) => each.leave()),
  };
}

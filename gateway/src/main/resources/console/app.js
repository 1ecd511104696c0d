// The console's frame: sign-in, navigation, health, theme, language, keyboard. The pages are in pages.js.

import { html, nothing, render } from "./lit/lit-html.js";
import { ApiError, call, get } from "./api.js";
import { currentLanguage, t, useLanguage, zoneText } from "./i18n.js";
import { PAGES } from "./pages.js";
import { Reads } from "./reads.js";
import { showDialogs } from "./dialogs.js";

/** The code of a login that must name a tenant. */
const TENANT_REQUIRED = 1002000008;
const REFRESH_MILLIS = 5000;
const NAVIGATION = ["online", "log", "use", "accounts", "routes", "tokenKeys", "diagnostics", "reference"];
/** These pages show the installation, which administrators of one tenant may not see. */
const OF_ALL_TENANTS = ["routes", "tokenKeys", "diagnostics"];

const state = {
  user: null, overview: null, failure: "", message: "", page: null, route: null, dialog: null, busy: false, checked: false,
  /** Whether the sign-in form asks for the tenant, because usernames repeat across tenants. */
  asksTenant: false,
  /** Whether a row with a tenant has been read. */
  hasTenants: false,
};

const reads = new Reads();

const app = {
  state,
  update,
  /**
   * Notes that the session is over, and shows the sign-in page with the reason. The refusal that tells the reason removes the cookies, so
   * a call that is refused after it tells none, and the reason stays.
   */
  fail(error) {
    if (error.signedOut && (state.user || error.ended)) signedOut(error.ended ? error.message : t("signedOut"));
    return error;
  },
  open(dialog) {
    state.dialog = dialog;
    update();
  },
  closeDialog() {
    state.dialog = null;
    update();
    document.querySelector("main h1")?.focus();
  },
};

function signedOut(message) {
  reads.drop();
  state.page?.leave?.();
  Object.assign(state, { user: null, overview: null, page: null, dialog: null, message });
  update();
  document.querySelector("input[name=username]")?.focus();
}

function theme(chosen) {
  if (chosen !== undefined) localStorage.setItem("portcullis.console.theme", chosen);
  const value = localStorage.getItem("portcullis.console.theme") ?? "auto";
  document.documentElement.dataset.theme = value;
  return value;
}

function decoded(segment) {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function route() {
  const [name, ...parameters] = location.hash.replace(/^#\/?/, "").split("/").map(decoded);
  const page = Object.hasOwn(PAGES, name) ? name : "online";
  return { name: page, parameters };
}

function go() {
  if (!state.user) return;
  state.page?.leave?.();
  state.route = route();
  state.page = PAGES[state.route.name](app, ...state.route.parameters);
  state.dialog = null;
  update();
  document.querySelector("main h1")?.focus();
}

/** Reads who is signed in, and the health. A response that comes after a later call or a sign-out is dropped. */
async function readOverview() {
  const result = await reads.run(() => get("console/overview"));
  if (!result) return;
  if (result.error) {
    failed(result.error);
  } else {
    state.overview = result.data;
    state.failure = "";
    const first = !state.user;
    state.user = state.overview;
    state.checked = true;
    if (first) {
      state.message = "";
      go();
    }
  }
  update();
}

/** Notes that the overview could not be read. */
function failed(error) {
  if (!(error instanceof ApiError)) throw error;
  const asked = state.user !== null;
  state.checked = true;
  if (error.signedOut) signedOut(error.ended ? error.message : asked ? t("signedOut") : state.message);
  else if (error.forbidden) signedOut(t("notAdmin"));
  else state.failure = error.message || t("unreachable");
}

async function signIn(event) {
  event.preventDefault();
  const form = new FormData(event.target);
  state.busy = true;
  state.message = "";
  update();
  try {
    const tenant = state.asksTenant ? { tenant: form.get("tenant") } : {};
    await call("POST", "console/login", { body: { username: form.get("username"), password: form.get("password"), ...tenant } });
    await readOverview();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === TENANT_REQUIRED) state.asksTenant = true;
    state.message = error.forbidden && error.code !== 1002000030 ? t("notAdmin") : error.message || t("unreachable");
  }
  state.busy = false;
  update();
}

async function signOut() {
  try {
    await call("POST", "console/logout");
    signedOut(t("signedOut"));
  } catch (error) {
    state.message = error.message || t("unreachable");
    update();
  }
}

function settings() {
  const option = (value, text, selected) => html`<option value=${value} ?selected=${value === selected}>${text}</option>`;
  return html`
    <label class="setting"><span>${t("theme")}</span>
      <select id="theme" @change=${(event) => { theme(event.target.value); update(); }}>
        ${option("auto", t("themeAuto"), theme())}${option("light", t("themeLight"), theme())}${option("dark", t("themeDark"), theme())}
      </select></label>
    <label class="setting"><span>${t("language")}</span>
      <select id="language" @change=${(event) => { useLanguage(event.target.value); update(); }}>
        ${option("en", "English", currentLanguage())}${option("zh", "中文", currentLanguage())}
      </select></label>`;
}

function signInPage() {
  return html`
    <main class="sign-in" id="content">
      <form class="card" @submit=${signIn}>
        <h1><img src=${new URL("icon.svg", import.meta.url).href} alt="" width="28" height="28" /> Portcullis <small>${t("console")}</small></h1>
        <p class="message" role="alert">${state.message || state.failure}</p>
        ${state.asksTenant ? html`<label>${t("tenant")}<input name="tenant" autocomplete="organization" required maxlength="64" /></label>` : nothing}
        <label>${t("username")}<input name="username" autocomplete="username" required maxlength="128" /></label>
        <label>${t("password")}<input name="password" type="password" autocomplete="current-password" required maxlength="128" /></label>
        <button class="primary" ?disabled=${state.busy}>${t("signIn")}</button>
        <p class="hint">${t("signInHint")}</p>
        <div class="settings">${settings()}</div>
      </form>
    </main>`;
}

function health() {
  const status = state.failure ? "DOWN" : state.overview?.status;
  if (!status) return nothing;
  const text = state.failure || t(`health${status}`);
  return html`<span class="health ${status}" id="health" role="status">${text}</span>`;
}

/** Returns the name or the state of a store as the health has it, in the viewer's language if there is a text for it. */
const stateText = (value) => t(String(value));

/** Tells on every page what does not work. */
function degraded() {
  const overview = state.overview;
  if (state.failure) return html`<p class="banner" role="alert">${state.failure}</p>`;
  if (!overview || overview.status === "UP") return nothing;
  const details = Object.entries(overview.stores).map(([name, value]) => html`<li><b>${stateText(name)}</b>: ${stateText(value)}</li>`);
  return html`<div class="banner" role="alert"><b>${t(`health${overview.status}`)}</b><ul>${details}</ul></div>`;
}

function frame() {
  const link = (name) => html`<li><a href="#/${name}" aria-current=${state.route?.name === name ? "page" : "false"}>${t(name)}</a></li>`;
  return html`
    <a class="skip" href="#content" @click=${(event) => { event.preventDefault(); document.querySelector("main h1")?.focus(); }}>${t("skip")}</a>
    <header>
      <b class="brand"><img src=${new URL("icon.svg", import.meta.url).href} alt="" width="24" height="24" /> Portcullis</b>
      <nav aria-label=${t("menu")}><ul>${NAVIGATION.filter((name) => !state.user.restricted || !OF_ALL_TENANTS.includes(name)).map(link)}</ul></nav>
      <div class="who">${health()} <bdi class="name">${state.user.username}</bdi> ${state.user.restricted ? html`<span class="tag" id="tenant">${t("tenant")} <bdi>${state.user.tenantId}</bdi></span>` : nothing} <button id="sign-out" @click=${signOut}>${t("signOut")}</button></div>
    </header>
    <main id="content">${degraded()}${state.page?.view() ?? nothing}</main>
    <footer><span id="zone">${t("times")} ${zoneText()}</span><span class="keys">${t("keysHelp")}</span><div class="settings">${settings()}</div></footer>`;
}

function update() {
  if (!state.checked) return;
  const title = state.user && state.route ? t(state.route.name) : t("signIn");
  document.title = `${title} – Portcullis`;
  render(html`${state.user ? frame() : signInPage()}`, document.getElementById("app"));
  showDialogs(app);
}

let prefix = "";

function moveRow(step) {
  const rows = [...document.querySelectorAll("tbody tr")];
  if (rows.length === 0) return;
  const index = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[Math.min(Math.max(index + step, 0), rows.length - 1)];
  next.querySelector("a, button")?.focus();
}

/** Keys without modifiers, unless a person is typing. */
function key(event) {
  const typing = event.target.closest?.("input, select, textarea, dialog");
  if (!state.user || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const pages = { o: "online", l: "log", t: "use", a: "accounts", s: "routes", k: "tokenKeys", d: "diagnostics", r: "reference" };
  const actions = {
    "/": () => document.querySelector("main input")?.focus(),
    j: () => moveRow(1),
    k: () => moveRow(-1),
    "?": () => app.open({ kind: "keys" }),
  };
  if (prefix === "g" && pages[event.key]) {
    location.hash = `#/${pages[event.key]}`;
    event.preventDefault();
  } else if (actions[event.key]) {
    actions[event.key]();
    event.preventDefault();
  }
  prefix = event.key === "g" ? "g" : "";
}

theme();
useLanguage();
addEventListener("hashchange", go);
addEventListener("keydown", key);

/** Reads what the page shows again, unless nobody sees the page. Another tab may have signed out meanwhile. */
function refresh() {
  if (!state.user || document.hidden) return;
  if (!reads.running) readOverview();
  if (!state.dialog) state.page?.refresh?.();
}

setInterval(refresh, REFRESH_MILLIS);
addEventListener("visibilitychange", refresh);
addEventListener("pageshow", refresh);
readOverview();

// Dialogs: confirmations of what cannot be undone, and forms.

import { html, nothing, render } from "./lit/lit-html.js";
import { call, segment } from "./api.js";
import { number, t, time } from "./i18n.js";

const host = document.createElement("div");
document.body.append(host);

async function run(app, dialog, work) {
  dialog.busy = true;
  dialog.error = "";
  app.update();
  try {
    await work();
  } catch (error) {
    app.fail(error);
    dialog.error = error.message || t("failed");
  }
  dialog.busy = false;
  app.update();
}

/** Ends one session or all of a user, and tells how long it took until the gateway refused them. */
function kick(app, dialog) {
  const path = dialog.all ? `user/${segment(dialog.userId)}/sessions` : `session/${segment(dialog.session.id)}`;
  return run(app, dialog, async () => {
    const begin = performance.now();
    const data = await call("DELETE", path, { query: { reason: dialog.reason?.trim() } });
    dialog.outcome = { at: Date.now(), millis: Math.round(performance.now() - begin), count: dialog.all ? data : null };
    app.state.page?.refresh?.(true);
  });
}

function outcome({ at, millis, count }) {
  return html`<p role="status" id="kick-outcome">${count === null ? nothing : html`${number(count)} ${t("count")}. `}
    ${t("kicked")} <b>${time(at, true)}</b>: ${number(millis)} ${t("ms")} ${t("after")}.</p>`;
}

const reasonField = (dialog) => html`<label>${t("reason")} <small>${t("reasonHint")}</small>
  <input name="reason" maxlength="200" autocomplete="off" @input=${(event) => { dialog.reason = event.target.value; }} /></label>`;

function kickDialog(app, dialog) {
  const own = dialog.all ? dialog.userId === app.state.user.userId : dialog.session.id === app.state.user.sessionId;
  return html`
    <h2>${t(dialog.all ? "kickAllTitle" : "kickTitle")}</h2>
    <p class="subject"><bdi dir="auto">${dialog.username}</bdi> ${dialog.all ? nothing : html`<span class="muted">${dialog.session.lastIp ?? dialog.session.ip} ${dialog.session.device ?? ""}</span>`}</p>
    ${own ? html`<p class="message">${t("kickSelf")}</p>` : nothing}
    ${dialog.outcome ? outcome(dialog.outcome) : html`<p>${t("kickHint")}</p>${reasonField(dialog)}`}
    ${buttons(app, dialog, dialog.outcome ? null : { text: t("confirm"), danger: true, act: () => kick(app, dialog) })}`;
}

function buttons(app, dialog, action) {
  return html`<p class="message" role="alert">${dialog.error ?? ""}</p>
    <div class="buttons">
      <button type="button" id="dialog-close" @click=${() => app.closeDialog()}>${action ? t("cancel") : t("close")}</button>
      ${action ? html`<button type=${action.submit ? "submit" : "button"} id="dialog-confirm" class=${action.danger ? "danger" : "primary"}
        ?disabled=${dialog.busy} @click=${action.submit ? nothing : action.act}>${action.text}</button>` : nothing}
    </div>`;
}

function changed(app, dialog, work) {
  return run(app, dialog, async () => {
    await work();
    app.closeDialog();
    app.state.page?.refresh?.(true);
  });
}

/** Asks before a change of an account: `dialog.title`, `dialog.account`, `dialog.work`. */
function confirmDialog(app, dialog) {
  return html`
    <h2>${t(dialog.title)}</h2>
    <p class="subject"><bdi dir="auto">${dialog.account.username}</bdi></p>
    ${dialog.account.id === app.state.user.userId ? html`<p class="message">${t("self")}</p>` : nothing}
    ${dialog.endsSessions ? html`<p>${t("endsSessions")}</p>` : nothing}
    ${buttons(app, dialog, { text: t(dialog.action), danger: dialog.endsSessions, act: () => changed(app, dialog, dialog.work) })}`;
}

const FIELDS = {
  username: () => html`<label>${t("username")}<input name="username" required maxlength="64" autocomplete="off" /></label>`,
  password: () => html`<label>${t("newPassword")}<input name="password" type="password" required maxlength="128" autocomplete="new-password" /></label>`,
  roles: (dialog) => html`<label>${t("roles")} <small>${t("rolesHint")}</small>
    <input name="roles" autocomplete="off" .value=${(dialog.account?.roles ?? []).join(", ")} /></label>`,
  tenantId: () => html`<label>${t("tenant")} <small>${t("optional")}</small><input name="tenantId" maxlength="64" autocomplete="off" /></label>`,
};

/** Asks for the fields of a change: `dialog.fields`, and `dialog.work` with their values. */
function formDialog(app, dialog) {
  const submit = (event) => {
    event.preventDefault();
    const form = new FormData(event.target);
    const roles = String(form.get("roles") ?? "").split(/[,,]/).map((role) => role.trim()).filter(Boolean);
    changed(app, dialog, () => dialog.work({ username: form.get("username"), password: form.get("password"), tenantId: form.get("tenantId") ?? undefined, roles }));
  };
  return html`
    <form @submit=${submit}>
      <h2>${t(dialog.title)}</h2>
      ${dialog.account ? html`<p class="subject"><bdi dir="auto">${dialog.account.username}</bdi></p>` : nothing}
      ${dialog.fields.map((name) => FIELDS[name](dialog))}
      ${dialog.endsSessions ? html`<p>${t("endsSessions")}</p>` : nothing}
      ${buttons(app, dialog, { text: t("save"), submit: true })}
    </form>`;
}

const keysDialog = (app, dialog) => html`<h2>${t("keys")}</h2><p>${t("keysHelp")}</p>${buttons(app, dialog, null)}`;

/** Makes a new token key, or drops `dialog.key`, and tells whether each node has followed. The gateway answers when all have, or after 12 s. */
function changeKeys(app, dialog) {
  return run(app, dialog, async () => {
    dialog.outcome = dialog.key ? await call("DELETE", `token-key/${segment(dialog.key.id)}`) : await call("POST", "token-key");
    app.state.page?.refresh?.(true);
  });
}

function keyOutcome(dialog) {
  const done = dialog.key ? "dropDone" : "rotateDone";
  const text = dialog.outcome.everywhere ? t(done) : t("notEverywhere");
  return html`<p role="status" id="key-outcome"><code>${dialog.outcome.id}</code>: ${text}</p>`;
}

function tokenKeyDialog(app, dialog) {
  const action = { text: t(dialog.action), danger: Boolean(dialog.key), act: () => changeKeys(app, dialog) };
  return html`
    <h2>${t(dialog.title)}</h2>
    ${dialog.key ? html`<p class="subject"><code>${dialog.key.id}</code> <span class="muted">${number(dialog.key.sessions)} ${t("sessions")}</span></p>` : nothing}
    ${dialog.outcome ? keyOutcome(dialog) : html`<p>${t(dialog.key ? "dropHint" : "rotateHint")}</p>`}
    ${dialog.busy ? html`<p role="status" class="muted">${t("waitingForNodes")}</p>` : nothing}
    ${buttons(app, dialog, dialog.outcome ? null : action)}`;
}

const KINDS = { kick: kickDialog, confirm: confirmDialog, form: formDialog, keys: keysDialog, tokenKey: tokenKeyDialog };

/** Shows the open dialog, if there is one. */
export function showDialogs(app) {
  const dialog = app.state.dialog;
  render(
    dialog
      ? html`<dialog aria-label=${t(dialog.title ?? dialog.kind)} @close=${() => app.state.dialog === dialog && app.closeDialog()}>${KINDS[dialog.kind](app, dialog)}</dialog>`
      : nothing,
    host,
  );
  const element = host.querySelector("dialog");
  if (element && !element.open) element.showModal();
}

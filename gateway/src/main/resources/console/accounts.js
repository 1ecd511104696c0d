// The page of the accounts.

import { html } from "./lit/lit-html.js";
import { call, segment } from "./api.js";
import { t } from "./i18n.js";
import { afterTyping, listOf, listView, name, tenantColumn, tenantFilter, title, total, when } from "./widgets.js";

function accountActions(app, account) {
  const path = `account/${segment(account.id)}`;
  const enabled = account.status === "enabled";
  const status = {
    kind: "confirm", account, title: enabled ? "disableTitle" : "enableTitle", action: enabled ? "disable" : "enable", endsSessions: enabled,
    work: () => call("PUT", `${path}/status`, { body: { status: enabled ? "disabled" : "enabled" } }),
  };
  const reset = {
    kind: "form", account, title: "reset", fields: ["password"], endsSessions: true,
    work: ({ password }) => call("PUT", `${path}/password`, { body: { newPassword: password } }),
  };
  const roles = {
    kind: "form", account, title: "changeRoles", fields: ["roles"],
    work: (values) => call("PUT", `${path}/roles`, { body: { roles: values.roles } }),
  };
  const remove = {
    kind: "confirm", account, title: "removeTitle", action: "remove", endsSessions: true, work: () => call("DELETE", path),
  };
  const button = (dialog, text, danger) => html`<button class=${danger ? "danger" : ""} aria-label="${text} ${account.username}" @click=${() => app.open({ ...dialog })}>${text}</button>`;
  return html`<span class="actions">${button(status, t(enabled ? "disable" : "enable"), false)}${button(reset, t("reset"), false)}
    ${button(roles, t("changeRoles"), false)}${button(remove, t("remove"), true)}</span>`;
}

/** Lists the accounts, and changes them. */
export function accounts(app) {
  const list = listOf(app, "account/page");
  const query = {};
  const typed = (field) => afterTyping((text) => {
    query[field] = text;
    list.load({ ...query });
  });
  const typedName = typed("username");
  const typedTenant = typed("tenantId");
  list.load();
  const create = () => app.open({
    kind: "form", title: "create", fields: ["username", "password", "roles", ...(app.state.user?.restricted ? [] : ["tenantId"])],
    work: (values) => call("POST", "account", { body: values }),
  });
  const columns = () => [
    [t("user"), (row) => html`<a href="#/user/${segment(row.id)}">${name(row.username)}</a>`],
    [t("status"), (row) => html`<span class=${row.status === "enabled" ? "tag good" : "tag bad"}>${t(row.status)}</span>`],
    [t("roles"), (row) => row.roles.map((role) => html`<span class="tag"><bdi>${role}</bdi></span> `)],
    ...tenantColumn(app),
    [t("created"), (row) => when(row.createTime)],
    [t("actions"), (row) => accountActions(app, row)],
  ];
  return {
    refresh: (now) => (now ? list.load() : list.refresh()),
    view: () => html`
      <div class="head">${title(t("accounts"))}<p class="count"><b id="count">${total(list)}</b> <button class="primary" id="create" @click=${create}>${t("create")}</button></p></div>
      <form class="filters" role="search" @submit=${(event) => event.preventDefault()}>
        <label>${t("search")}<input type="search" id="search" @input=${typedName} autocomplete="off" maxlength="128" /></label>
        ${tenantFilter(app).map(() => html`<label>${t("tenant")}<input type="search" id="tenant-filter" @input=${typedTenant} autocomplete="off" maxlength="64" /></label>`)}</form>
      ${listView(app, list, t("accounts"), columns())}`,
  };
}

// The description of the gateway's own endpoints (OpenAPI), as a page: operations with their parameters, bodies and responses.

import { html, nothing } from "./lit/lit-html.js";
import { read } from "./api.js";
import { t } from "./i18n.js";
import { afterTyping, problem, title } from "./widgets.js";

const METHODS = ["get", "post", "put", "patch", "delete"];
/** Schemas refer to each other; what is deeper is left out. */
const MAX_DEPTH = 6;

const nameOf = (reference) => reference.split("/").at(-1);

/** Returns the node, or what it refers to together with what stands beside the reference. */
function resolved(document, node) {
  if (!node?.$ref) return node ?? {};
  const target = node.$ref.slice(2).split("/").reduce((at, key) => at?.[key.replaceAll("~1", "/").replaceAll("~0", "~")], document);
  const { $ref, properties, ...beside } = node;
  return { ...target, ...beside, ...(properties ? { properties: { ...target?.properties, ...properties } } : {}) };
}

/** Returns the operations of the document in its order, each with its tag and the text that a search reads. */
function operationsOf(document) {
  return Object.entries(document.paths).flatMap(([path, item]) => METHODS.filter((method) => item[method]).map((method) => {
    const operation = item[method];
    const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((each) => resolved(document, each));
    const text = `${method} ${path} ${operation.operationId} ${operation.summary}`.toLowerCase();
    return { method, path, operation, parameters, tag: operation.tags[0], text };
  }));
}

/** The words of a schema's type and limits, such as `integer, 1 to 200`. */
function typeText(schema) {
  const types = [schema.type ?? []].flat();
  const words = types.length > 0 ? [types.join(" | ")] : [];
  if ("const" in schema) words.push(JSON.stringify(schema.const));
  if (schema.enum) words.push(schema.enum.map((each) => JSON.stringify(each)).join(" | "));
  if (schema.pattern) words.push(schema.pattern);
  if ("minimum" in schema) words.push(`≥ ${schema.minimum}`);
  if ("maximum" in schema) words.push(`≤ ${schema.maximum}`);
  if (schema.minLength) words.push(`${t("length")} ≥ ${schema.minLength}`);
  if (schema.maxLength) words.push(`${t("length")} ≤ ${schema.maxLength}`);
  if ("default" in schema) words.push(`${t("standard")} ${schema.default}`);
  return words.join(", ");
}

const described = (text) => (text ? html`<span class="detail" lang="en">${text}</span>` : nothing);

/** Renders a schema with its fields, and the codes of a schema that lists them. */
function schemaView(document, node, depth = 0) {
  const schema = resolved(document, node);
  const label = html`${node?.$ref ? html`<b>${nameOf(node.$ref)}</b> ` : nothing}<code>${typeText(schema)}</code> ${described(schema.description)}`;
  if (depth >= MAX_DEPTH) return label;
  const fields = Object.entries(schema.properties ?? {});
  const needed = (name) => (schema.required?.includes(name) ? html` <span class="tag">${t("required")}</span>` : nothing);
  return html`${label}
    ${fields.length > 0 ? html`<ul class="fields">${fields.map(([name, field]) => html`<li><code>${name}</code>${needed(name)} ${schemaView(document, field, depth + 1)}</li>`)}</ul>` : nothing}
    ${schema.items ? html`<ul class="fields"><li>[ ] ${schemaView(document, schema.items, depth + 1)}</li></ul>` : nothing}`;
}

function contentView(document, content) {
  return Object.entries(content ?? {}).map(([type, media]) => html`
    <p><code>${type}</code></p><div>${schemaView(document, media.schema)}</div>
    ${"example" in media ? html`<pre tabindex="0" role="group" aria-label=${t("example")}>${typeof media.example === "string" ? media.example : JSON.stringify(media.example, null, 2)}</pre>` : nothing}`);
}

/** The credentials that an operation accepts; with roles in brackets. */
function securityText(document, operation) {
  const accepted = operation.security ?? document.security;
  const texts = accepted.flatMap((each) => Object.entries(each).map(([name, roles]) => (roles.length > 0 ? `${name} (${roles.join(", ")})` : name)));
  const optional = accepted.length === 0 || accepted.some((each) => Object.keys(each).length === 0);
  return [...texts, ...(optional ? [t("noCredential")] : [])].join(" · ");
}

function parametersView(parameters) {
  if (parameters.length === 0) return nothing;
  return html`<h3>${t("parameters")}</h3><ul class="fields">${parameters.map((each) => html`
    <li><code>${each.name}</code> <span class="tag">${t(`in_${each.in}`)}</span>${each.required ? html` <span class="tag">${t("required")}</span>` : nothing}
      <code>${typeText(each.schema ?? {})}</code> ${described(each.description)}</li>`)}</ul>`;
}

function operationView(document, { method, path, operation, parameters }) {
  const body = resolved(document, operation.requestBody);
  return html`
    <p lang="en">${operation.description}</p>
    <p>${t("credentials")}: ${securityText(document, operation)}</p>
    ${parametersView(parameters)}
    ${operation.requestBody ? html`<h3>${t("requestBody")}${body.required ? html` <span class="tag">${t("required")}</span>` : nothing}</h3>${contentView(document, body.content)}` : nothing}
    <h3>${t("responses")}</h3>
    ${Object.entries(operation.responses).map(([status, node]) => {
      const response = resolved(document, node);
      return html`<details class="response"><summary><b>${status === "default" ? t("otherFailures") : status}</b> <span lang="en">${response.description}</span></summary>
        ${contentView(document, response.content)}</details>`;
    })}`;
}

export function reference(app) {
  const page = { document: null, operations: [], error: null, wanted: "", open: new Set() };
  const load = async () => {
    try {
      page.document = await read("openapi.json");
      page.operations = operationsOf(page.document);
      page.error = null;
    } catch (error) {
      page.error = app.fail(error);
    }
    app.update();
  };
  load();
  const typed = afterTyping((text) => { page.wanted = text.toLowerCase(); app.update(); });
  const found = () => page.operations.filter((each) => each.text.includes(page.wanted));
  /** The details of an operation are rendered when it is opened. */
  const toggled = (key) => (event) => {
    if (event.target !== event.currentTarget) return;
    if (event.currentTarget.open) page.open.add(key);
    else page.open.delete(key);
    app.update();
  };
  const operation = (each) => {
    const key = each.operation.operationId;
    return html`<details class="card-flat operation" id="operation-${key}" @toggle=${toggled(key)}>
      <summary><span class="tag method">${each.method.toUpperCase()}</span> <code>${each.path}</code> <span lang="en">${each.operation.summary}</span></summary>
      ${page.open.has(key) ? operationView(page.document, each) : nothing}</details>`;
  };
  const group = (tag) => {
    const own = found().filter((each) => each.tag === tag.name);
    return own.length === 0 ? nothing : html`<section><h2 lang="en">${tag.name}</h2><p class="hint" lang="en">${tag.description}</p>${own.map(operation)}</section>`;
  };
  const list = () => html`${page.document.tags.map(group)}${found().length === 0 ? html`<p class="empty" role="status">${t("none")}</p>` : nothing}`;
  const content = () => {
    if (page.document) return list();
    return page.error ? problem(app, page.error, load) : html`<p class="empty" role="status">${t("loading")}</p>`;
  };
  return {
    view: () => html`
      <div class="head">${title(t("reference"))}<p class="count" role="status"><b id="count">${page.document ? found().length : "…"}</b> ${t("operations")}</p></div>
      <p class="hint">${t("referenceHint")} <a href=${new URL("../../api/openapi.json", import.meta.url).href} download="portcullis-openapi.json">openapi.json</a></p>
      <form class="filters" role="search" @submit=${(event) => event.preventDefault()}>
        <label>${t("search")}<input type="search" id="search" @input=${typed} autocomplete="off" spellcheck="false" maxlength="128" /></label>
      </form>
      ${content()}`,
  };
}

"use strict";
// Functions that the tests with Chromium call in their pages. Times are epoch milliseconds.

let send = (path, init) => fetch(path, init);

async function call(path, init) {
  const response = await send(path, init);
  return { status: response.status, body: await response.text(), at: Date.now() };
}

function login(username, password) {
  return call("/system/auth/login", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ username, password }),
  });
}

function logout() {
  return call("/system/auth/logout", { method: "POST" });
}

// The client package (clients/javascript) in header mode.

let client = null;
let ended = null;

/** Lets all later calls of this page go through the client package. Tabs share the session by the local storage. */
async function useClient() {
  const { createClient } = await import("/pages/client/index.js");
  client = createClient({ storage: localStorage, onEnd: (code) => { ended = code; } });
  send = client.fetch;
}

// Calls that go on until the test stops them.

let calls = null;

function startCalls() {
  const run = { on: true, statuses: [], cookies: [] };
  const repeat = async (method) => {
    while (run.on) {
      const { status } = await call("/api/data", { method });
      run.statuses.push(status);
      run.cookies.push(document.cookie);
      await new Promise((resume) => setTimeout(resume, 20));
    }
  };
  run.done = Promise.all([repeat("GET"), repeat("POST")]);
  calls = run;
}

async function stopCalls() {
  calls.on = false;
  await calls.done;
  return { statuses: calls.statuses, cookies: calls.cookies };
}

// Uploads.

function bytes(length) {
  const words = new Uint32Array(length / 4);
  let word = Date.now() >>> 0;
  for (let i = 0; i < words.length; i++) {
    word = (Math.imul(word, 1664525) + 1013904223) >>> 0;
    words[i] = word;
  }
  return words.buffer;
}

async function sha256(buffer) {
  const digest = await crypto.subtle.digest("SHA-256", buffer);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

let body = null;

/** Makes a body of that length for upload(), and returns its digest. */
async function prepareBody(length) {
  body = bytes(length);
  return sha256(body);
}

function upload(path) {
  return call(path, { method: "PUT", body });
}

/** Puts a file of that length into the form of the page, and returns the digest of the file. */
async function prepareForm(path, length) {
  const digest = await prepareBody(length);
  const chosen = new DataTransfer();
  chosen.items.add(new File([body], "file.bin", { type: "application/octet-stream" }));
  const form = document.getElementById("upload");
  form.action = path;
  form.elements.file.files = chosen.files;
  return digest;
}

// Streams.

let socket = null;
let socketClose = null;

/** Resolves when the socket is open, or closed without having been open. */
function openSocket(url) {
  return new Promise((resolve) => {
    socketClose = null;
    socket = new WebSocket(url);
    socket.onopen = () => resolve("open");
    socket.onclose = ({ code, reason }) => {
      socketClose = { code, reason, at: Date.now() };
      resolve("closed");
    };
  });
}

/** Sends a text through the socket, and resolves with the message that comes next. */
function echo(text) {
  return new Promise((resolve, reject) => {
    socket.addEventListener("message", ({ data }) => resolve(data), { once: true });
    socket.addEventListener("close", reject, { once: true });
    socket.send(text);
  });
}

let events = null;

function openEvents(url, init) {
  const state = { opened: 0, failed: 0, received: 0, over: false };
  const source = new EventSource(url, init);
  source.onopen = () => state.opened++;
  source.onmessage = () => state.received++;
  source.onerror = () => {
    state.failed++;
    // EventSource connects again by itself, unless the answer is not 200.
    state.over = source.readyState === EventSource.CLOSED;
  };
  events = state;
}

let download = null;

async function openDownload(path) {
  const state = { received: 0, end: null };
  download = state;
  try {
    const reader = (await fetch(path)).body.getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      state.received += piece.value.length;
    }
    state.end = "complete";
  } catch (failure) {
    state.end = failure.name;
  }
}

// What a page tries with an address of the gateway. Each resolves when the page knows that the attempt is over.

function elementOf(tag, url) {
  return new Promise((resolve) => {
    const element = document.createElement(tag);
    element.onload = () => resolve("loaded");
    element.onerror = () => resolve("failed");
    element.src = url;
    document.body.append(element);
  });
}

function fetched(url, init) {
  return fetch(url, { credentials: "include", ...init }).then(
    (response) => `${response.type} ${response.status}`,
    (failure) => failure.name);
}

const attempts = {
  form: (url) => sendForm(url, "application/x-www-form-urlencoded", "amount", "100"),
  fetchNoCors: (url) => fetched(url, { method: "POST", mode: "no-cors", body: "amount=100" }),
  fetchCors: (url) => fetched(url, { method: "POST", body: "amount=100" }),
  fetchJson: (url) => fetched(url, { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" }),
  fetchWithHeader: (url) => fetched(url, { method: "POST", headers: { "X-Requested-With": "XMLHttpRequest" } }),
  fetchDelete: (url) => fetched(url, { method: "DELETE" }),
  fetchKeepAlive: (url) => fetched(url, { method: "POST", mode: "no-cors", keepalive: true, body: "amount=100" }),
  fetchGet: (url) => fetched(url, {}),
  webSocket: (url) => openSocket(url.replace("http:", "ws:")),
  eventSource: (url) => new Promise((resolve) => {
    const source = new EventSource(url, { withCredentials: true });
    const end = (outcome) => () => {
      source.close();
      resolve(outcome);
    };
    source.onopen = end("opened");
    source.onerror = end("failed");
  }),
  image: (url) => elementOf("img", url),
  script: (url) => elementOf("script", url),
  frame: (url) => elementOf("iframe", url),
  navigation: async (url) => { location.href = url; },
};

/** Submits a form, which navigates the page. */
async function sendForm(url, type, name, value) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = url;
  form.enctype = type;
  const input = document.createElement("input");
  input.name = name;
  input.value = value;
  form.append(input);
  document.body.append(form);
  form.submit();
}

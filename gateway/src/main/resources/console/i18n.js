// Texts in English and Chinese, and times in the viewer's zone.

import { setLanguage } from "./api.js";

const TEXTS = {
  en: {
    title: "Portcullis", console: "Administration", skip: "Skip to content", menu: "Pages",
    online: "Who is online", log: "Login log", use: "Token use", accounts: "Accounts",
    signIn: "Sign in", signOut: "Sign out", username: "Username", password: "Password", tenant: "Tenant", optional: "Optional", by_tenantId: "Tenant is",
    signInHint: "For accounts with the role admin.", notAdmin: "This account is not an administrator. The role admin is needed.",
    signedOut: "You are signed out.", theme: "Theme", themeAuto: "System", themeLight: "Light", themeDark: "Dark", language: "Language",
    search: "Search", searchBy: "Search by", by_username: "Name begins with", by_userId: "User id", by_ip: "Address", by_device: "Device",
    sessions: "sessions", sessionsOnline: "sessions online", live: "live", entries: "entries", user: "User", roles: "Roles", address: "Address",
    device: "Device", signedIn: "Signed in", lastSeen: "Last seen", lastAddress: "Last address", expires: "Expires", actions: "Actions",
    devices: "Devices", story: "Story", kick: "Kick", kickAll: "Kick all", thisSession: "this console",
    more: "Load more", none: "Nothing found.", noneYet: "Nothing found so far. Load more to search on.",
    loading: "Loading…", retry: "Try again", session: "Session", userAgent: "Browser",
    kickTitle: "End this session?", kickAllTitle: "End all sessions of this user?", cancel: "Cancel", confirm: "End now", close: "Close",
    kickHint: "Every token of it is refused on every node as soon as the gateway confirms, and its streams close. The user is told that an administrator ended the session.",
    reason: "Reason", reasonHint: "Optional. Only the log shows it.",
    kickSelf: "This is your own session. You will be signed out of the console.",
    kicked: "Ended. Refused on every node since", after: "after you confirmed", count: "sessions ended", ms: "ms",
    time: "Time", event: "Event", result: "Result", actor: "By", type: "Event", from: "From", to: "To", any: "any", apply: "Show",
    at: "At", firstSeen: "First used", lastUsed: "Last used", token: "Token", notAvailable: "Not available on this gateway.",
    logHint: "Without a time: the last 7 days.",
    useHint: "Which token was used from an address at a time? Give any of these.",
    create: "New account", status: "Status", created: "Created", enabled: "enabled", disabled: "disabled", enable: "Enable", disable: "Disable",
    reset: "Reset password", changeRoles: "Roles", remove: "Delete", newPassword: "New password", rolesHint: "Separated by commas", save: "Save",
    disableTitle: "Disable this account?", enableTitle: "Enable this account?", removeTitle: "Delete this account?",
    endsSessions: "All its sessions end.", done: "Done.", self: "This is your own account.",
    checks: "Checks", logins: "Logins", logouts: "Logouts", possible: "possible",
    healthUP: "All stores work", healthDEGRADED: "Degraded", healthDOWN: "No store works", unreachable: "The gateway does not answer",
    streams: "Open streams", onThisNode: "on this node", addresses: "Addresses", times: "Times in",
    keys: "Keyboard", keysHelp: "/ search · j k move · Enter open · g o online · g l log · g t token use · g a accounts · g s routes · g k token keys · g d diagnostics · g r API · ? help",
    failed: "The call failed.", ended: "The session is not online any more.",
    last24: "Logins in the last 24 hours", successes: "succeeded", failures: "failed", counting: "counting…",
    cut: "More than 10,000 of a kind in an hour are counted as 10,000.",
    sessions24: "Sessions in the last 24 hours", nodes24: "Nodes in the last 24 hours", latest: "latest", least: "least", most: "most",
    requests: "requests with a token", refusals: "refused", atMost: "at most", perSecond: "a second", degradedSeconds: "s degraded",
    events: "Session events", eventsHint: "What the receiver of session events has not accepted yet, or never will.",
    attempts: "Failed attempts", nextAttempt: "Next attempt", redeliver: "Send again", redeliverTitle: "Send this event again?",
    streamsNow: "open streams", moreNodes: "There are more nodes.", noSamples: "There are no samples yet. The first ones come within minutes.",
    reference: "API", referenceHint: "The gateway's own endpoints, as OpenAPI 3.1:", operations: "operations", parameters: "Parameters",
    requestBody: "Request body", responses: "Responses", otherFailures: "other failures", credentials: "Credentials", noCredential: "none",
    required: "required", example: "Example", length: "length", standard: "default", in_path: "path", in_query: "query", in_header: "header",
    routes: "Routes", routesHint: "In force on the node that answers. Nodes with the same version have the same routes.", route: "Route", predicates: "Predicates",
    service: "Service", filters: "Filters", rules: "Rules", origin: "From", path: "Path", fastPath: "fast path", filterChain: "filter chain", version: "Version",
    inForceSince: "In force since", routesRefused: "The changed files are refused, and these routes stay in force. Since", needRestart: "Changed in the files, and read at the next start:",
    tokenKeys: "Token keys", tokenKeysHint: "The keys that sign access and refresh tokens, by their ids. No secret is shown.", tokenKey: "Key", since: "Since",
    liveSessions: "Live sessions", secretInMySql: "Secret in MySQL", yes: "yes", no: "no", node: "Node", nodes: "Nodes", nodeLive: "live", nodeSilent: "silent",
    signs: "Signs with", verifies: "Verifies", looksUp: "Looks up", refuses: "Refuses", sessionsWithoutKey: "live sessions have not been refreshed since keys were noted.",
    sessionsOfMissingKeys: "live sessions have tokens of a key that no node has. Their access tokens are refused until they refresh. Add the key to portcullis.token.keys again.",
    rotate: "New key", rotateTitle: "Make a new token key?", rotateHint: "Each node verifies it before any node signs with it. No request fails, and nobody is logged out.",
    rotateDone: "Each node has it.", drop: "Drop", dropTitle: "Drop this token key?",
    dropHint: "For a key that became known. Its tokens are refused on every node, for ever. Its sessions end, and their users log in again: you too, if your session has this key.",
    dropDone: "Each node refuses its tokens.", notEverywhere: "A node has not confirmed it yet. The list of the nodes shows which.", waitingForNodes: "Waiting for the nodes…",
    diagnostics: "Diagnostics", diagnosticsHint: "What the node that answers knows.", started: "Started", degradedMode: "Degraded mode", degradedSoFar: "Degraded since the start: time / how often",
    impossible: "impossible", unconfirmedEnds: "Ends that MySQL has not confirmed", transactions: "Transactions in flight", ledger: "Ends without a tombstone in Redis: number / oldest",
    unknown: "unknown", connectionsMissing: "Connections to Redis missing", stores: "Stores", store: "Store", reachable: "reachable", latency: "Answers in",
    pools: "Connections to MySQL", pool: "Pool", inUse: "In use", openConnections: "Open", waiting: "Callers waiting", lastReport: "Last report", ago: "ago",
    nodesUnknown: "MySQL does not say which nodes there are.", configuration: "Configuration", property: "Property", value: "Value",
  },
  zh: {
    title: "Portcullis", console: "管理控制台", skip: "跳到内容", menu: "页面",
    online: "在线用户", log: "登录日志", use: "令牌使用", accounts: "账号",
    signIn: "登录", signOut: "退出", username: "用户名", password: "密码", tenant: "租户", optional: "可不填", by_tenantId: "租户为",
    signInHint: "需要具有 admin 角色的账号。", notAdmin: "该账号不是管理员,需要 admin 角色。",
    signedOut: "您已退出。", theme: "主题", themeAuto: "跟随系统", themeLight: "浅色", themeDark: "深色", language: "语言",
    search: "搜索", searchBy: "搜索条件", by_username: "用户名开头", by_userId: "用户编号", by_ip: "地址", by_device: "设备",
    sessions: "个会话", sessionsOnline: "个在线会话", live: "实时", entries: "条记录", user: "用户", roles: "角色", address: "地址",
    device: "设备", signedIn: "登录时间", lastSeen: "最近访问", lastAddress: "最近地址", expires: "到期", actions: "操作",
    devices: "设备", story: "经过", kick: "踢下线", kickAll: "全部踢下线", thisSession: "本控制台",
    more: "加载更多", none: "没有找到。", noneYet: "目前没有找到,加载更多可继续搜索。",
    loading: "加载中…", retry: "重试", session: "会话", userAgent: "浏览器",
    kickTitle: "结束该会话?", kickAllTitle: "结束该用户的所有会话?", cancel: "取消", confirm: "立即结束", close: "关闭",
    kickHint: "网关确认后,所有节点立即拒绝其全部令牌,并关闭其数据流。用户会得知会话已被管理员结束。",
    reason: "原因", reasonHint: "可不填,仅显示在日志中。",
    kickSelf: "这是您自己的会话,您将退出控制台。",
    kicked: "已结束。所有节点拒绝的起始时间", after: "(自确认起)", count: "个会话已结束", ms: "毫秒",
    time: "时间", event: "事件", result: "结果", actor: "操作者", type: "事件", from: "从", to: "到", any: "全部", apply: "显示",
    at: "时刻", firstSeen: "首次使用", lastUsed: "最近使用", token: "令牌", notAvailable: "此网关不提供该功能。",
    logHint: "不填时间则为最近 7 天。",
    useHint: "某个时刻从某个地址使用了哪个令牌?可填写任意条件。",
    create: "新建账号", status: "状态", created: "创建时间", enabled: "已启用", disabled: "已停用", enable: "启用", disable: "停用",
    reset: "重置密码", changeRoles: "角色", remove: "删除", newPassword: "新密码", rolesHint: "用逗号分隔", save: "保存",
    disableTitle: "停用该账号?", enableTitle: "启用该账号?", removeTitle: "删除该账号?",
    endsSessions: "其所有会话将结束。", done: "完成。", self: "这是您自己的账号。",
    checks: "令牌检查", logins: "登录", logouts: "退出", possible: "可用",
    healthUP: "存储正常", healthDEGRADED: "降级运行", healthDOWN: "存储不可用", unreachable: "网关没有响应",
    streams: "打开的数据流", onThisNode: "(本节点)", addresses: "地址", times: "时区",
    keys: "键盘", keysHelp: "/ 搜索 · j k 移动 · Enter 打开 · g o 在线 · g l 日志 · g t 令牌使用 · g a 账号 · g s 路由 · g k 令牌密钥 · g d 诊断 · g r API · ? 帮助",
    failed: "调用失败。", ended: "该会话已不在线。",
    last24: "最近 24 小时的登录", successes: "成功", failures: "失败", counting: "统计中…",
    cut: "每小时每类超过 10,000 次按 10,000 次计。",
    sessions24: "最近 24 小时的会话", nodes24: "最近 24 小时的节点", latest: "最新", least: "最少", most: "最多",
    requests: "个带令牌的请求", refusals: "个被拒绝", atMost: "最高", perSecond: "个/秒", degradedSeconds: "秒降级",
    events: "会话事件", eventsHint: "接收方尚未接受或不会再接受的会话事件。",
    attempts: "失败次数", nextAttempt: "下次尝试", redeliver: "重新发送", redeliverTitle: "重新发送该事件?",
    streamsNow: "个打开的数据流", moreNodes: "还有更多节点。", noSamples: "还没有采样数据,几分钟内会有。",
    reference: "API", referenceHint: "网关自身的接口(OpenAPI 3.1,说明为英文):", operations: "个操作", parameters: "参数",
    requestBody: "请求体", responses: "响应", otherFailures: "其他失败", credentials: "凭证", noCredential: "无",
    required: "必填", example: "示例", length: "长度", standard: "默认", in_path: "路径", in_query: "查询", in_header: "请求头",
    routes: "路由", routesHint: "在应答的节点上生效的路由。版本相同的节点,路由也相同。", route: "路由", predicates: "断言",
    service: "服务", filters: "过滤器", rules: "规则", origin: "来源", path: "处理方式", fastPath: "快速路径", filterChain: "过滤器链", version: "版本",
    inForceSince: "生效时间", routesRefused: "已修改的文件被拒绝,以下路由继续生效。起始时间", needRestart: "文件中已修改、下次启动时才读取:",
    tokenKeys: "令牌密钥", tokenKeysHint: "为访问令牌和刷新令牌签名的密钥(编号)。不显示任何机密。", tokenKey: "密钥", since: "起始时间",
    liveSessions: "有效会话", secretInMySql: "机密在 MySQL 中", yes: "是", no: "否", node: "节点", nodes: "节点", nodeLive: "在线", nodeSilent: "无响应",
    signs: "签名密钥", verifies: "可校验", looksUp: "查存储", refuses: "拒绝", sessionsWithoutKey: "个有效会话自记录密钥以来尚未刷新。",
    sessionsOfMissingKeys: "个有效会话的令牌属于没有节点持有的密钥。在刷新之前,其访问令牌会被拒绝。请把该密钥重新加入 portcullis.token.keys。",
    rotate: "新建密钥", rotateTitle: "新建令牌密钥?", rotateHint: "所有节点都能校验之后,节点才用它签名。没有请求失败,也没有人被登出。",
    rotateDone: "所有节点都已持有。", drop: "废弃", dropTitle: "废弃该令牌密钥?",
    dropHint: "用于已泄露的密钥。所有节点永久拒绝它的令牌。它的会话将结束,用户需重新登录;如果您的会话使用该密钥,您也需要。",
    dropDone: "所有节点都拒绝它的令牌。", notEverywhere: "还有节点没有确认,见节点列表。", waitingForNodes: "等待各节点…",
    diagnostics: "诊断", diagnosticsHint: "应答的节点所知道的信息。", started: "启动时间", degradedMode: "降级模式", degradedSoFar: "启动以来的降级:时长 / 次数",
    impossible: "不可用", unconfirmedEnds: "MySQL 尚未确认的结束", transactions: "进行中的事务", ledger: "在 Redis 中没有墓碑的结束:数量 / 最早",
    unknown: "未知", connectionsMissing: "缺少的 Redis 连接", stores: "存储", store: "存储", reachable: "可连接", latency: "应答时间",
    pools: "MySQL 连接", pool: "连接池", inUse: "使用中", openConnections: "已打开", waiting: "等待者", lastReport: "上次报告", ago: "前",
    nodesUnknown: "MySQL 没有给出节点列表。", configuration: "配置", property: "属性", value: "值",
  },
};

/** The words of the API, by language. English ones are the API's own, without the underscores. */
const WORDS = {
  en: {},
  zh: {
    login: "登录", logout: "退出", kicked: "踢下线", replaced: "被替换", reuse: "令牌重用", expired: "到期", account_created: "新建账号",
    account_disabled: "账号停用", account_enabled: "账号启用", account_deleted: "账号删除", client_created: "新建客户端",
    client_changed: "客户端变更", client_deleted: "客户端删除",
    token_key_rotated: "令牌密钥轮换", token_key_dropped: "令牌密钥废弃", roles_changed: "角色变更", password_changed: "密码修改",
    password_reset: "密码重置", pending: "等待", dead: "已放弃", signing: "签名中", verifying: "仅校验", dropped: "已废弃", missing: "缺失", success: "成功", bad_credentials: "用户名或密码错误", too_many_tries: "尝试过多", too_many_sessions: "会话过多", other: "其他",
  },
};

let language = "en";

/** Selects the language: that of the argument, else the stored one, else the browser's. */
export function useLanguage(chosen) {
  const stored = chosen ?? localStorage.getItem("portcullis.console.language") ?? navigator.language;
  language = stored.startsWith("zh") ? "zh" : "en";
  if (chosen) localStorage.setItem("portcullis.console.language", language);
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  setLanguage(document.documentElement.lang);
}

export const currentLanguage = () => language;

/** Returns the text with this key, or the key itself. */
export const t = (key) => TEXTS[language][key] ?? key;

/** Returns a word of the API, such as `account_disabled`, in a readable form. */
export const word = (value) => WORDS[language][value] ?? String(value ?? "").replaceAll("_", " ");

export const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Returns the viewer's zone with its present offset, such as `Europe/Paris (GMT+1)`. */
export function zoneText() {
  const parts = new Intl.DateTimeFormat("en", { timeZoneName: "shortOffset" }).formatToParts(new Date());
  const offset = parts.find((part) => part.type === "timeZoneName")?.value ?? "";
  return offset && offset !== zone() ? `${zone()} (${offset})` : zone();
}

/** Returns a time of the API, in epoch milliseconds, in the viewer's zone. */
export function time(millis, exact = false) {
  if (millis === null || millis === undefined) return "–";
  const options = { year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };
  if (exact) options.fractionalSecondDigits = 3;
  return new Intl.DateTimeFormat(document.documentElement.lang, options).format(new Date(millis));
}

export const number = (value) => new Intl.NumberFormat(document.documentElement.lang).format(value);

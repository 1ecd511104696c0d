package io.portcullis.bench.subject;

import io.portcullis.bench.world.Tls;

/** Creates the configuration of nginx as a subject. */
final class NginxProxy {
    private static final String SERVER = """
              upstream service {
                server 127.0.0.1:%2$d;
                keepalive 1000;
                keepalive_requests 1000000000;
              }
              server {
            %1$s
                location / {
            %3$s
                  proxy_pass http://service;
                  proxy_http_version 1.1;
                  proxy_set_header Connection "";
                  proxy_set_header Host $http_host;
                }
              }
            """;

    private static final String LISTEN_WITH_TLS = """
                listen 127.0.0.1:%d backlog=4096 ssl;
                ssl_certificate %s;
                ssl_certificate_key %s;
                ssl_protocols %s;
                ssl_conf_command Ciphersuites %s;
            """;

    private static final String CHECK = """
                  access_by_lua_block {
                    local redis = require "nginx.redis"
                    local json = require "cjson"
                    local header = ngx.var.http_authorization
                    local token = header and string.match(header, "^Bearer (%%S+)$")
                    if not token then return ngx.exit(401) end
                    local client = redis:new()
                    client:set_timeout(1000)
                    if not client:connect("127.0.0.1", %d) then return ngx.exit(503) end
                    local value, failure = client:get("bench:token:" .. token)
                    if failure then return ngx.exit(503) end
                    client:set_keepalive(60000, 1000)
                    if not value or value == ngx.null then return ngx.exit(401) end
                    local identity = json.decode(value)
                    ngx.req.clear_header("Authorization")
                    ngx.req.set_header("X-User-Id", identity.userId)
                    ngx.req.set_header("X-User-Name", identity.username)
                    ngx.req.set_header("X-User-Type", identity.userType)
                    ngx.req.set_header("X-User-Roles", identity.role)
                    ngx.req.set_header("X-Session-Id", identity.sessionId)
                  }
            """;

    /** As in docs/other-proxies/nginx.conf, without its cookies, which the loads do not have. */
    private static final String DECISION = """
                  auth_request /portcullis-check;
                  auth_request_set $user_id $upstream_http_x_user_id;
                  auth_request_set $user_name $upstream_http_x_user_name;
                  auth_request_set $user_type $upstream_http_x_user_type;
                  auth_request_set $user_roles $upstream_http_x_user_roles;
                  auth_request_set $tenant_id $upstream_http_x_tenant_id;
                  auth_request_set $session_id $upstream_http_x_session_id;
                  proxy_set_header X-User-Id $user_id;
                  proxy_set_header X-User-Name $user_name;
                  proxy_set_header X-User-Type $user_type;
                  proxy_set_header X-User-Roles $user_roles;
                  proxy_set_header X-Tenant-Id $tenant_id;
                  proxy_set_header X-Session-Id $session_id;
                  proxy_set_header Authorization "";
            """;

    private static final String DECIDER = """
              upstream portcullis {
                server 127.0.0.1:%1$d;
                keepalive 1000;
                keepalive_requests 1000000000;
              }
            """;

    private static final String QUESTION = """
                location = /portcullis-check {
                  internal;
                  proxy_pass http://portcullis/system/auth/check?auth=required;
                  proxy_method $request_method;
                  proxy_pass_request_body off;
                  proxy_http_version 1.1;
                  proxy_set_header Content-Length "";
                  proxy_set_header Connection "";
                  proxy_set_header Host $http_host;
                  proxy_set_header X-Forwarded-For $remote_addr;
                  proxy_set_header X-Forwarded-Proto $scheme;
                  proxy_set_header X-Forwarded-Host $http_host;
                }
            """;

    private static final String LUA_PATH = "  lua_package_path \"/usr/share/lua/5.1/?.lua;;\";\n";

    private NginxProxy() {}

    /** Returns the lines of a server on a loopback port. */
    static String listen(int port) {
        return "    listen 127.0.0.1:%d backlog=4096;".formatted(port);
    }

    /** Returns the lines of a server with TLS on a loopback port. */
    static String listenWithTls(int port, Tls tls) {
        return LISTEN_WITH_TLS.formatted(port, tls.certificate(), tls.privateKey(), Tls.PROTOCOL, Tls.CIPHER);
    }

    /**
     * Returns the configuration of a proxy.
     *
     * @param listen the lines from {@link #listen} or {@link #listenWithTls}
     */
    static String plain(String listen, int upstream) {
        return SERVER.formatted(listen, upstream, "");
    }

    /**
     * Returns a configuration that looks up the token of each request by {@code GET} in Redis over pooled connections, and
     * sets the identity headers from the result.
     */
    static String checked(String listen, int upstream, int redis) {
        return LUA_PATH + SERVER.formatted(listen, upstream, CHECK.formatted(redis));
    }

    /**
     * Returns a configuration that asks the decision endpoint of a gateway about each request, and sets the identity headers of its
     * answer.
     */
    static String decided(String listen, int upstream, int gateway) {
        return DECIDER.formatted(gateway) + SERVER.formatted(listen + "\n" + QUESTION, upstream, DECISION);
    }
}

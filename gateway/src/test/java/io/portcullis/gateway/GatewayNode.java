package io.portcullis.gateway;

import io.portcullis.core.account.NewAccount;
import io.portcullis.core.account.PasswordHasher;
import io.portcullis.core.account.TenantScope;
import io.portcullis.core.degraded.DegradedMode;
import io.portcullis.core.login.AccountService;
import io.portcullis.core.redis.RedisConnections;
import io.portcullis.core.termination.Actor;
import io.portcullis.gateway.openapi.ApiTraffic;
import io.portcullis.testbed.Await;
import io.portcullis.testbed.EventLoops;
import io.portcullis.testbed.GatewayTimeLimits;
import io.portcullis.testbed.SampleServices;
import io.portcullis.testbed.Testbed;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.http.client.ReactorResourceFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A running gateway on free ports, on the stores that the JVM's tests share. */
public final class GatewayNode implements AutoCloseable {
    static final JsonMapper JSON = new JsonMapper();
    /** HTTP/1.1 alone: by default the client asks for HTTP/2 with an Upgrade header, and such a request misses the fast path. */
    static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private static final class Shared {
        static final SampleServices SERVICES = SampleServices.start();
        static final String DATABASE = Testbed.shared().database().createDatabase();
        static final GatewayNode NODE = start();
    }

    private final ConfigurableApplicationContext context;

    private GatewayNode(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /** Returns the shared node with default settings, which runs until the JVM ends. */
    static GatewayNode shared() {
        return Shared.NODE;
    }

    /** One more node on the same stores; the arguments are such as {@code --portcullis.http.cookies=on}. */
    static GatewayNode start(String... arguments) {
        return start(application(), arguments);
    }

    /** Starts a node that has the beans of the test's configuration too. */
    static GatewayNode startWith(Class<?> configuration, String... arguments) {
        return start(application().sources(configuration), arguments);
    }

    private static GatewayNode start(SpringApplicationBuilder application, String... arguments) {
        return new GatewayNode(application.run(arguments(arguments).toArray(String[]::new)));
    }

    private static SpringApplicationBuilder application() {
        return new SpringApplicationBuilder(
                GatewayApplication.class, OwnEventLoops.class, CheapPasswords.class, ApiTraffic.class);
    }

    /** Returns the arguments that every node needs, in this process or in another. */
    static Collection<String> arguments(String... arguments) {
        Testbed testbed = Testbed.shared();
        List<String> all = new ArrayList<>(List.of(
                "--server.port=0",
                "--management.server.port=0",
                "--spring.config.additional-location=file:../config/",
                "--spring.r2dbc.url=" + Shared.DATABASE,
                "--spring.r2dbc.username=" + testbed.database().username(),
                "--spring.r2dbc.password=" + testbed.database().password(),
                "--spring.data.redis.host=" + testbed.redis().host(),
                "--spring.data.redis.port=" + testbed.redis().port(),
                "--portcullis.bootstrap-admin.username=admin",
                "--portcullis.bootstrap-admin.password=admin-demo-pass",
                "--SAMPLE_SERVICES_URI=" + Shared.SERVICES.uri(),
                "--SAMPLE_SERVICES_WS_URI=" + Shared.SERVICES.uri().replaceFirst("^http", "ws")));
        all.addAll(GatewayTimeLimits.ofBusyMachine());
        all.addAll(Arrays.asList(arguments));
        return lastOfEach(all);
    }

    /** Spring Boot would make a list of an argument that is given twice. */
    private static Collection<String> lastOfEach(List<String> arguments) {
        Map<String, String> byName = new LinkedHashMap<>();
        arguments.forEach(argument -> byName.put(argument.replaceFirst("=.*", ""), argument));
        return byName.values();
    }

    /** Returns the number that a query of the nodes' database yields. The query has one parameter, a text. */
    static int count(String sql, String parameter) throws SQLException {
        try (var database = openDatabase();
                var query = database.prepareStatement(sql)) {
            query.setString(1, parameter);
            try (var rows = query.executeQuery()) {
                if (!rows.next()) {
                    throw new IllegalStateException("rows: 0 (expected: 1): " + sql);
                }
                return rows.getInt(1);
            }
        }
    }

    /** Returns the database of the nodes, for tests that inspect it directly. */
    static Connection openDatabase() throws SQLException {
        var database = Testbed.shared().database();
        URI uri = URI.create(Shared.DATABASE.substring("r2dbc:".length()));
        String mode = String.valueOf(uri.getQuery()).contains("required")
                ? "sslMode=trust"
                : "sslMode=disable&allowPublicKeyRetrieval=true";
        return DriverManager.getConnection(
                "jdbc:mariadb://%s:%d%s?%s".formatted(uri.getHost(), uri.getPort(), uri.getPath(), mode),
                database.username(),
                database.password());
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    /** Waits until Redis answers the node's checks, and no connection is about to end this trust by its reconnection. */
    void awaitTrust() {
        RedisConnections redis = bean(RedisConnections.class);
        DegradedMode degraded = bean(DegradedMode.class);
        Await.until("the node trusts Redis", () -> redis.missingConnections() == 0 && !degraded.active());
    }

    <T> T bean(String name, Class<T> type) {
        return context.getBean(name, type);
    }

    URI uri(String path) {
        String scheme = context.getEnvironment().containsProperty("server.ssl.key-store") ? "https" : "http";
        return URI.create(scheme + "://localhost:" + context.getEnvironment().getProperty("local.server.port") + path);
    }

    URI managementUri(String path) {
        return URI.create("http://localhost:" + context.getEnvironment().getProperty("local.management.port") + path);
    }

    void createAccount(String username, String password, String... roles) {
        Objects.requireNonNull(bean(AccountService.class)
                .create(new NewAccount(username, password, Set.of(roles), "user"), TenantScope.ALL, Actor.gateway())
                .block(LIMIT));
    }

    JsonNode login(String username, String password) throws Exception {
        return data(send(loginRequest(username, password)));
    }

    HttpRequest.Builder loginRequest(String username, String password) {
        String body = "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(username, password);
        return HttpRequest.newBuilder(uri("/system/auth/login"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    /** Header names and values in turn. */
    HttpResponse<String> get(String path, String... headers) throws Exception {
        var request = HttpRequest.newBuilder(uri(path));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    /** A call of an endpoint; a body is sent as JSON, a token as bearer token, and either may be missing. */
    HttpResponse<String> call(String method, String path, @Nullable String token, @Nullable String json)
            throws Exception {
        var request = HttpRequest.newBuilder(uri(path))
                .method(
                        method,
                        json == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(json));
        if (json != null) {
            request.header("Content-Type", "application/json");
        }
        return send(token == null ? request : request.header("Authorization", "Bearer " + token));
    }

    /** Exchanges a refresh token. */
    HttpResponse<String> refresh(String refreshToken) throws Exception {
        return call("POST", "/system/auth/refresh-token?refreshToken=" + refreshToken, null, null);
    }

    /** Returns a ticket for each path of the token's session. */
    String ticket(String accessToken) throws Exception {
        return data(call("POST", "/system/auth/ticket", accessToken, null))
                .get("ticket")
                .asString();
    }

    /** Calls until the token, which has a second to live, is refused. */
    void awaitExpiry(String accessToken) {
        Await.until("the access token has expired", () -> proxied(accessToken) == 401);
    }

    /** The status of a proxied request. */
    int proxied(String accessToken) throws Exception {
        return call("GET", "/api/echo/a", accessToken, null).statusCode();
    }

    /** Sends a GET request to the management port. */
    HttpResponse<String> health(String path) throws Exception {
        return send(HttpRequest.newBuilder(managementUri(path)));
    }

    static JsonNode data(HttpResponse<String> response) {
        return JSON.readTree(response.body()).get("data");
    }

    static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        try {
            return HTTP.send(request.timeout(LIMIT).build(), HttpResponse.BodyHandlers.ofString());
        } catch (HttpTimeoutException e) {
            throw new HttpTimeoutException("no response within " + LIMIT + "\n" + EventLoops.describe());
        }
    }

    /** Gives each node its own event loops, because closing one node would otherwise stop those of all nodes in the JVM. */
    @Configuration(proxyBeanMethods = false)
    static class OwnEventLoops {
        @Bean
        ReactorResourceFactory reactorResourceFactory() {
            ReactorResourceFactory factory = new ReactorResourceFactory();
            factory.setUseGlobalResources(false);
            return factory;
        }
    }

    /** Makes a hash of a password cost next to nothing: the hashes took half of the processor time of the tests. */
    static class CheapPasswords {
        @Bean(destroyMethod = "close")
        @Primary
        PasswordHasher cheapPasswordHasher() {
            return PasswordHasher.create(4);
        }
    }

    @Override
    public void close() {
        context.close();
    }
}

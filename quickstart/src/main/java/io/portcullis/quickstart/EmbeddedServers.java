package io.portcullis.quickstart;

import io.portcullis.testbed.DatabaseServer;
import io.portcullis.testbed.RedisServer;
import io.portcullis.testbed.SampleServices;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What the gateway stands on, started together and stopped together. */
record EmbeddedServers(DatabaseServer database, RedisServer redis, SampleServices services) implements AutoCloseable {
    static EmbeddedServers start() {
        var database = CompletableFuture.supplyAsync(DatabaseServer::start);
        var redis = CompletableFuture.supplyAsync(RedisServer::start);
        var services = CompletableFuture.supplyAsync(SampleServices::start);
        return new EmbeddedServers(database.join(), redis.join(), services.join());
    }

    /** Where they are, as arguments of the gateway. */
    List<String> toArguments() {
        return List.of(
                "--spring.r2dbc.url=" + database.r2dbcUrl(),
                "--spring.r2dbc.username=" + database.username(),
                "--spring.r2dbc.password=" + database.password(),
                "--spring.data.redis.host=" + redis.host(),
                "--spring.data.redis.port=" + redis.port(),
                "--SAMPLE_SERVICES_URI=" + services.uri(),
                "--SAMPLE_SERVICES_WS_URI=" + services.uri().replaceFirst("^http", "ws"));
    }

    @Override
    public void close() {
        services.close();
        redis.close();
        database.close();
    }
}

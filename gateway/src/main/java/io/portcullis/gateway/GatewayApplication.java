package io.portcullis.gateway;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisReactiveAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisRepositoriesAutoConfiguration;
import org.springframework.boot.r2dbc.autoconfigure.R2dbcAutoConfiguration;
import org.springframework.boot.r2dbc.autoconfigure.R2dbcTransactionManagerAutoConfiguration;

/**
 * Starts the gateway. Spring Boot's auto-configuration of Redis and R2DBC is excluded, because {@code config} creates the
 * connections to the stores with its own timeouts. The component scan finds the {@code @Configuration} of each package, and the
 * scan of properties finds each record of properties.
 */
@ConfigurationPropertiesScan
@SpringBootApplication(
        exclude = {
            DataRedisAutoConfiguration.class,
            DataRedisReactiveAutoConfiguration.class,
            DataRedisRepositoriesAutoConfiguration.class,
            R2dbcAutoConfiguration.class,
            R2dbcTransactionManagerAutoConfiguration.class
        })
public class GatewayApplication {
    public static void main(String[] args) {
        SpringApplication.run(GatewayApplication.class, args);
    }
}

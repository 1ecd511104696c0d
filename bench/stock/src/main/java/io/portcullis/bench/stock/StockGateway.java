package io.portcullis.bench.stock;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** A Spring Cloud Gateway without authentication, and without any Portcullis class on its class path. */
@SpringBootApplication
public class StockGateway {
    public static void main(String[] args) {
        var unused = SpringApplication.run(StockGateway.class, args);
    }
}

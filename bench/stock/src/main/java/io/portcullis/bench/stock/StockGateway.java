package io.portcullis.bench.stock;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** A gateway without any authentication and with nothing of Portcullis on its class path. */
@SpringBootApplication
public class StockGateway {
    public static void main(String[] args) {
        var unused = SpringApplication.run(StockGateway.class, args);
    }
}

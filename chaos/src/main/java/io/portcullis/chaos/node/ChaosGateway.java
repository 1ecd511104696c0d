package io.portcullis.chaos.node;

import io.portcullis.gateway.GatewayApplication;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.springframework.boot.builder.SpringApplicationBuilder;

/**
 * The gateway as a process that the harness started: with a clock that can be moved and, if {@code --chaos.sabotage} says so, with
 * one of its properties broken. It reads commands from standard input and ends with it, so that it cannot outlive the harness.
 *
 * <pre>
 * clock 5000    puts the clock five seconds ahead of the system's
 * </pre>
 */
public final class ChaosGateway {
    private ChaosGateway() {}

    public static void main(String[] args) {
        Thread commands = new Thread(ChaosGateway::runCommands, "chaos-commands");
        commands.setDaemon(true);
        commands.start();
        var unused = new SpringApplicationBuilder(
                        GatewayApplication.class, ClockConfiguration.class, SabotageConfiguration.class)
                .run(args);
    }

    private static void runCommands() {
        try (var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            for (String line; (line = input.readLine()) != null; ) {
                if (line.startsWith("clock ")) {
                    ShiftedClock.shift(Duration.ofMillis(Long.parseLong(line.substring("clock ".length()))));
                }
            }
        } catch (IOException e) {
            // as at its end
        }
        Runtime.getRuntime().halt(0);
    }
}
